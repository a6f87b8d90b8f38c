import { type Calibration, isUsable } from "./calibration.ts";

export const ENDS = ["low", "high", "neutral"] as const;
export type End = (typeof ENDS)[number];

/** The way through a calibration: both ends, then the middle. */
export class Calibrating {
  readonly #dead_zone: number;
  readonly #readings: number[] = [];

  constructor(dead_zone: number) {
    this.#dead_zone = dead_zone;
  }

  /** What is to be shown now; null when all is there. */
  get end(): End | null {
    return ENDS[this.#readings.length] ?? null;
  }

  set(raw: number): void {
    this.#readings.push(raw);
  }

  /** What came of it; null where the three cannot be told apart. */
  get calibration(): Calibration | null {
    const [low = 0, high = 0, neutral = 0] = this.#readings;
    const calibration = { low, neutral, high, dead_zone: this.#dead_zone };
    return isUsable(calibration) ? calibration : null;
  }
}
