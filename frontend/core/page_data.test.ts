import { expect, test } from "vitest";
import { readPageData } from "./page_data.ts";

test("page data without a text the page shows is refused by that text's name", () => {
  const json = JSON.stringify({ texts: { begin: "Touch the dial to begin" } });
  expect(readPageData(json, ["begin"]).texts.begin).toBe("Touch the dial to begin");
  expect(() => readPageData(json, ["begin", "go_on"])).toThrow("no text for go_on");
});
