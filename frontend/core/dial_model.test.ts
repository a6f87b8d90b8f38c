import { expect, test } from "vitest";
import { angle_deg, DialModel, polar, sideLabel, turned_deg, valueText } from "./dial_model.ts";
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
const HALVES: Scale = { ...SCALE, low: -3, high: 3, neutral: 0, step: 0.5 };

test.each([
  ["ArrowRight", false, 51],
  ["ArrowUp", true, 55],
  ["ArrowLeft", false, 49],
  ["ArrowDown", true, 45],
  ["PageUp", false, 60],
  ["PageDown", false, 40],
  ["Home", false, 0],
  ["End", false, 100],
])("key %s (Shift %s) leads from 50 to %d", (key, coarse, value) => {
  const model = new DialModel(SCALE, 50);
  expect(model.press(key, coarse)).toBe(true);
  expect(model.value).toBe(value);
});

test("other keys are left alone", () => {
  const model = new DialModel(SCALE, 50);
  expect(model.press("Tab", false)).toBe(false);
  expect(model.value).toBe(50);
});

test("half a turn is the whole scale; small turns add up although each is less than a step", () => {
  const model = new DialModel(SCALE, 50);
  for (let count = 0; count < 100; count += 1) model.turn(0.36);
  expect(model.value).toBe(70);
  model.turn(-180);
  expect(model.value).toBe(0);
});

test("at an end the dial stops at once and comes back at once", () => {
  const model = new DialModel(SCALE, 95);
  model.turn(90);
  expect(model.value).toBe(100);
  model.turn(-3.6);
  expect(model.value).toBe(98);
});

test("values lie on steps, without binary dust", () => {
  const model = new DialModel({ ...SCALE, low: 0, high: 1, neutral: 0.5, step: 0.1 }, 0);
  for (const _ of [1, 2, 3]) model.step(1);
  expect(model.value).toBe(0.3);
  expect(new DialModel(HALVES, 0.3).value).toBe(0.5);
  expect(valueText(-2.5, HALVES)).toBe("−2.5");
  expect(valueText(68, SCALE)).toBe("68");
});

test("a value's place on the half circle", () => {
  expect([0, 50, 100].map((value) => angle_deg(value, SCALE))).toEqual([0, 90, 180]);
  const top = polar({ x: 100, y: 100 }, 50, 90);
  expect(top.x).toBeCloseTo(100);
  expect(top.y).toBeCloseTo(50);
  expect(polar({ x: 100, y: 100 }, 50, 0).x).toBeCloseTo(50);
});

test("a hand turns the dial by the angle it goes round the pivot, wherever it took hold", () => {
  const pivot = { x: 0, y: 0 };
  for (const radius of [80, 200]) {
    for (const start of [10, 90, 150]) {
      const turned = turned_deg(polar(pivot, radius, start), polar(pivot, radius, start + 20), pivot, 60);
      expect(turned).toBeCloseTo(20);
    }
  }
  expect(turned_deg({ x: -1, y: 0 }, { x: 0, y: -1 }, pivot, 60)).toBeCloseTo(1.5);
});

test("the word for a value is that of its side", () => {
  expect([49, 50, 51].map((value) => sideLabel(value, SCALE))).toEqual(["hindering", "neutral", "helpful"]);
});
