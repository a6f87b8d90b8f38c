import { expect, test } from "vitest";
import { DialModel } from "../dial_model.ts";
import type { Scale } from "../protocol.ts";
import { straight } from "./calibration.ts";
import { place, Spring, turn } from "./motion.ts";

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
const STICK = { low: -1, neutral: 0, high: 1, dead_zone: 0.1 };

test("a reading that trembles round the border of two values moves nothing", () => {
  const model = new DialModel(SCALE, 50);
  const readings = straight(0, 1000, SCALE);
  place(model, 600, readings);
  expect(model.value).toBe(60);
  const seen = [604, 606, 605, 606.9, 603, 597, 593].map((raw) => {
    place(model, raw, readings);
    return model.value;
  });
  expect(new Set(seen)).toEqual(new Set([60]));
  place(model, 608, readings);
  expect(model.value).toBe(61);
});

test("every value of a fine device can be reached, the ends too, from either side", () => {
  const readings = straight(0, 1023, SCALE);
  for (const way of [
    Array.from({ length: 1024 }, (_, raw) => raw),
    Array.from({ length: 1024 }, (_, raw) => 1023 - raw),
  ]) {
    const model = new DialModel(SCALE, 50);
    const seen = new Set<number>();
    for (const raw of way) {
      place(model, raw, readings);
      seen.add(model.value);
    }
    expect(seen.size).toBe(101);
  }
});

test("what is turned adds up, and an end is left at once", () => {
  const model = new DialModel(SCALE, 50);
  for (let times = 0; times < 30; times += 1) turn(model, 0.001);
  expect(model.value).toBe(53);
  turn(model, 3);
  expect(model.value).toBe(100);
  turn(model, -0.01);
  expect(model.value).toBe(99);
});

test("a stick moves the dial for as long as it is pushed, and the faster the further", () => {
  const model = new DialModel(SCALE, 50);
  const spring = new Spring();
  const pushed = (raw: number, from_ms: number, to_ms: number): void => {
    for (let t_ms = from_ms; t_ms <= to_ms; t_ms += 10) spring.push(model, raw, STICK, t_ms);
  };
  pushed(0.05, 0, 1000);
  expect(model.value).toBe(50);
  pushed(1, 1000, 1500);
  expect(model.value).toBe(75);
  pushed(0, 1510, 1600);
  pushed(-0.64, 2000, 2500);
  // Six tenths of the way beyond the dead zone are six tenths as fast.
  expect(model.value).toBe(60);
  pushed(0, 2510, 9000);
  expect(model.value).toBe(60);
});

test("a page that stood still does not let the dial run away", () => {
  const model = new DialModel(SCALE, 50);
  const spring = new Spring();
  spring.push(model, 1, STICK, 0);
  spring.push(model, 1, STICK, 5000);
  expect(model.value).toBe(55);
});
