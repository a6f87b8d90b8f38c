import { expect, test } from "vitest";
import type { OutboxSnapshot } from "./outbox.ts";
import { type OutboxCommand, PostedOutbox } from "./posted_outbox.ts";
import type { EventRecord } from "./protocol.ts";

const STREAM = "a".repeat(32);
const QUIET: OutboxSnapshot = {
  pending: 0,
  saved_to_s: null,
  trouble: null,
  fenced: false,
  ended: null,
  lasting: true,
  aside: 0,
};

function record(seq: number, filler = ""): EventRecord {
  return { seq, events: [["device", seq, "found", filler]] };
}

function outboxOnPaper() {
  const commands: OutboxCommand[] = [];
  const bodies: { stream: string; records: EventRecord[] }[] = [];
  const outbox = new PostedOutbox({
    post: (command) => commands.push(command),
    sendLast: async (body) => {
      bodies.push(JSON.parse(body));
      return { kind: "unreachable" };
    },
  });
  return { outbox, commands, bodies };
}

test("emptied waits until the worker has settled what it was given, however early it says that nothing is pending", async () => {
  const { outbox } = outboxOnPaper();
  let empty = false;
  outbox.add(STREAM, record(0));
  const emptied = outbox.emptied().then(() => {
    empty = true;
  });
  outbox.take({ kind: "snapshot", snapshot: QUIET });
  await Promise.resolve();
  expect(empty).toBe(false);
  outbox.take({ kind: "settled", stream: STREAM, seqs: [0] });
  await emptied;
  expect(empty).toBe(true);
});

test("emptied waits for what earlier pages left too", async () => {
  const { outbox } = outboxOnPaper();
  outbox.take({ kind: "begun", snapshot: { ...QUIET, pending: 2 } });
  const emptied = outbox.emptied();
  outbox.take({ kind: "snapshot", snapshot: QUIET });
  await emptied;
});

test("a sitting that is closed elsewhere has nothing left to wait for, and no last call", async () => {
  const { outbox, bodies } = outboxOnPaper();
  outbox.add(STREAM, record(0));
  outbox.take({ kind: "snapshot", snapshot: { ...QUIET, ended: "closed" } });
  await outbox.emptied();
  outbox.lastCall();
  expect(bodies).toEqual([]);
});

test("the last call sends what is not settled, the oldest first, within what a closing page may send", () => {
  const { outbox, bodies } = outboxOnPaper();
  outbox.add(STREAM, record(0));
  outbox.add(STREAM, record(1, "x".repeat(40_000)));
  outbox.add(STREAM, record(2, "x".repeat(40_000)));
  outbox.take({ kind: "settled", stream: STREAM, seqs: [0] });
  outbox.lastCall();
  expect(bodies.map(({ stream, records }) => [stream, records.map(({ seq }) => seq)])).toEqual([[STREAM, [1]]]);
});

test("with everything settled there is no last call", () => {
  const { outbox, bodies } = outboxOnPaper();
  outbox.add(STREAM, record(0));
  outbox.take({ kind: "settled", stream: STREAM, seqs: [0] });
  outbox.lastCall();
  expect(bodies).toEqual([]);
});

test("begin and purge wait for their answers; what is asked goes to the worker", async () => {
  const { outbox, commands } = outboxOnPaper();
  const begun = outbox.begin("/room/sittings/1", "token");
  outbox.take({ kind: "begun", snapshot: { ...QUIET, saved_to_s: 7 } });
  await begun;
  expect(outbox.snapshot.saved_to_s).toBe(7);
  outbox.grant(3);
  outbox.hurry();
  const purged = outbox.purge();
  outbox.take({ kind: "purged", snapshot: QUIET });
  await purged;
  expect(commands.map(({ kind }) => kind)).toEqual(["begin", "grant", "hurry", "purge"]);
});
