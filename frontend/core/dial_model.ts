import type { Scale } from "./protocol.ts";

export const SWEEP_DEG = 180;
const COARSE_STEPS = 5;
const PAGE_STEPS = 10;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The value of a dial: between its ends, on a step, while the hand's own movement is kept exactly. */
export class DialModel {
  readonly scale: Scale;
  #exact: number;

  constructor(scale: Scale, value: number) {
    this.scale = scale;
    this.#exact = clamp(value, scale);
  }

  get value(): number {
    return snap(this.#exact, this.scale);
  }

  /** Turn by degrees of the half circle. At an end the dial stops at once and leaves it at once. */
  turn(by_deg: number): void {
    this.slide(by_deg / SWEEP_DEG);
  }

  /** Move by a share of the whole scale. */
  slide(by_share: number): void {
    this.#exact = clamp(this.#exact + by_share * (this.scale.high - this.scale.low), this.scale);
  }

  /** Move by whole steps from the value shown. */
  step(steps: number): void {
    this.set(this.value + steps * this.scale.step);
  }

  set(value: number): void {
    this.#exact = clamp(value, this.scale);
  }

  /** What a key does; false when it is none of the dial's. */
  press(key: string, coarse: boolean): boolean {
    const steps = coarse ? COARSE_STEPS : 1;
    const { low, high } = this.scale;
    if (key === "ArrowRight" || key === "ArrowUp") this.step(steps);
    else if (key === "ArrowLeft" || key === "ArrowDown") this.step(-steps);
    else if (key === "PageUp") this.step(PAGE_STEPS);
    else if (key === "PageDown") this.step(-PAGE_STEPS);
    else if (key === "Home") this.set(low);
    else if (key === "End") this.set(high);
    else return false;
    return true;
  }
}

function clamp(value: number, { low, high }: Scale): number {
  return Math.min(high, Math.max(low, value));
}

function snap(value: number, scale: Scale): number {
  const steps = Math.round((value - scale.low) / scale.step);
  return clamp(Number((scale.low + steps * scale.step).toPrecision(12)), scale);
}

/** Where a value stands on the half circle, in degrees from the left end over the top. */
export function angle_deg(value: number, { low, high }: Scale): number {
  return ((value - low) / (high - low)) * SWEEP_DEG;
}

/** The point at an angle (degrees from the left end, clockwise) and a radius round a pivot; y grows downwards. */
export function polar(pivot: Point, radius: number, at_deg: number): Point {
  const radians = ((180 - at_deg) * Math.PI) / 180;
  return { x: pivot.x + radius * Math.cos(radians), y: pivot.y - radius * Math.sin(radians) };
}

/**
 * How far a hand that went from one point to another turned round the pivot, in degrees, clockwise positive.
 *
 * Close to the pivot a tremor would be half a turn, so inside `least_radius` the turn is scaled down.
 */
export function turned_deg(from: Point, to: Point, pivot: Point, least_radius: number): number {
  const a = { x: from.x - pivot.x, y: from.y - pivot.y };
  const b = { x: to.x - pivot.x, y: to.y - pivot.y };
  const radians = Math.atan2(a.x * b.y - a.y * b.x, a.x * b.x + a.y * b.y);
  const radius = Math.min(Math.hypot(a.x, a.y), Math.hypot(b.x, b.y));
  return ((radians * 180) / Math.PI) * Math.min(1, radius / least_radius);
}

/** A value as it is written on the dial: as many decimals as its step has. */
export function valueText(value: number, { step }: Scale): string {
  const places = Math.min(3, String(step).split(".")[1]?.length ?? 0);
  return value.toFixed(places).replace("-", "−");
}

/** Which word a value stands nearest to: that of its side, or the neutral one. */
export function sideLabel(value: number, scale: Scale): string {
  if (value === scale.neutral) return scale.neutral_label;
  return value > scale.neutral ? scale.high_label : scale.low_label;
}
