import { expect, test } from "vitest";
import { drawnPath, RecentMoments } from "./drawn_line.ts";
import type { Scale } from "./protocol.ts";

const SCALE: Scale = {
  name: "helpfulness",
  low: 0,
  high: 100,
  neutral: 50,
  step: 1,
  low_label: "hindering",
  neutral_label: "neutral",
  high_label: "helpful",
};
const BOX = { start_s: 10, end_s: 20, width: 100, height: 40 };

test("the line holds its value until the hand moves", () => {
  const moments = [
    { media_s: 10, value: 50 },
    { media_s: 15, value: 100 },
    { media_s: 18, value: 25 },
  ];
  expect(drawnPath(moments, SCALE, BOX)).toBe("M 0.0 20.0 H 50.0 V 0.0 H 80.0 V 30.0 H 100");
  expect(drawnPath([], SCALE, BOX)).toBe("");
});

test("it begins where the hand began, or at the edge with what the hand held before", () => {
  expect(drawnPath([{ media_s: 12, value: 50 }], SCALE, BOX)).toBe("M 20.0 20.0 H 100");
  expect(drawnPath([{ media_s: 4, value: 75 }], SCALE, BOX)).toBe("M 0.0 10.0 H 100");
});

test("only what was just played is kept, with the value held before it", () => {
  const recent = new RecentMoments(10);
  for (const [media_s, value] of [
    [0, 50],
    [4, 60],
    [5, 60],
    [8, 70],
    [15, 80],
  ] as const)
    recent.add({ media_s, value });
  expect(recent.moments).toEqual([
    { media_s: 4, value: 60 },
    { media_s: 8, value: 70 },
    { media_s: 15, value: 80 },
  ]);
});

test("what is rated again takes the place of what was", () => {
  const recent = new RecentMoments(10);
  for (const media_s of [0, 3, 6, 9]) recent.add({ media_s, value: media_s });
  recent.add({ media_s: 5, value: 40 });
  expect(recent.moments.map(({ value }) => value)).toEqual([0, 3, 40]);
});
