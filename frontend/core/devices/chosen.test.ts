import { expect, test } from "vitest";
import { readChosen } from "./chosen.ts";

const CHOSEN = {
  kind: "midi",
  name: "Knobs 8",
  address: [0, 7],
  form: "7-bit",
  calibration: { low: 0, neutral: 60, high: 127, dead_zone: 0.05 },
};

test("what was remembered is read again", () => {
  expect(readChosen(JSON.stringify(CHOSEN))).toEqual(CHOSEN);
  expect(readChosen(JSON.stringify({ ...CHOSEN, calibration: null }))?.calibration).toBeNull();
  expect(readChosen(JSON.stringify({ ...CHOSEN, more: "?" }))).toEqual(CHOSEN);
});

test.each([
  null,
  "",
  "{",
  "null",
  "7",
  "[]",
  JSON.stringify({ ...CHOSEN, kind: "telepathy" }),
  JSON.stringify({ ...CHOSEN, name: 7 }),
  JSON.stringify({ ...CHOSEN, address: ["0"] }),
  JSON.stringify({ ...CHOSEN, form: undefined }),
  JSON.stringify({ ...CHOSEN, calibration: undefined }),
  JSON.stringify({ ...CHOSEN, calibration: { ...CHOSEN.calibration, low: 127 } }),
])("anything else is nothing: %j", (json) => {
  expect(readChosen(json)).toBeNull();
});
