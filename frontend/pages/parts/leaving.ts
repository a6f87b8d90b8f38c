import type { Autosave } from "./autosave.ts";
import { sleep } from "./elements.ts";

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
    // What the room did not take (a link that ran out) stays here for the next time the link is opened.
    if (autosave.clean) await autosave.forget();
    // While the event is still being told, a browser takes no second submission: with nothing to wait for it would be lost.
    await sleep(0);
    leaving = true;
    form.requestSubmit(event.submitter);
  });
}
