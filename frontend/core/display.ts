import type { Point } from "./dial_model.ts";
import type { Scale } from "./protocol.ts";

/** What a design wants to be drawn, and what to be shown at it. */
export interface Display {
  readonly kind: "dial" | "slider" | "meter";
  readonly number: boolean;
  readonly labels: boolean;
  readonly ticks: boolean;
  readonly colours: boolean;
  /** How many of the seconds just rated are drawn as a line; 0 draws none. */
  readonly trace_s: number;
}

/** The share of the scale that lies below a value. */
export function share(value: number, { low, high }: Scale): number {
  return (value - low) / (high - low);
}

/** How far a hand went along a line of this length that leads to the right or upwards, as a share of it. */
export function slid(from: Point, to: Point, { upright, length }: { upright: boolean; length: number }): number {
  return (upright ? from.y - to.y : to.x - from.x) / length;
}
