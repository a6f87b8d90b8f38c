import type { DialModel, Point } from "../core/dial_model.ts";
import type { DialSource } from "../core/protocol.ts";
import { Wheel } from "../core/wheel.ts";
import type { Grip } from "./drawing.ts";

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
  readonly grip: () => Grip;
  readonly enabled: () => boolean;
  readonly moved: HandListener;
  /** Where a recording plays only while it is held; then a key is a hold too. */
  readonly onHold: ((held: boolean) => void) | undefined;
}

/** What holds the dial at a moment: a finger and a key can do it at once. */
class Hold {
  readonly #by = new Set<"pointer" | "button" | "key">();
  readonly #changed: (held: boolean) => void;

  constructor(changed: (held: boolean) => void) {
    this.#changed = changed;
    // Nobody hears of a key or a finger that is lifted elsewhere.
    window.addEventListener("blur", () => this.letGo());
  }

  take(by: "pointer" | "button" | "key"): void {
    this.#by.add(by);
    if (this.#by.size === 1) this.#changed(true);
  }

  letGo(by?: "pointer" | "button" | "key"): void {
    const held = this.#by.size > 0;
    if (by) this.#by.delete(by);
    else this.#by.clear();
    if (held && this.#by.size === 0) this.#changed(false);
  }
}

function sourceOf(pointerType: string): DialSource {
  return pointerType === "touch" ? "touch" : "pointer";
}

/** Every way a hand can turn the dial, brought to one. */
export function listenToHand(parts: HandParts): void {
  const hold = new Hold((held) => parts.onHold?.(held));
  listenToPointer(parts, hold);
  listenToWheel(parts);
  listenToKeys(parts, hold);
  listenToButton(parts, hold, parts.less, -1);
  listenToButton(parts, hold, parts.more, 1);
}

/** Dragging is relative: wherever the hand takes hold, the dial turns with it and never jumps to it. */
function listenToPointer({ model, area, grip, enabled, moved }: HandParts, hold: Hold): void {
  let held: { id: number; last: Point; grip: Grip } | null = null;

  area.addEventListener("pointerdown", (event) => {
    if (held || event.button !== 0 || !enabled()) return;
    held = { id: event.pointerId, last: { x: event.clientX, y: event.clientY }, grip: grip() };
    area.setPointerCapture(event.pointerId);
    area.focus({ preventScroll: true });
    area.classList.add("held");
    event.preventDefault();
    hold.take("pointer");
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
      model.slide(held.grip(held.last, next));
      held.last = next;
      moved(input.timeStamp, sourceOf(event.pointerType));
    }
  });
  const release = (event: PointerEvent): void => {
    if (held?.id !== event.pointerId) return;
    held = null;
    area.classList.remove("held");
    hold.letGo("pointer");
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
function listenToKeys({ model, area, enabled, moved, onHold }: HandParts, hold: Hold): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !enabled()) return;
    if (event.target instanceof Element && event.target.closest("input, select")) return;
    const focused = document.activeElement;
    const free = focused === area || (onHold !== undefined && !focused?.matches("a, button"));
    const begins = free && (event.key === " " || event.key === "Enter");
    if (!begins && !model.press(event.key, event.shiftKey)) return;
    event.preventDefault();
    if (begins && event.repeat) return;
    if (begins) hold.take("key");
    moved(event.timeStamp, "keyboard");
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " " || event.key === "Enter") hold.letGo("key");
  });
}

/** A button for each direction, for whoever cannot drag; holding it down repeats. */
function listenToButton(
  { model, enabled, moved }: HandParts,
  hold: Hold,
  button: HTMLButtonElement,
  steps: number,
): void {
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
    hold.take("button");
    go(event.timeStamp, source);
    clearTimeout(timer);
    timer = setTimeout(repeat, HOLD_MS);
  });
  for (const kind of ["pointerup", "pointerleave", "pointercancel"] as const) {
    button.addEventListener(kind, () => {
      clearTimeout(timer);
      hold.letGo("button");
    });
  }
  button.addEventListener("click", (event) => {
    // A click without a pointer: Enter, Space, or an assistive tool.
    if (event.detail === 0) go(event.timeStamp, "keyboard");
  });
}
