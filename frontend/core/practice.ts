import type { Scale } from "./protocol.ts";

export type Goal = "high" | "low" | "neutral";

/** What a hand is asked to do before it follows a recording. */
export const GOALS: readonly Goal[] = ["high", "low", "neutral"];

const NEAR = 0.02;

/** Whether the dial is where the goal wants it, give or take two parts in a hundred. */
export function reached(goal: Goal, value: number, scale: Scale): boolean {
  return Math.abs(value - scale[goal]) <= Math.max(NEAR * (scale.high - scale.low), scale.step / 2);
}

export interface Moment {
  readonly media_s: number;
  readonly value: number;
}

/**
 * The line a hand drew, as an SVG path in a box: the dial holds its value until it moves.
 *
 * `moments` are in order of time; the first value counts from `start_s` on.
 */
export function drawnPath(
  moments: readonly Moment[],
  scale: Scale,
  { start_s, end_s, width, height }: { start_s: number; end_s: number; width: number; height: number },
): string {
  const x = (s: number): string =>
    (((Math.min(Math.max(s, start_s), end_s) - start_s) / (end_s - start_s)) * width).toFixed(1);
  const y = (value: number): string => ((1 - (value - scale.low) / (scale.high - scale.low)) * height).toFixed(1);
  const [first, ...rest] = moments;
  if (!first) return "";
  const steps = rest.map(({ media_s, value }) => `H ${x(media_s)} V ${y(value)}`);
  return [`M 0 ${y(first.value)}`, ...steps, `H ${width}`].join(" ");
}
