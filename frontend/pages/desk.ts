import "./base.css";
import "./desk.css";
import "./desk_bar.css";
import "./desk_forms.css";
import "./desk_glance.css";
import "./desk_session.css";
import htmx from "htmx.org";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyEnabled = false;

/** Moments are sent in universal time and shown as the clock on the wall says. */
function showLocally(part: Element): void {
  const { lang } = document.documentElement;
  const tongue = lang === "en" ? "en-GB" : lang;
  for (const moment of part.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    const at = new Date(moment.dateTime);
    const day = at.toLocaleDateString(tongue, { day: "numeric", month: "short" });
    const minute = at.toLocaleTimeString(tongue, {
      hour: "2-digit",
      minute: "2-digit",
      hour12: false,
    });
    moment.textContent = `${day}, ${minute}`;
    moment.removeAttribute("data-local");
  }
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const field = document.getElementById(button.dataset.copy ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return; // it is selected: the keyboard copies it
  }
  button.textContent = button.dataset.copied ?? "";
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("[data-copy]") : null;
  if (button) void copy(button);
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset.sent;
});

htmx.onLoad((part) => part instanceof Element && showLocally(part));
