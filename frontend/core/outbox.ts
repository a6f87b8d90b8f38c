import { backoff_ms } from "./backoff.ts";
import { type EventRecord, isOver, MOST_BYTES, MOST_RECORDS, type RecordsAnswer, type SittingEnd } from "./protocol.ts";

const CADENCE_MS = 2000;
const SLOW_MS = 2000;
/** More records than two seconds bring are worked off at once. */
const BACKLOG = 20;
const ENVELOPE_BYTES = 1024;

export interface StoredRecord {
  readonly stream: string;
  readonly seq: number;
  readonly text: string;
}

/** Where records lie until the server has them. */
export interface RecordStore {
  /** False where records are kept in memory only and die with the page. */
  readonly lasting: boolean;
  load(): Promise<StoredRecord[]>;
  put(record: StoredRecord): Promise<void>;
  remove(stream: string, seqs: readonly number[]): Promise<void>;
  clear(): Promise<void>;
}

export type SendOutcome =
  | { readonly kind: "answer"; readonly answer: RecordsAnswer }
  | { readonly kind: "ended"; readonly end: SittingEnd }
  | { readonly kind: "unfit" }
  | { readonly kind: "refused" }
  | { readonly kind: "unreachable" };

/** Sends one body of records; never throws. */
export type SendRecords = (body: string) => Promise<SendOutcome>;

/** Told of records that need no further sending: acknowledged, in conflict, or set aside. */
export type Settled = (stream: string, seqs: readonly number[]) => void;

export interface OutboxSnapshot {
  readonly pending: number;
  readonly saved_to_s: number | null;
  readonly trouble: "unreachable" | "refused" | null;
  readonly fenced: boolean;
  /** Why nothing is sent any more. */
  readonly ended: SittingEnd | null;
  readonly lasting: boolean;
  readonly aside: number;
}

/** The body of a request that carries records, each as it was spelt. */
export function bodyOf(stream: string, texts: readonly string[]): string {
  return `{"stream":${JSON.stringify(stream)},"records":[${texts.join(",")}]}`;
}

/** Records the server has not acknowledged yet: sent oldest first, one request at a time, for ever. */
export class Outbox {
  readonly #now: () => number;
  readonly #store: RecordStore;
  readonly #send: SendRecords;
  readonly #settled: Settled;
  readonly #listeners = new Set<(snapshot: OutboxSnapshot) => void>();
  /** Streams in the order they were opened; in each, records in their order. */
  readonly #pending = new Map<string, Map<number, StoredRecord>>();
  #aside = 0;
  #flight_since_ms: number | null = null;
  #next_ms = 0;
  #failures = 0;
  #urgent = false;
  #most_records = MOST_RECORDS;
  #epoch = Number.POSITIVE_INFINITY;
  #seen_epoch = 0;
  #snapshot: OutboxSnapshot;

  constructor(parts: { now: () => number; store: RecordStore; send: SendRecords; settled: Settled }) {
    this.#now = parts.now;
    this.#store = parts.store;
    this.#send = parts.send;
    this.#settled = parts.settled;
    this.#snapshot = Object.freeze({
      pending: 0,
      saved_to_s: null,
      trouble: null,
      fenced: false,
      ended: null,
      lasting: parts.store.lasting,
      aside: 0,
    });
  }

  get snapshot(): OutboxSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: (snapshot: OutboxSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The epoch granted to this page; an answer with a greater one means another page has taken over. */
  grant(epoch: number): void {
    this.#epoch = epoch;
    this.#publish({ fenced: this.#seen_epoch > epoch });
  }

  /** Take up what earlier pages of this sitting left unsent. */
  async restore(): Promise<void> {
    for (const record of await this.#store.load()) this.#keep(record);
    this.#publish({ lasting: this.#store.lasting });
  }

  add(stream: string, record: EventRecord): void {
    if (isOver(this.#snapshot.ended)) return;
    const stored = { stream, seq: record.seq, text: JSON.stringify(record) };
    this.#keep(stored);
    this.#publish({});
    void this.#store.put(stored).then(() => this.#publish({ lasting: this.#store.lasting }));
  }

  /** Send what is due; call it a few times a second. */
  tick(): void {
    const now = this.#now();
    if (this.#flight_since_ms !== null) {
      if (now - this.#flight_since_ms > SLOW_MS && !this.#snapshot.trouble) this.#publish({ trouble: "unreachable" });
      return;
    }
    if (now < this.#next_ms || this.#snapshot.ended) return;
    const batch = this.#batch();
    const first = batch[0];
    if (!first) return;
    this.#flight_since_ms = now;
    const texts = batch.map(({ text }) => text);
    void this.#send(bodyOf(first.stream, texts)).then((outcome) => this.#land(first.stream, batch, outcome));
  }

  /** Do not wait for the cadence: something is about to end, or the network came back. */
  hurry(): void {
    this.#urgent = true;
    this.#next_ms = 0;
    this.tick();
  }

  /** Forget everything, the key too: the sitting is handed in. */
  async purge(): Promise<void> {
    this.#pending.clear();
    this.#publish({});
    await this.#store.clear();
  }

  #keep(record: StoredRecord): void {
    const records = this.#pending.get(record.stream) ?? new Map<number, StoredRecord>();
    records.set(record.seq, record);
    this.#pending.set(record.stream, records);
  }

  #batch(): StoredRecord[] {
    const batch: StoredRecord[] = [];
    let bytes = 0;
    for (const records of this.#pending.values()) {
      for (const record of records.values()) {
        bytes += record.text.length + 1;
        if (batch.length > 0 && (bytes > MOST_BYTES - ENVELOPE_BYTES || batch.length === this.#most_records))
          return batch;
        batch.push(record);
      }
      if (batch.length > 0) return batch;
    }
    return batch;
  }

  #land(stream: string, batch: readonly StoredRecord[], outcome: SendOutcome): void {
    const started_ms = this.#flight_since_ms ?? this.#now();
    this.#flight_since_ms = null;
    if (outcome.kind === "answer") this.#acknowledge(stream, batch, outcome.answer, started_ms);
    else if (outcome.kind === "unfit") this.#shrink(stream, batch);
    else if (outcome.kind === "ended") this.#end(outcome.end);
    else this.#fail(outcome.kind);
  }

  #acknowledge(stream: string, batch: readonly StoredRecord[], answer: RecordsAnswer, started_ms: number): void {
    const settled = new Set([...answer.acknowledged, ...answer.conflicts]);
    const done = batch.map(({ seq }) => seq).filter((seq) => settled.has(seq));
    this.#seen_epoch = Math.max(this.#seen_epoch, answer.epoch);
    const fenced = this.#seen_epoch > this.#epoch;
    if (done.length === 0) {
      this.#publish({ fenced });
      this.#fail("unreachable");
      return;
    }
    this.#forget(stream, done);
    void this.#store.remove(stream, done);
    this.#failures = 0;
    this.#most_records = MOST_RECORDS;
    const left = this.#count();
    if (left === 0) this.#urgent = false;
    const others = [...this.#pending.keys()].some((other) => other !== stream);
    this.#next_ms = this.#urgent || others || left > BACKLOG ? 0 : started_ms + CADENCE_MS;
    this.#publish({ trouble: null, fenced, saved_to_s: answer.saved_to_s ?? this.#snapshot.saved_to_s });
    this.tick();
  }

  /** A body was too large or malformed: try smaller ones until the record at fault stands alone, and set that aside. */
  #shrink(stream: string, batch: readonly StoredRecord[]): void {
    if (batch.length > 1) {
      this.#most_records = Math.ceil(batch.length / 2);
      this.#next_ms = 0;
      this.tick();
      return;
    }
    this.#aside += 1;
    this.#forget(
      stream,
      batch.map(({ seq }) => seq),
    );
    this.#next_ms = 0;
    this.#publish({});
  }

  #end(end: SittingEnd): void {
    if (isOver(end)) this.#pending.clear();
    this.#publish({ ended: end, trouble: null });
    if (isOver(end)) void this.#store.clear();
  }

  #fail(trouble: "unreachable" | "refused"): void {
    this.#failures += 1;
    this.#next_ms = this.#now() + backoff_ms(this.#failures);
    this.#publish({ trouble });
  }

  #forget(stream: string, seqs: readonly number[]): void {
    const records = this.#pending.get(stream);
    for (const seq of seqs) records?.delete(seq);
    if (records?.size === 0) this.#pending.delete(stream);
    this.#settled(stream, seqs);
  }

  #count(): number {
    let count = 0;
    for (const records of this.#pending.values()) count += records.size;
    return count;
  }

  #publish(change: Partial<OutboxSnapshot>): void {
    this.#snapshot = Object.freeze({ ...this.#snapshot, ...change, pending: this.#count(), aside: this.#aside });
    for (const listener of this.#listeners) listener(this.#snapshot);
  }
}
