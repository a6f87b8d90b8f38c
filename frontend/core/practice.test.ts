import { expect, test } from "vitest";
import { reached } from "./practice.ts";
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
