import { expect, test } from "vitest";
import { share, slid } from "./display.ts";
import type { Scale } from "./protocol.ts";

const SCALE: Scale = {
  name: "mood",
  low: -3,
  high: 3,
  neutral: 0,
  step: 0.5,
  low_label: "low",
  neutral_label: "neither",
  high_label: "high",
};

test("a value's share of the scale runs from end to end", () => {
  expect([-3, -1.5, 0, 3].map((value) => share(value, SCALE))).toEqual([0, 0.25, 0.5, 1]);
});

test("to the right and upwards is more, and the other direction does not count", () => {
  const [from, to] = [
    { x: 100, y: 100 },
    { x: 150, y: 40 },
  ];
  expect(slid(from, to, { upright: false, length: 200 })).toBe(0.25);
  expect(slid(from, to, { upright: true, length: 200 })).toBe(0.3);
  expect(slid(to, from, { upright: true, length: 200 })).toBe(-0.3);
});
