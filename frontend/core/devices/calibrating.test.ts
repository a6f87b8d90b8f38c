import { expect, test } from "vitest";
import { Calibrating } from "./calibrating.ts";

test("both ends and the middle are asked for, in this order", () => {
  const way = new Calibrating(0.1);
  for (const [end, raw] of [
    ["low", 900],
    ["high", 100],
    ["neutral", 480],
  ] as const) {
    expect(way.end).toBe(end);
    way.set(raw);
  }
  expect(way.end).toBeNull();
  expect(way.calibration).toEqual({ low: 900, neutral: 480, high: 100, dead_zone: 0.1 });
});

test("a dial that was not moved gives no calibration", () => {
  const way = new Calibrating(0);
  for (const raw of [512, 512, 512]) way.set(raw);
  expect(way.calibration).toBeNull();
});
