import { bodyOf, type OutboxSnapshot, type SendRecords } from "./outbox.ts";
import type { EventRecord } from "./protocol.ts";

/** What a browser lets a page send while it is being closed. */
const LAST_CALL_BYTES = 60_000;

/** What a page asks of the outbox that runs beside it. */
export type OutboxCommand =
  | { readonly kind: "begin"; readonly base: string; readonly csrf: string }
  | { readonly kind: "add"; readonly stream: string; readonly record: EventRecord }
  | { readonly kind: "grant"; readonly epoch: number }
  | { readonly kind: "hurry" }
  | { readonly kind: "purge" };

/** What it answers: how things stand, and which records are settled since it last said so. */
export type OutboxReport =
  | { readonly kind: "begun" | "snapshot" | "purged"; readonly snapshot: OutboxSnapshot }
  | { readonly kind: "settled"; readonly stream: string; readonly seqs: readonly number[] };

const NOTHING_YET: OutboxSnapshot = Object.freeze({
  pending: 0,
  saved_to_s: null,
  trouble: null,
  fenced: false,
  ended: null,
  lasting: true,
  aside: 0,
});

/**
 * The page's end of an outbox that runs in a worker, where no busy page and no hidden tab slows it down.
 *
 * It keeps what the worker has not settled yet: a page that is being closed has to make its last call itself.
 */
export class PostedOutbox {
  readonly #post: (command: OutboxCommand) => void;
  readonly #sendLast: SendRecords;
  readonly #listeners = new Set<(snapshot: OutboxSnapshot) => void>();
  readonly #answered = new Map<OutboxReport["kind"], () => void>();
  readonly #unsettled = new Map<string, Map<number, string>>();
  #snapshot = NOTHING_YET;

  constructor(parts: { post: (command: OutboxCommand) => void; sendLast: SendRecords }) {
    this.#post = parts.post;
    this.#sendLast = parts.sendLast;
  }

  get snapshot(): OutboxSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: (snapshot: OutboxSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hear what the worker says. */
  take(report: OutboxReport): void {
    if (report.kind === "settled") {
      const records = this.#unsettled.get(report.stream);
      for (const seq of report.seqs) records?.delete(seq);
      if (records?.size === 0) this.#unsettled.delete(report.stream);
    } else this.#snapshot = report.snapshot;
    if (this.#snapshot.ended) this.#unsettled.clear();
    this.#publish();
    this.#answered.get(report.kind)?.();
    this.#answered.delete(report.kind);
  }

  /** Let the worker begin, with what earlier pages of this sitting left unsent. */
  begin(base: string, csrf: string): Promise<void> {
    return this.#ask({ kind: "begin", base, csrf }, "begun");
  }

  add(stream: string, record: EventRecord): void {
    const records = this.#unsettled.get(stream) ?? new Map<number, string>();
    records.set(record.seq, JSON.stringify(record));
    this.#unsettled.set(stream, records);
    this.#publish();
    this.#post({ kind: "add", stream, record });
  }

  /** The epoch granted to this page; an answer with a greater one means another page has taken over. */
  grant(epoch: number): void {
    this.#post({ kind: "grant", epoch });
  }

  /** Do not wait for the cadence: something is about to end, or the network came back. */
  hurry(): void {
    this.#post({ kind: "hurry" });
  }

  /** The last call before the page goes: send without waiting for an answer, the oldest first, so that no hole is left. */
  lastCall(): void {
    const [first] = this.#unsettled;
    if (!first || this.#snapshot.ended) return;
    const [stream, records] = first;
    const texts: string[] = [];
    let bytes = 0;
    for (const text of records.values()) {
      bytes += text.length + 1;
      if (texts.length > 0 && bytes > LAST_CALL_BYTES) break;
      texts.push(text);
    }
    void this.#sendLast(bodyOf(stream, texts));
  }

  /** Resolves when the server has everything it will take. */
  async emptied(): Promise<void> {
    if (this.#isEmpty()) return;
    await new Promise<void>((resolve) => {
      const leave = this.subscribe(() => {
        if (!this.#isEmpty()) return;
        leave();
        resolve();
      });
    });
  }

  /** Forget everything, the key too: the sitting is handed in. */
  purge(): Promise<void> {
    this.#unsettled.clear();
    return this.#ask({ kind: "purge" }, "purged");
  }

  #isEmpty(): boolean {
    return this.#snapshot.ended !== null || (this.#snapshot.pending === 0 && this.#unsettled.size === 0);
  }

  #ask(command: OutboxCommand, answer: OutboxReport["kind"]): Promise<void> {
    return new Promise((resolve) => {
      this.#answered.set(answer, resolve);
      this.#post(command);
    });
  }

  #publish(): void {
    for (const listener of this.#listeners) listener(this.#snapshot);
  }
}
