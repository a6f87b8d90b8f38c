import { expect, test } from "vitest";
import { randomId } from "./random_id.ts";

test("an id is 128 bits in hexadecimal", () => {
  expect(randomId((bytes) => bytes.fill(10))).toBe("0a".repeat(16));
});
