import type { Scale } from "../protocol.ts";

/** Where a device's own readings lie on the scale; `low` may be more than `high`. */
export interface Calibration {
  readonly low: number;
  readonly neutral: number;
  readonly high: number;
  /** The share of each half, from neutral outwards, that still counts as neutral. */
  readonly dead_zone: number;
}

export const MOST_DEAD_ZONE = 0.4;
/** Of the way between its ends, neutral lies at least so far from either. */
const LEAST_HALF = 0.05;

export function isCalibration(value: unknown): value is Calibration {
  if (typeof value !== "object" || value === null) return false;
  const { low, neutral, high, dead_zone } = value as Partial<Calibration>;
  if (![low, neutral, high, dead_zone].every(Number.isFinite)) return false;
  return isUsable(value as Calibration);
}

/** Whether the three readings are far enough apart, and in order, to tell them from one another. */
export function isUsable({ low, neutral, high, dead_zone }: Calibration): boolean {
  if (low === high || dead_zone < 0 || dead_zone > MOST_DEAD_ZONE) return false;
  const share = (neutral - low) / (high - low);
  return share >= LEAST_HALF && share <= 1 - LEAST_HALF;
}

/** For a device nobody calibrated: straight from one end of its readings to the other. */
export function straight(low: number, high: number, scale: Scale): Calibration {
  const share = (scale.neutral - scale.low) / (scale.high - scale.low);
  return { low, neutral: low + share * (high - low), high, dead_zone: 0 };
}

/** How far a reading is from neutral: −1 at the low end, 0 in the dead zone, 1 at the high end. */
export function deflection(raw: number, { low, neutral, high, dead_zone }: Calibration): number {
  const upwards = (raw - neutral) / (high - neutral);
  const out = upwards >= 0 ? upwards : -(raw - neutral) / (low - neutral);
  const beyond = Math.max(0, Math.min(1, Math.abs(out)) - dead_zone) / (1 - dead_zone);
  return out < 0 ? -beyond : beyond;
}

/** Where a reading stands on the scale, not yet on one of its steps. */
export function position(raw: number, calibration: Calibration, { low, neutral, high }: Scale): number {
  const out = deflection(raw, calibration);
  return neutral + out * (out < 0 ? neutral - low : high - neutral);
}
