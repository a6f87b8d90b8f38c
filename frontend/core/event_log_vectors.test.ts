import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EventLog } from "./event_log.ts";
import type { EventRecord, LogEvent, PlayerKind } from "./protocol.ts";

interface Vector {
  readonly records: readonly { readonly stream: string; readonly seq: number; readonly events: readonly LogEvent[] }[];
}

const FOLDER = new URL("../../tests/vectors/event-log-1/", import.meta.url);
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

/** Every kind this page writes, as the type checker knows them, with the number of fields behind kind and time. */
const FIELDS: Record<LogEvent[0], number> = {
  ...(Object.fromEntries(
    ["play", "playing", "pause", "seeking", "seeked", "waiting", "ended"].map((kind) => [kind, 1]),
  ) as Record<PlayerKind, number>),
  open: 1,
  dial: 2,
  raw: 1,
  clock: 2,
  rate: 1,
  hidden: 0,
  visible: 0,
  focus: 0,
  blur: 0,
  stop: 0,
  close: 0,
  finish: 0,
  heartbeat: 2,
  sync: 2,
  picture: 1,
  awake: 1,
  device: 2,
  resize: 2,
  break: 1,
};

function read(name: string): Vector {
  return JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as Vector;
}

test.each(NAMES)("a golden log is what this page would have written: %s", (name) => {
  const logs = new Map<string, EventLog>();
  for (const { stream, seq, events } of read(name).records) {
    for (const [kind, , ...fields] of events) expect(fields.length, kind).toBe(FIELDS[kind]);
    const log = logs.get(stream) ?? new EventLog();
    logs.set(stream, log);
    for (const event of events) log.add(event, event[1]);
    const written = log.cut() as EventRecord;
    // A record that never arrived leaves a hole in the golden log, not in the page's own counting.
    expect(written.seq).toBeLessThanOrEqual(seq);
    expect(written.events).toEqual(events);
  }
});

test("there are golden logs, one of them of a device", () => {
  expect(NAMES).toContain("device.json");
  const kinds = read("device.json").records.flatMap(({ events }) => events.map(([kind]) => kind));
  for (const kind of ["device", "raw", "dial"]) expect(kinds).toContain(kind);
});
