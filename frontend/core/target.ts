/** The path of a ring that a hand follows: its values, so many seconds apart, the first at 0. */
export interface TargetPath {
  /** Which try it is for, counted from 1. */
  readonly number: number;
  readonly step_s: number;
  readonly values: readonly number[];
}

/** Seconds since the ring began, and the value the hand then held. */
export type Move = readonly [number, number];

export type Verdict = "met" | "again" | "enough";

export interface TryAnswer {
  readonly verdict: Verdict;
  readonly target: TargetPath;
}

export function length_s({ values, step_s }: TargetPath): number {
  return (values.length - 1) * step_s;
}

/** Where the ring is at a time; before and after it rests. */
export function targetAt(at_s: number, { values, step_s }: TargetPath): number {
  const place = Math.min(Math.max(at_s / step_s, 0), values.length - 1);
  const before = Math.floor(place);
  const [from, to] = [values[before] ?? 0, values[before + 1] ?? values[before] ?? 0];
  return from + (to - from) * (place - before);
}

/** The server's answer to a try, or null when something else answered. */
export function readTryAnswer(value: unknown): TryAnswer | null {
  const answer = value as Partial<TryAnswer> | null;
  const known = answer?.verdict === "met" || answer?.verdict === "again" || answer?.verdict === "enough";
  return known && Array.isArray(answer?.target?.values) ? (answer as TryAnswer) : null;
}
