import { expect, test } from "vitest";
import type { Scale } from "../protocol.ts";
import { type Calibration, deflection, isCalibration, isUsable, position, straight } from "./calibration.ts";

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

/** A generator with a seed, so that a failure can be looked at again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Some hundred calibrations of both directions, each with a scale whose neutral is anywhere. */
function cases(): { calibration: Calibration; scale: Scale }[] {
  const draw = random(7);
  return Array.from({ length: 300 }, (_, index) => {
    const low = (draw() - 0.5) * 2000;
    const span = (1 + draw() * 5000) * (index % 2 === 0 ? 1 : -1);
    const calibration = { low, neutral: low + span * (0.05 + 0.9 * draw()), high: low + span, dead_zone: 0.4 * draw() };
    return { calibration, scale: { ...SCALE, low: -3, high: 7, neutral: -3 + 10 * (0.1 + 0.8 * draw()) } };
  });
}

test.each(cases())("ends are ends, neutral is neutral, and more is never less: %j", ({ calibration, scale }) => {
  const { low, neutral, high, dead_zone } = calibration;
  const at = (raw: number): number => position(raw, calibration, scale);
  expect(at(low)).toBeCloseTo(scale.low, 9);
  expect(at(neutral)).toBe(scale.neutral);
  expect(at(high)).toBeCloseTo(scale.high, 9);
  expect(at(low - (high - low))).toBe(at(low));
  expect(at(high + (high - low))).toBe(at(high));
  const readings = Array.from({ length: 201 }, (_, index) => low + ((high - low) * index) / 200);
  const places = readings.map(at);
  const steps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(-1e-9);
  // No jump, not even at the edge of the dead zone: no 200th part of the way makes more than its steepest half.
  const steepest = 10 / (0.05 * 200) / (1 - dead_zone);
  expect(Math.max(...steps)).toBeLessThanOrEqual(steepest + 1e-9);
  for (const share of [-0.99, -0.5, 0.5, 0.99]) {
    const end = share < 0 ? low : high;
    expect(at(neutral + Math.abs(share) * dead_zone * (end - neutral))).toBeCloseTo(scale.neutral, 9);
  }
});

test("a device turned round gives the mirrored deflection", () => {
  const calibration = { low: -1, neutral: 0.1, high: 1, dead_zone: 0.1 };
  const turned = { ...calibration, low: 1, high: -1 };
  for (const raw of [-1, -0.3, 0.1, 0.12, 0.7, 1]) {
    expect(deflection(raw, turned)).toBeCloseTo(-deflection(raw, calibration), 12);
  }
});

test("without a calibration the way from end to end is straight, wherever neutral is", () => {
  const scale = { ...SCALE, neutral: 20 };
  const calibration = straight(0, 1023, scale);
  for (const raw of [0, 100, 512, 1023]) expect(position(raw, calibration, scale)).toBeCloseTo((raw / 1023) * 100, 9);
});

test("readings that cannot be told apart are no calibration", () => {
  expect(isUsable({ low: 0, neutral: 5, high: 10, dead_zone: 0 })).toBe(true);
  expect(isUsable({ low: 10, neutral: 5, high: 0, dead_zone: 0.4 })).toBe(true);
  expect(isUsable({ low: 3, neutral: 3, high: 3, dead_zone: 0 })).toBe(false);
  expect(isUsable({ low: 0, neutral: 10, high: 10, dead_zone: 0 })).toBe(false);
  expect(isUsable({ low: 0, neutral: 12, high: 10, dead_zone: 0 })).toBe(false);
  expect(isUsable({ low: 0, neutral: 5, high: 10, dead_zone: 0.5 })).toBe(false);
  expect(isCalibration({ low: 0, neutral: "5", high: 10, dead_zone: 0 })).toBe(false);
  expect(isCalibration(null)).toBe(false);
});
