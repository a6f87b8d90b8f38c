import { expect, test } from "vitest";
import { clockText, filled, minutesLeft } from "./time_text.ts";

test("times are minutes and seconds, never rounded up", () => {
  expect([0, 9.99, 1122.4, 4510].map(clockText)).toEqual(["0:00", "0:09", "18:42", "75:10"]);
  expect(clockText(-0.2)).toBe("0:00");
});

test("minutes left are rounded up and end with one", () => {
  expect([1860, 1801, 60, 3, 0].map(minutesLeft)).toEqual([31, 31, 1, 1, 1]);
});

test("placeholders are filled; an unknown one stays to be seen", () => {
  expect(filled("saved to {time}", { time: "18:42" })).toBe("saved to 18:42");
  expect(filled("{n} of {of}", { n: 1 })).toBe("1 of {of}");
});
