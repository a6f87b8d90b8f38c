import { type DialModel, SWEEP_DEG } from "../dial_model.ts";
import { type Calibration, deflection, position } from "./calibration.ts";

/** A stick pushed all the way takes the dial from one end to the other in so long. */
const SWEEP_MS = 2000;
/** After a longer stillness of the page a stick moves the dial no further than this would. */
const MOST_MS = 100;
/** A reading trembles: it has left a value once it is so many steps from it. */
const CLEARLY = 0.75;

/** Put the dial where a device stands, unless it only trembles. */
export function place(model: DialModel, raw: number, calibration: Calibration): void {
  const { scale } = model;
  const at = position(raw, calibration, scale);
  const isEnd = at === scale.low || at === scale.high || at === scale.neutral;
  if (isEnd || Math.abs(at - model.value) >= CLEARLY * scale.step) model.set(at);
}

/** Turn the dial by a share of its whole way. */
export function turn(model: DialModel, share: number): void {
  model.turn(share * SWEEP_DEG);
}

/** A stick that springs back: moves the dial for as long as it is pushed. */
export class Spring {
  #since_ms: number | null = null;

  /** The stick stands at `raw` at this time; call it again and again while it is pushed. */
  push(model: DialModel, raw: number, calibration: Calibration, t_ms: number): void {
    const out = deflection(raw, calibration);
    const past_ms = this.#since_ms === null ? 0 : Math.min(MOST_MS, Math.max(0, t_ms - this.#since_ms));
    this.#since_ms = out === 0 ? null : t_ms;
    if (out !== 0) turn(model, (out * past_ms) / SWEEP_MS);
  }
}
