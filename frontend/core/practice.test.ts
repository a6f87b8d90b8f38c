import { expect, test } from "vitest";
import { drawnPath, reached } from "./practice.ts";
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

test("a goal is reached within two parts in a hundred", () => {
  expect([97, 98, 100].map((value) => reached("high", value, SCALE))).toEqual([false, true, true]);
  expect([3, 2].map((value) => reached("low", value, SCALE))).toEqual([false, true]);
  expect([47, 48, 52, 53].map((value) => reached("neutral", value, SCALE))).toEqual([false, true, true, false]);
});

test("the line holds its value until the hand moves", () => {
  const moments = [
    { media_s: 10, value: 50 },
    { media_s: 15, value: 100 },
    { media_s: 18, value: 25 },
  ];
  const box = { start_s: 10, end_s: 20, width: 100, height: 40 };
  expect(drawnPath(moments, SCALE, box)).toBe("M 0 20.0 H 50.0 V 0.0 H 80.0 V 30.0 H 100");
  expect(drawnPath([], SCALE, box)).toBe("");
});
