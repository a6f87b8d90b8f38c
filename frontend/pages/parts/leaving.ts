import type { Autosave } from "./autosave.ts";

/** Save at every way out of the page: out of the field, out of sight, away, and by the form itself. */
export function saveBeforeLeaving(
  form: HTMLFormElement,
  autosave: Autosave,
  mayLeave: (submitter: HTMLElement | null) => boolean,
): void {
  let leaving = false;
  form.addEventListener("focusout", () => autosave.hurry());
  addEventListener("online", () => autosave.hurry());
  addEventListener("pagehide", () => autosave.lastCall());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) autosave.lastCall();
  });
  // A page brought back from the back/forward cache shows what was true then.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  form.addEventListener("submit", async (event) => {
    if (leaving) return;
    event.preventDefault();
    if (!mayLeave(event.submitter)) return;
    await autosave.settled();
    await autosave.forget();
    leaving = true;
    form.requestSubmit(event.submitter);
  });
}
