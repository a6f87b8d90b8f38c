import "fake-indexeddb/auto";
import { expect, test, vi } from "vitest";
import { MemoryStore, openStore, SealedStore } from "./record_store.ts";

const STREAM = "a".repeat(32);
const WORDS = '{"seq":0,"events":[["dial",1000,87,"pointer"]]}';

function everythingStored(): Promise<string> {
  return new Promise((resolve) => {
    indexedDB.open("dialogram").onsuccess = (event) => {
      const database = (event.target as IDBOpenDBRequest).result;
      const request = database.transaction("records").objectStore("records").getAll();
      request.onsuccess = () => {
        const rows = request.result as { bytes: ArrayBuffer; iv: Uint8Array }[];
        database.close();
        resolve(rows.map(({ bytes }) => Buffer.from(bytes).toString("latin1")).join());
      };
    };
  });
}

test("records survive the page, in their order, and only those of the sitting are found", async () => {
  const store = await SealedStore.open("one");
  await store.put({ stream: STREAM, seq: 0, text: WORDS });
  await store.put({ stream: STREAM, seq: 10, text: "b" });
  await store.put({ stream: STREAM, seq: 9, text: "c" });
  const other = await SealedStore.open("one-more");
  await other.put({ stream: STREAM, seq: 0, text: "of another sitting" });

  const reopened = await SealedStore.open("one");
  expect((await reopened.load()).map(({ seq, text }) => [seq, text])).toEqual([
    [0, WORDS],
    [9, "c"],
    [10, "b"],
  ]);
  await reopened.clear();
  await other.clear();
});

test("nothing readable lies in the database", async () => {
  const store = await SealedStore.open("secret");
  await store.put({ stream: STREAM, seq: 0, text: WORDS });
  const stored = await everythingStored();
  expect(stored.length).toBeGreaterThan(WORDS.length);
  expect(stored).not.toContain("dial");
  expect(stored).not.toContain("87");
  await store.clear();
});

test("what is acknowledged is gone, and after the end the key too", async () => {
  const store = await SealedStore.open("done");
  await store.put({ stream: STREAM, seq: 0, text: WORDS });
  await store.put({ stream: STREAM, seq: 1, text: WORDS });
  await store.remove(STREAM, [0]);
  expect((await store.load()).map(({ seq }) => seq)).toEqual([1]);
  await store.clear();
  expect(await everythingStored()).toBe("");
  await store.put({ stream: STREAM, seq: 2, text: WORDS });
  const withNewKey = await SealedStore.open("done");
  expect(await withNewKey.load()).toEqual([]);
  expect(withNewKey.lasting).toBe(true);
});

test("where the browser has no database, records are kept in memory and the page can say so", async () => {
  const found = indexedDB;
  Object.defineProperty(globalThis, "indexedDB", { value: undefined, configurable: true });
  const store = await openStore("nowhere");
  Object.defineProperty(globalThis, "indexedDB", { value: found, configurable: true });
  expect(store).toBeInstanceOf(MemoryStore);
  expect(store.lasting).toBe(false);
});

test("a database that never answers is done without", async () => {
  vi.useFakeTimers();
  const stuck = vi.spyOn(indexedDB, "open").mockReturnValue({} as IDBOpenDBRequest);
  const opened = openStore("stuck");
  await vi.advanceTimersByTimeAsync(5000);
  expect((await opened).lasting).toBe(false);
  stuck.mockRestore();
  vi.useRealTimers();
});
