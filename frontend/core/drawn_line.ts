import type { Scale } from "./protocol.ts";

export interface Moment {
  readonly media_s: number;
  readonly value: number;
}

/**
 * The line a hand drew, as an SVG path in a box: the dial holds its value until it moves.
 *
 * `moments` are in order of time; the last one before `start_s` counts from there on.
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
  return [`M ${x(first.media_s)} ${y(first.value)}`, ...steps, `H ${width}`].join(" ");
}

/** What a hand did in the seconds just played, and no more. */
export class RecentMoments {
  readonly #length_s: number;
  #moments: Moment[] = [];

  constructor(length_s: number) {
    this.#length_s = length_s;
  }

  /** Note a value; where the recording has gone back, what was rated beyond is no longer just played. */
  add(moment: Moment): void {
    const before = this.#moments.filter(({ media_s }) => media_s < moment.media_s);
    if (before.at(-1)?.value !== moment.value) before.push(moment);
    const start_s = moment.media_s - this.#length_s;
    const first = before.findLastIndex(({ media_s }) => media_s <= start_s);
    this.#moments = before.slice(Math.max(0, first));
  }

  get moments(): readonly Moment[] {
    return this.#moments;
  }
}
