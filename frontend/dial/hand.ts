import { type DialModel, type Point, turned_deg } from "../core/dial_model.ts";
import type { DialSource } from "../core/protocol.ts";
import { Wheel } from "../core/wheel.ts";

const HOLD_MS = 420;
const REPEAT_MS = 70;

/** What a hand did: called at each contact and each movement, with the time of the input itself. */
export type HandListener = (t_ms: number, source: DialSource) => void;

export interface HandParts {
  readonly model: DialModel;
  /** What is turned. */
  readonly area: HTMLElement;
  /** Where the wheel turns it too, as long as the page needs no scrolling. */
  readonly stage: HTMLElement;
  readonly less: HTMLButtonElement;
  readonly more: HTMLButtonElement;
  readonly pivot: () => { readonly point: Point; readonly least_radius: number };
  readonly enabled: () => boolean;
  readonly moved: HandListener;
}

function sourceOf(pointerType: string): DialSource {
  return pointerType === "touch" ? "touch" : "pointer";
}

/** Every way a hand can turn the dial, brought to one. */
export function listenToHand(parts: HandParts): void {
  listenToPointer(parts);
  listenToWheel(parts);
  listenToKeys(parts);
  listenToButton(parts, parts.less, -1);
  listenToButton(parts, parts.more, 1);
}

/** Dragging is relative: wherever the hand takes hold, the dial turns with it and never jumps to it. */
function listenToPointer({ model, area, pivot, enabled, moved }: HandParts): void {
  let held: { id: number; last: Point; centre: Point; least_radius: number } | null = null;

  area.addEventListener("pointerdown", (event) => {
    if (held || event.button !== 0 || !enabled()) return;
    const { point, least_radius } = pivot();
    held = { id: event.pointerId, last: { x: event.clientX, y: event.clientY }, centre: point, least_radius };
    area.setPointerCapture(event.pointerId);
    area.focus({ preventScroll: true });
    area.classList.add("held");
    event.preventDefault();
    moved(event.timeStamp, sourceOf(event.pointerType));
  });
  // Heard on the document and ended only by a release: a browser may take the capture back while the hand still holds.
  document.addEventListener("pointermove", (event) => {
    if (held?.id !== event.pointerId || !enabled()) return;
    if (event.buttons === 0) {
      release(event);
      return;
    }
    // The browser hands over one event a frame; each input since the last lies inside it with its own time.
    const coalesced = event.getCoalescedEvents?.() ?? [];
    for (const input of coalesced.length > 0 ? coalesced : [event]) {
      const next = { x: input.clientX, y: input.clientY };
      model.turn(turned_deg(held.last, next, held.centre, held.least_radius));
      held.last = next;
      moved(input.timeStamp, sourceOf(event.pointerType));
    }
  });
  const release = (event: PointerEvent): void => {
    if (held?.id !== event.pointerId) return;
    held = null;
    area.classList.remove("held");
  };
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", release);
}

function listenToWheel({ model, area, stage, enabled, moved }: HandParts): void {
  const wheel = new Wheel();
  stage.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || !enabled()) return;
      const root = document.documentElement;
      const overDial = event.target instanceof Node && area.contains(event.target);
      if (!overDial && root.scrollHeight > root.clientHeight) return;
      event.preventDefault();
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const steps = wheel.feed(sideways ? event.deltaX : -event.deltaY, event.deltaMode, event.timeStamp);
      if (steps !== 0) model.step(steps);
      moved(event.timeStamp, "wheel");
    },
    { passive: false },
  );
}

/** The dial's keys work wherever the focus is, so that a hand resting on the arrow keys is never lost. */
function listenToKeys({ model, area, enabled, moved }: HandParts): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !enabled()) return;
    if (event.target instanceof Element && event.target.closest("input, select")) return;
    const atDial = document.activeElement === area;
    const begins = atDial && (event.key === " " || event.key === "Enter");
    if (!begins && !model.press(event.key, event.shiftKey)) return;
    event.preventDefault();
    if (!begins || !event.repeat) moved(event.timeStamp, "keyboard");
  });
}

/** A button for each direction, for whoever cannot drag; holding it down repeats. */
function listenToButton({ model, enabled, moved }: HandParts, button: HTMLButtonElement, steps: number): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const go = (t_ms: number, source: DialSource): void => {
    if (!enabled()) return;
    model.step(steps);
    moved(t_ms, source);
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const source = sourceOf(event.pointerType);
    const repeat = (): void => {
      go(performance.now(), source);
      timer = setTimeout(repeat, REPEAT_MS);
    };
    go(event.timeStamp, source);
    clearTimeout(timer);
    timer = setTimeout(repeat, HOLD_MS);
  });
  for (const kind of ["pointerup", "pointerleave", "pointercancel"] as const) {
    button.addEventListener(kind, () => clearTimeout(timer));
  }
  button.addEventListener("click", (event) => {
    // A click without a pointer: Enter, Space, or an assistive tool.
    if (event.detail === 0) go(event.timeStamp, "keyboard");
  });
}
