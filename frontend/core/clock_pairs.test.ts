import { expect, test } from "vitest";
import { type ClockPair, ClockPairs } from "./clock_pairs.ts";

const FRAME_MS = 1000 / 30;

function frames(count: number, jump_at = Number.POSITIVE_INFINITY, jump_ms = 0): ClockPair[] {
  return Array.from({ length: count }, (_, index) => ({
    t_ms: 1000 + index * FRAME_MS + (index >= jump_at ? jump_ms : 0),
    media_s: index / 30,
  }));
}

function logged(pairs: readonly ClockPair[], rate = 1): ClockPair[] {
  const rule = new ClockPairs();
  return pairs.flatMap((pair) => rule.offer(pair, rate));
}

/** Piecewise linear media time at t_ms, as the server will see it. */
function mediaAt(kept: readonly ClockPair[], t_ms: number): number {
  const after = kept.findIndex((pair) => pair.t_ms >= t_ms);
  const b = kept[after] as ClockPair;
  const a = kept[after - 1];
  return a ? a.media_s + ((b.media_s - a.media_s) * (t_ms - a.t_ms)) / (b.t_ms - a.t_ms) : b.media_s;
}

test("a steady player is logged at least every 250 ms, and not much more often", () => {
  const kept = logged(frames(300));
  const gaps = kept.slice(1).map((pair, index) => pair.t_ms - (kept[index] as ClockPair).t_ms);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(250);
  expect(kept.length).toBeLessThan(300 / 5);
});

test("a jump of the clock is logged with the pair before it, so that no frame is off by more than 2 ms", () => {
  const all = frames(120, 50, 16.7);
  const kept = logged(all);
  const last_ms = (kept.at(-1) as ClockPair).t_ms;
  const errors_ms = all
    .filter((pair) => pair.t_ms <= last_ms)
    .map((pair) => Math.abs(mediaAt(kept, pair.t_ms) - pair.media_s) * 1000);
  expect(Math.max(...errors_ms)).toBeLessThan(2);
  expect(kept).toContainEqual(all[49]);
  expect(kept).toContainEqual(all[50]);
});

test("without the rule about the pair before, the jump would be smeared (control)", () => {
  const all = frames(120, 50, 16.7);
  const sparse = all.filter((_, index) => index % 7 === 0);
  const errors_ms = all
    .filter((pair) => pair.t_ms <= (sparse.at(-1) as ClockPair).t_ms)
    .map((pair) => Math.abs(mediaAt(sparse, pair.t_ms) - pair.media_s) * 1000);
  expect(Math.max(...errors_ms)).toBeGreaterThan(2);
});

test("the line follows the player's rate", () => {
  const fast = frames(60).map(({ t_ms, media_s }) => ({ t_ms, media_s: media_s * 1.5 }));
  expect(logged(fast, 1.5).length).toBeLessThan(15);
});

test("after a restart the first pair is logged again; a pair that does not advance is dropped", () => {
  const rule = new ClockPairs();
  expect(rule.offer({ t_ms: 10, media_s: 0 }, 1)).toHaveLength(1);
  expect(rule.offer({ t_ms: 10, media_s: 0.03 }, 1)).toHaveLength(0);
  expect(rule.offer({ t_ms: 43, media_s: 0.033 }, 1)).toHaveLength(0);
  rule.restart();
  expect(rule.offer({ t_ms: 76, media_s: 0.066 }, 1)).toEqual([{ t_ms: 76, media_s: 0.066 }]);
});
