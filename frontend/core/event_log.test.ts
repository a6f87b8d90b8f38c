import { expect, test } from "vitest";
import { EventLog } from "./event_log.ts";

test("records are numbered without a gap and cut a quarter of a second after their first event", () => {
  const log = new EventLog();
  expect(log.due(0)).toBeNull();
  log.add(["dial", 1000, 50, "pointer"], 1000);
  log.add(["dial", 1100, 51, "pointer"], 1100);
  expect(log.due(1249)).toBeNull();
  expect(log.due(1250)).toEqual({
    seq: 0,
    events: [
      ["dial", 1000, 50, "pointer"],
      ["dial", 1100, 51, "pointer"],
    ],
  });
  expect(log.due(9000)).toBeNull();
  log.add(["stop", 9100], 9100);
  expect(log.cut()?.seq).toBe(1);
  expect(log.cut()).toBeNull();
  expect(log.last_seq).toBe(1);
});

test("times keep three decimals of a millisecond, media times six of a second", () => {
  const log = new EventLog();
  log.add(["clock", 1234.56789, 12.34567891, "frame"], 1234);
  expect(log.cut()?.events).toEqual([["clock", 1234.568, 12.345679, "frame"]]);
});

test("an input that became known late keeps its own time and its place", () => {
  const log = new EventLog();
  log.add(["clock", 1090, 1, "frame"], 1080);
  log.add(["dial", 1010, 60, "pointer"], 1085);
  expect(log.cut()?.events.map((event) => event[1])).toEqual([1090, 1010]);
});

test("nothing is written down after the end", () => {
  const log = new EventLog();
  log.add(["finish", 10], 10);
  log.end();
  log.add(["pause", 11, 3], 11);
  expect(log.cut()?.events).toEqual([["finish", 10]]);
});
