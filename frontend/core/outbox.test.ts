import { expect, test } from "vitest";
import { Outbox, type RecordStore, type SendOutcome, type StoredRecord } from "./outbox.ts";
import type { EventRecord } from "./protocol.ts";

const STREAM = "a".repeat(32);

class Shelf implements RecordStore {
  readonly lasting = true;
  readonly kept = new Map<string, StoredRecord>();
  load = async (): Promise<StoredRecord[]> => [...this.kept.values()];
  put = async (record: StoredRecord): Promise<void> => {
    this.kept.set(`${record.stream}/${record.seq}`, record);
  };
  remove = async (stream: string, seqs: readonly number[]): Promise<void> => {
    for (const seq of seqs) this.kept.delete(`${stream}/${seq}`);
  };
  clear = async (): Promise<void> => this.kept.clear();
}

interface Request {
  readonly stream: string;
  readonly seqs: readonly number[];
  readonly bytes: number;
  readonly answer: (outcome: SendOutcome) => Promise<void>;
}

/** An outbox whose clock stands still and whose requests are answered by hand. */
function outboxOnPaper(shelf = new Shelf()) {
  const clock = { ms: 0 };
  const requests: Request[] = [];
  const settled: string[] = [];
  const outbox = new Outbox({
    now: () => clock.ms,
    store: shelf,
    settled: (stream, seqs) => settled.push(...seqs.map((seq) => `${stream}/${seq}`)),
    send: (body) =>
      new Promise((resolve) => {
        const { stream, records } = JSON.parse(body) as { stream: string; records: EventRecord[] };
        requests.push({
          stream,
          seqs: records.map(({ seq }) => seq),
          bytes: body.length,
          answer: async (outcome) => {
            resolve(outcome);
            await new Promise((settled) => setTimeout(settled));
          },
        });
      }),
  });
  return { outbox, clock, requests, shelf, settled };
}

function record(seq: number, filler = ""): EventRecord {
  return { seq, events: [["device", seq, "found", filler]] };
}

function taken(seqs: readonly number[], epoch = 1, conflicts: readonly number[] = []): SendOutcome {
  return { kind: "answer", answer: { acknowledged: seqs, conflicts, epoch, saved_to_s: seqs.length } };
}

test("a record leaves the outbox and the store only when it is acknowledged", async () => {
  const { outbox, requests, shelf } = outboxOnPaper();
  outbox.add(STREAM, record(0));
  outbox.add(STREAM, record(1));
  outbox.tick();
  expect(requests[0]?.seqs).toEqual([0, 1]);
  expect(shelf.kept.size).toBe(2);
  await requests[0]?.answer(taken([0]));
  expect(outbox.snapshot).toMatchObject({ pending: 1, saved_to_s: 1, trouble: null });
  expect([...shelf.kept.keys()]).toEqual([`${STREAM}/1`]);
});

test("one request at a time, every two seconds", async () => {
  const { outbox, clock, requests } = outboxOnPaper();
  outbox.add(STREAM, record(0));
  outbox.tick();
  outbox.add(STREAM, record(1));
  outbox.tick();
  expect(requests).toHaveLength(1);
  clock.ms = 300;
  await requests[0]?.answer(taken([0]));
  clock.ms = 1999;
  outbox.tick();
  expect(requests).toHaveLength(1);
  clock.ms = 2000;
  outbox.tick();
  expect(requests[1]?.seqs).toEqual([1]);
});

test("failures are retried for ever, further and further apart up to 15 s, and said at once", async () => {
  const { outbox, clock, requests } = outboxOnPaper();
  outbox.add(STREAM, record(0));
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const from = clock.ms;
    while (requests.length === attempt) {
      clock.ms += 125;
      outbox.tick();
    }
    waits.push(clock.ms - from);
    await requests[attempt]?.answer({ kind: "unreachable" });
    expect(outbox.snapshot.trouble).toBe("unreachable");
  }
  expect(waits.slice(1)).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  clock.ms += 15_000;
  outbox.tick();
  await requests[8]?.answer(taken([0]));
  expect(outbox.snapshot).toMatchObject({ trouble: null, pending: 0 });
});

test("a request that hangs is trouble too", () => {
  const { outbox, clock } = outboxOnPaper();
  outbox.add(STREAM, record(0));
  outbox.tick();
  clock.ms = 2001;
  outbox.tick();
  expect(outbox.snapshot.trouble).toBe("unreachable");
});

test("an answer that acknowledges nothing is a failure, not a tight loop", async () => {
  const { outbox, requests } = outboxOnPaper();
  outbox.add(STREAM, record(0));
  outbox.tick();
  await requests[0]?.answer(taken([]));
  outbox.tick();
  expect(requests).toHaveLength(1);
  expect(outbox.snapshot.pending).toBe(1);
});

test("a backlog goes in batches of at most 64 records and 256 KiB, one right after the other", async () => {
  const { outbox, requests } = outboxOnPaper();
  for (let seq = 0; seq < 150; seq += 1) outbox.add(STREAM, record(seq));
  outbox.add(STREAM, record(150, "x".repeat(200_000)));
  outbox.add(STREAM, record(151, "x".repeat(200_000)));
  outbox.tick();
  for (let at = 0; at < requests.length; at += 1) {
    const { seqs, bytes } = requests[at] as Request;
    expect(seqs.length).toBeLessThanOrEqual(64);
    expect(bytes).toBeLessThanOrEqual(256 * 1024);
    await requests[at]?.answer(taken(seqs));
    if (outbox.snapshot.pending > 0) outbox.hurry();
  }
  expect(requests.flatMap(({ seqs }) => seqs)).toEqual(Array.from({ length: 152 }, (_, seq) => seq));
  expect(requests).toHaveLength(4);
});

test("a conflict counts as settled", async () => {
  const { outbox, requests, settled } = outboxOnPaper();
  outbox.add(STREAM, record(0));
  outbox.add(STREAM, record(1));
  outbox.tick();
  await requests[0]?.answer(taken([1], 1, [0]));
  expect(outbox.snapshot.pending).toBe(0);
  expect(settled.sort()).toEqual([`${STREAM}/0`, `${STREAM}/1`]);
});

test("a record the server cannot take is found by halving and set aside; its neighbours arrive", async () => {
  const { outbox, requests, shelf, settled } = outboxOnPaper();
  for (let seq = 0; seq < 8; seq += 1) outbox.add(STREAM, record(seq));
  outbox.tick();
  for (let at = 0; at < requests.length && at < 40; at += 1) {
    const { seqs } = requests[at] as Request;
    await requests[at]?.answer(seqs.includes(5) ? { kind: "unfit" } : taken(seqs));
    outbox.hurry();
  }
  expect(outbox.snapshot).toMatchObject({ pending: 0, aside: 1 });
  expect([...shelf.kept.keys()]).toEqual([`${STREAM}/5`]);
  expect(settled).toHaveLength(8);
});

test("a greater epoch fences, and what is left is still sent", async () => {
  const { outbox, clock, requests } = outboxOnPaper();
  outbox.grant(3);
  outbox.add(STREAM, record(0));
  outbox.tick();
  outbox.add(STREAM, record(1));
  await requests[0]?.answer(taken([0], 4));
  expect(outbox.snapshot.fenced).toBe(true);
  clock.ms = 2000;
  outbox.tick();
  expect(requests[1]?.seqs).toEqual([1]);
});

test("the same epoch does not fence (control)", async () => {
  const { outbox, requests } = outboxOnPaper();
  outbox.grant(3);
  outbox.add(STREAM, record(0));
  outbox.tick();
  await requests[0]?.answer(taken([0], 3));
  expect(outbox.snapshot.fenced).toBe(false);
});

test("what an earlier page left is sent under its own stream, before this page's records", async () => {
  const shelf = new Shelf();
  const old = "b".repeat(32);
  await shelf.put({ stream: old, seq: 7, text: JSON.stringify(record(7)) });
  const { outbox, requests } = outboxOnPaper(shelf);
  await outbox.restore();
  outbox.add(STREAM, record(0));
  outbox.tick();
  expect(requests[0]).toMatchObject({ stream: old, seqs: [7] });
  await requests[0]?.answer(taken([7]));
  expect(requests[1]).toMatchObject({ stream: STREAM, seqs: [0] });
});

test.each(["closed", "void"] as const)(
  "a sitting that is %s takes nothing more: nothing is sent or kept any more",
  async (end) => {
    const { outbox, requests, shelf } = outboxOnPaper();
    outbox.add(STREAM, record(0));
    outbox.tick();
    await requests[0]?.answer({ kind: "ended", end });
    expect(outbox.snapshot).toMatchObject({ ended: end, pending: 0, trouble: null });
    outbox.add(STREAM, record(1));
    outbox.hurry();
    expect(requests).toHaveLength(1);
    expect(shelf.kept.size).toBe(0);
  },
);

test("where the link leads no more, nothing is sent, and all is kept for the next link", async () => {
  const { outbox, requests, shelf } = outboxOnPaper();
  outbox.add(STREAM, record(0));
  outbox.tick();
  await requests[0]?.answer({ kind: "ended", end: "not-found" });
  outbox.add(STREAM, record(1));
  outbox.hurry();
  expect(requests).toHaveLength(1);
  expect([...shelf.kept.keys()]).toEqual([`${STREAM}/0`, `${STREAM}/1`]);
  const next = outboxOnPaper(shelf);
  await next.outbox.restore();
  next.outbox.tick();
  expect(next.requests[0]?.seqs).toEqual([0, 1]);
});
