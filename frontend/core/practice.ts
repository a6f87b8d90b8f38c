import type { Scale } from "./protocol.ts";

export type Goal = "high" | "low" | "neutral";

/** What a hand is asked to do before it follows a recording. */
export const GOALS: readonly Goal[] = ["high", "low", "neutral"];

const NEAR = 0.02;

/** Whether the dial is where the goal wants it, give or take two parts in a hundred. */
export function reached(goal: Goal, value: number, scale: Scale): boolean {
  return Math.abs(value - scale[goal]) <= Math.max(NEAR * (scale.high - scale.low), scale.step / 2);
}
