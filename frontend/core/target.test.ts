import { expect, test } from "vitest";
import { length_s, readTryAnswer, targetAt } from "./target.ts";

const PATH = { number: 1, step_s: 0.5, values: [50, 60, 60, 20] };

test("the ring glides from place to place and rests at both ends", () => {
  expect(length_s(PATH)).toBe(1.5);
  expect([-1, 0, 0.25, 0.75, 1.25, 1.5, 9].map((at_s) => targetAt(at_s, PATH))).toEqual([50, 50, 55, 60, 40, 20, 20]);
});

test("another answer than the server's is none", () => {
  expect(readTryAnswer({ verdict: "met", target: PATH })?.verdict).toBe("met");
  for (const other of [null, "<html>", {}, { verdict: "met" }, { verdict: "well", target: PATH }]) {
    expect(readTryAnswer(other)).toBeNull();
  }
});
