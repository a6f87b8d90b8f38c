import type { Chosen } from "../../core/devices/chosen.ts";
import type { DeviceListener, DeviceSurroundings, DialDevice } from "./device.ts";

/** So far the mouse moves from one end of the scale to the other. */
const SWEEP_PX = 700;
const KEY = "m";
const CONTROLS = "button, a, input, select, summary, label";

/** The mouse, held by the page: no pointer, no button to keep down. A click or M takes hold, Escape lets go. */
export class MouseLock implements DialDevice {
  readonly kind = "mouse-lock";
  readonly announces = false;
  readonly name = "mouse";
  readonly motion = "turn";
  readonly resolution = 0;
  readonly calibration = null;
  readonly #stage: HTMLElement;
  #ears = new AbortController();

  constructor({ stage }: DeviceSurroundings) {
    this.#stage = stage;
  }

  /** Held or not, the mouse is there: nothing has to be asked. */
  async ask(): Promise<void> {}

  start(listener: DeviceListener): void {
    this.#ears = new AbortController();
    const { signal } = this.#ears;
    const stage = this.#stage;
    stage.addEventListener(
      "click",
      (event) => {
        if (event.target instanceof Element && event.target.closest(CONTROLS)) return;
        if (this.#held) listener.touched(event.timeStamp);
        else void this.#hold();
      },
      { signal },
    );
    document.addEventListener(
      "keydown",
      (event) => {
        const elsewhere = event.target instanceof Element && event.target.closest("select, input:not([type=radio])");
        if (event.ctrlKey || event.altKey || event.metaKey || elsewhere) return;
        if (event.key.toLowerCase() === KEY && !this.#held) void this.#hold();
      },
      { signal },
    );
    document.addEventListener(
      "pointerlockchange",
      (event) => {
        if (!this.#held) {
          listener.lost(event.timeStamp);
          return;
        }
        listener.found(event.timeStamp);
        listener.touched(event.timeStamp);
      },
      { signal },
    );
    document.addEventListener(
      "pointermove",
      (event) => {
        if (!this.#held) return;
        const coalesced = event.getCoalescedEvents?.() ?? [];
        for (const input of coalesced.length > 0 ? coalesced : [event]) {
          listener.moved((input.movementX - input.movementY) / SWEEP_PX, input.timeStamp);
        }
      },
      { signal },
    );
    if (!this.#held) listener.lost(performance.now());
  }

  stop(): void {
    this.#ears.abort();
    if (this.#held) document.exitPointerLock();
  }

  choice(): Chosen {
    return { kind: this.kind, name: this.name, address: [], form: this.motion, calibration: null };
  }

  get #held(): boolean {
    return document.pointerLockElement === this.#stage;
  }

  async #hold(): Promise<void> {
    try {
      await this.#stage.requestPointerLock();
    } catch {
      // For a second after Escape a browser refuses; the next click or key tries again.
    }
  }
}
