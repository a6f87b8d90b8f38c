import { expect, test } from "vitest";
import { Wheel } from "./wheel.ts";

test("a notch of a mouse is two steps; a touchpad's crumbs add up to the same", () => {
  expect(new Wheel().feed(100, 0, 0)).toBe(2);
  const wheel = new Wheel();
  let steps = 0;
  for (let count = 0; count < 25; count += 1) steps += wheel.feed(4, 0, count * 16);
  expect(steps).toBe(2);
});

test("lines count as lines", () => {
  expect(new Wheel().feed(-3, 1, 0)).toBe(-1);
});

test("what was left over is forgotten when the hand turns back or rests", () => {
  const wheel = new Wheel();
  wheel.feed(45, 0, 0);
  expect(wheel.feed(-10, 0, 20)).toBe(0);
  expect(wheel.feed(-45, 0, 40)).toBe(-1);
  wheel.feed(45, 0, 60);
  expect(wheel.feed(10, 0, 1000)).toBe(0);
});
