import { expect, test } from "vitest";
import { detents, knobOf, MidiPair, readControlChange } from "./midi.ts";

function message(...bytes: number[]): Uint8Array {
  return Uint8Array.from(bytes);
}

test("a control change is read, whatever its channel", () => {
  expect(readControlChange(message(0xb0, 7, 100))).toEqual({ channel: 0, controller: 7, value: 100 });
  expect(readControlChange(message(0xbf, 119, 0))).toEqual({ channel: 15, controller: 119, value: 0 });
});

test.each([[[0x90, 60, 100]], [[0xb0, 7]], [[0xb0, 7, 100, 0]], [[0xb0, 7, 200]], [[0xb0, 123, 0]], [[0xfe]], [[]]])(
  "other messages are no knob: %j",
  (bytes) => {
    expect(readControlChange(message(...bytes))).toBeNull();
  },
);

test.each([
  ["twos-complement", [1, 63, 127, 65, 0], [1, 63, -1, -63, 0]],
  ["offset-64", [65, 127, 63, 1, 64], [1, 63, -1, -63, 0]],
  ["sign-bit", [1, 63, 65, 127, 64], [1, 63, -1, -63, 0]],
] as const)("a relative knob tells how far it was turned: %s", (form, values, turned) => {
  expect(values.map((value) => detents(value, form))).toEqual(turned);
});

test("the two halves of a fine knob make one value, and neither half alone", () => {
  const pair = new MidiPair();
  expect(pair.feed(39, 5)).toBeNull();
  expect(pair.feed(7, 64)).toBeNull();
  expect(pair.feed(39, 0)).toBe(8192);
  expect(pair.feed(39, 127)).toBe(8319);
  expect(pair.feed(7, 127)).toBeNull();
  expect(pair.feed(39, 127)).toBe(16_383);
});

test("a fine half belongs to its coarse knob in the 14-bit form only", () => {
  const change = { channel: 2, controller: 39, value: 5 };
  expect(knobOf(change, "14-bit")).toEqual([2, 7]);
  expect(knobOf(change, "7-bit")).toEqual([2, 39]);
  expect(knobOf({ ...change, controller: 64 }, "14-bit")).toEqual([2, 64]);
});
