const STEP_PX = 50;
const LINE_PX = 33;
const PAGE_PX = 400;
const PAUSE_MS = 400;

/** Gathers a wheel's small movements (a touchpad sends many) into whole steps. */
export class Wheel {
  #rest_px = 0;
  #last_ms = Number.NEGATIVE_INFINITY;

  /** Steps that a movement makes up, with what was left over before; `mode` is WheelEvent.deltaMode. */
  feed(delta: number, mode: number, t_ms: number): number {
    const px = delta * (mode === 1 ? LINE_PX : mode === 2 ? PAGE_PX : 1);
    if (t_ms - this.#last_ms > PAUSE_MS || Math.sign(px) !== Math.sign(this.#rest_px)) this.#rest_px = 0;
    this.#last_ms = t_ms;
    this.#rest_px += px;
    const steps = Math.trunc(this.#rest_px / STEP_PX) + 0; // no minus nought
    this.#rest_px -= steps * STEP_PX;
    return steps;
  }
}
