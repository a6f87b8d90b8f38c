import { EventLog } from "../core/event_log.ts";
import type { PostedOutbox } from "../core/posted_outbox.ts";
import type { DialSource, EventRecord, LogEvent, Opening, PhoneSign } from "../core/protocol.ts";

const TICK_MS = 125;
const HEARTBEAT_MS = 1000;

/** Writes down what a hand does on a phone that is the dial: the dial, signs of life, the server's time. */
export class PhoneRecorder {
  readonly #stream: string;
  readonly #outbox: PostedOutbox;
  readonly #log = new EventLog();
  readonly #ears = new AbortController();
  #value: number | null = null;
  #touched_ms: number | null = null;
  #heartbeat_ms = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: { stream: string; outbox: PostedOutbox }) {
    this.#stream = parts.stream;
    this.#outbox = parts.outbox;
  }

  open(opening: Opening): void {
    this.#add(["open", performance.now(), opening]);
    if (document.hidden) this.#add(["hidden", performance.now()]);
    const signal = this.#ears.signal;
    const on = (target: EventTarget, kind: string, listener: (event: Event) => void): void =>
      target.addEventListener(kind, listener, { signal });
    on(document, "visibilitychange", (event) => {
      this.#add([document.hidden ? "hidden" : "visible", event.timeStamp]);
      if (document.hidden) this.#post(this.#log.cut());
    });
    on(window, "focus", (event) => this.#add(["focus", event.timeStamp]));
    on(window, "blur", (event) => this.#add(["blur", event.timeStamp]));
    on(window, "pagehide", (event) => {
      this.#add(["close", event.timeStamp]);
      const last = this.#log.cut();
      if (last) this.#outbox.add(this.#stream, last);
      this.#outbox.lastCall();
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** A hand has taken hold, moved or not. */
  touch(t_ms: number): void {
    this.#touched_ms = t_ms;
  }

  dial(value: number, t_ms: number, source: DialSource): void {
    if (value === this.#value) return;
    this.#value = value;
    this.#add(["dial", t_ms, value, source]);
  }

  note(event: LogEvent | null): void {
    if (event) this.#add(event);
  }

  sign(): PhoneSign {
    return {
      stream: this.#stream,
      t_ms: performance.now(),
      value: this.#value,
      touched_ms: this.#touched_ms,
      here: !document.hidden,
      last_seq: this.#log.last_seq,
    };
  }

  /** Write the last event; returns the number of the last record. Sending goes on. */
  finish(): number {
    this.#add(["finish", performance.now()]);
    this.#post(this.#log.cut());
    this.#log.end();
    this.#ears.abort();
    clearInterval(this.#timer);
    return this.#log.last_seq;
  }

  #tick(): void {
    const now_ms = performance.now();
    if (now_ms - this.#heartbeat_ms >= HEARTBEAT_MS - TICK_MS / 2) {
      this.#heartbeat_ms = now_ms;
      this.#add(["heartbeat", now_ms, null, this.#value]);
    }
    this.#post(this.#log.due(now_ms));
  }

  #add(event: LogEvent): void {
    this.#log.add(event, performance.now());
  }

  /** A phone may be gone the next moment: what it wrote goes out at once, as long as somebody answers. */
  #post(record: EventRecord | null): void {
    if (!record) return;
    this.#outbox.add(this.#stream, record);
    if (!this.#outbox.snapshot.trouble) this.#outbox.hurry();
  }
}
