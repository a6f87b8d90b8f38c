import { expect, test } from "vitest";
import { rewound_s } from "./rewind.ts";

const RULE = { rewind_s: 5, start_s: 10 };

test("it goes back by some seconds, and never before the start", () => {
  expect(rewound_s(60, 60, RULE)).toBe(55);
  expect(rewound_s(12, 12, RULE)).toBe(10);
});

test("pausing again before what was rated is passed leads no farther back", () => {
  expect(rewound_s(56, 60, RULE)).toBe(55);
  expect(rewound_s(55, 60, RULE)).toBe(55);
  expect(rewound_s(62, 62, RULE)).toBe(57);
});

test("without rewinding it goes on where it stands", () => {
  expect(rewound_s(60, 60, { ...RULE, rewind_s: 0 })).toBe(60);
});
