import { expect, test } from "vitest";
import { readRecordsAnswer, readStreamOpened } from "./protocol.ts";

const ANSWER = { acknowledged: [0, 1], conflicts: [], epoch: 3, saved_to_s: 12.5 };

test("an answer is taken as it stands", () => {
  expect(readRecordsAnswer(ANSWER)).toEqual(ANSWER);
  expect(readRecordsAnswer({ ...ANSWER, saved_to_s: null })?.saved_to_s).toBeNull();
});

test.each([
  null,
  "<html>",
  7,
  {},
  { ...ANSWER, acknowledged: "all" },
  { ...ANSWER, conflicts: [0.5] },
  { ...ANSWER, epoch: null },
])("what something else answers acknowledges nothing: %j", (answer) => {
  expect(readRecordsAnswer(answer)).toBeNull();
});

test("a stream opens with or without a place to go on from", () => {
  expect(readStreamOpened({ epoch: 1, resume: null })).toEqual({ epoch: 1, resume: null });
  expect(readStreamOpened({ epoch: 2, resume: { media_s: 3.5, value: null } })).toEqual({
    epoch: 2,
    resume: { media_s: 3.5, value: null },
  });
  expect(readStreamOpened({ resume: null })).toBeNull();
});
