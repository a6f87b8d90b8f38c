import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checksum, Lines, numberLine, readLine } from "./serial_line.ts";

test("the three lines of a dial are read", () => {
  expect(readLine("hello dialogram-dial 1 0 1023 Lab dial 2")).toEqual({
    kind: "hello",
    low: 0,
    high: 1023,
    name: "Lab dial 2",
  });
  expect(readLine("v 512\r")).toEqual({ kind: "value", raw: 512 });
  expect(readLine("v -3.25")).toEqual({ kind: "value", raw: -3.25 });
  expect(readLine("t")).toEqual({ kind: "touch" });
});

test("a checksum is believed where there is one", () => {
  expect(checksum("v 512")).toBe("60");
  expect(readLine("v 512*60")).toEqual({ kind: "value", raw: 512 });
  expect(readLine("t*74")).toEqual({ kind: "touch" });
  for (let flip = 0; flip < 5; flip += 1) {
    const spoilt = [..."v 512"].map((c, at) => (at === flip ? String.fromCharCode(c.charCodeAt(0) ^ 1) : c)).join("");
    expect(readLine(`${spoilt}*60`)).toBeNull();
  }
});

test.each([
  "",
  "v",
  "v x",
  "v 1e9",
  "v 12345678",
  "512",
  "v 512*6",
  "v 512*60*60",
  "hello dialogram-dial 2 0 1023 From the future",
  "hello dialogram-dial 1 5 5 Nowhere to go",
  "hello dialogram-dial 1 0 1023",
  "booting…",
])("anything else means nothing: %j", (line) => {
  expect(readLine(line)).toBeNull();
});

test("lines come out the same however the wire cut them", () => {
  const text = "hello dialogram-dial 1 0 1023 A dial\r\nv 1\nv 22\nt\nv 333\nv 4";
  const whole = new Lines().feed(text);
  expect(whole).toHaveLength(5);
  for (let size = 1; size < text.length; size += 1) {
    const lines = new Lines();
    const got: string[] = [];
    for (let at = 0; at < text.length; at += size) got.push(...lines.feed(text.slice(at, at + size)));
    expect(got).toEqual(whole);
  }
});

test("noise without an end is thrown away up to the next line", () => {
  const lines = new Lines();
  for (let times = 0; times < 50; times += 1) expect(lines.feed("x".repeat(100))).toEqual([]);
  expect(lines.feed("v 9\nv 10\n")).toEqual(["v 10"]);
});

test("the number is sent as plain characters", () => {
  expect(numberLine("−12.5")).toBe("n -12.5\n");
});

test("the page that tells the protocol holds to it", () => {
  const page = readFileSync(new URL("../../../docs/reference/serial-dial.md", import.meta.url), "utf8");
  const lines = page.split("\n").map((line) => line.trim());
  const spoken = lines.filter((line) => /\*[0-9A-F]{2}$/.test(line)).map(readLine);
  expect(spoken.map((said) => said?.kind)).toEqual(["hello", "value", "value", "value"]);
});
