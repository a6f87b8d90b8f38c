import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Exchange, SyncExchanges } from "./sync_exchanges.ts";

interface Vector {
  readonly exchanges: Exchange[];
  readonly logged: unknown[];
  readonly flushed: unknown;
}

test("of each five seconds the quickest exchange is logged, and the rest at the end", () => {
  const file = new URL("../../tests/vectors/sync-1/drifting.json", import.meta.url);
  const { exchanges, logged, flushed } = JSON.parse(readFileSync(file, "utf-8")) as Vector;
  const sync = new SyncExchanges();
  expect(exchanges.map((exchange) => sync.offer(exchange)).filter((event) => event !== null)).toEqual(logged);
  expect(sync.flush()).toEqual(flushed);
  expect(sync.flush()).toBeNull();
});
