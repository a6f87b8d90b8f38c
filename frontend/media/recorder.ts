import { ClockPairs } from "../core/clock_pairs.ts";
import { EventLog } from "../core/event_log.ts";
import type { PostedOutbox } from "../core/posted_outbox.ts";
import type { ClockSource, DialSource, EventRecord, LogEvent, Opening } from "../core/protocol.ts";
import type { Player, PlayerEvent } from "./player.ts";

const TICK_MS = 125;
const HEARTBEAT_MS = 1000;

/** Writes down everything that happens during a sitting, from the opening of the stream to its end. */
export class Recorder {
  readonly stream: string;
  readonly #player: Player;
  readonly #outbox: PostedOutbox;
  readonly #log = new EventLog();
  readonly #pairs = new ClockPairs();
  readonly #ears = new AbortController();
  #value: number | null = null;
  #source: ClockSource | null = null;
  #heartbeat_ms = 0;
  #resized: Event | null = null;
  #leave: () => void = () => {};
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: { stream: string; player: Player; outbox: PostedOutbox }) {
    this.stream = parts.stream;
    this.#player = parts.player;
    this.#outbox = parts.outbox;
  }

  /** The value on record, null before the hand first touched the dial on this page. */
  get value(): number | null {
    return this.#value;
  }

  /** Open the log. Only from here on is anything written down. */
  open(opening: Opening): void {
    this.#add(["open", performance.now(), opening]);
    if (document.hidden) this.#add(["hidden", performance.now()]);
    this.#leave = this.#player.subscribe((event) => event && this.#hear(event));
    const signal = this.#ears.signal;
    const on = (target: EventTarget, kind: string, listener: (event: Event) => void): void =>
      target.addEventListener(kind, listener, { signal });
    on(document, "visibilitychange", (event) => {
      this.#add([document.hidden ? "hidden" : "visible", event.timeStamp]);
      if (document.hidden) this.#outbox.hurry();
    });
    on(window, "focus", (event) => this.#add(["focus", event.timeStamp]));
    on(window, "blur", (event) => this.#add(["blur", event.timeStamp]));
    on(window, "resize", (event) => {
      this.#resized = event;
    });
    on(window, "pagehide", (event) => {
      this.#add(["close", event.timeStamp]);
      this.#post(this.#log.cut());
      this.#outbox.lastCall();
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** `raw` is the device's own reading that the value was calibrated from. */
  dial(value: number, t_ms: number, source: DialSource, raw?: number): void {
    if (value === this.#value) return;
    this.#value = value;
    if (raw !== undefined) this.#add(["raw", t_ms, raw]);
    this.#add(["dial", t_ms, value, source]);
  }

  /** A device that writes down its own values stands here now; null when it is gone and the next touch counts anew. */
  follow(value: number | null): void {
    this.#value = value;
  }

  note(event: LogEvent): void {
    this.#add(event);
  }

  /** Write the last event; returns the number of the last record. Sending goes on. */
  finish(): number {
    this.#add(["finish", performance.now()]);
    this.end();
    return this.#log.last_seq;
  }

  /** Write nothing more down (the sitting goes on elsewhere, or is over); what was written is still sent. */
  end(): void {
    this.#post(this.#log.cut());
    this.#log.end();
    this.#leave();
    this.#ears.abort();
    clearInterval(this.#timer);
  }

  #hear(event: PlayerEvent): void {
    if (event.kind === "pair") {
      if (event.source !== this.#source) this.#pairs.restart();
      this.#source = event.source;
      for (const { t_ms, media_s } of this.#pairs.offer(event.pair, this.#player.snapshot.rate)) {
        this.#add(["clock", t_ms, media_s, event.source]);
      }
      return;
    }
    this.#pairs.restart();
    if (event.kind === "rate") this.#add(["rate", event.t_ms, event.rate]);
    else this.#add([event.kind, event.t_ms, event.media_s]);
  }

  #tick(): void {
    const now_ms = performance.now();
    if (this.#resized) {
      this.#add(["resize", this.#resized.timeStamp, window.innerWidth, window.innerHeight]);
      this.#resized = null;
    }
    if (now_ms - this.#heartbeat_ms >= HEARTBEAT_MS - TICK_MS / 2) {
      this.#heartbeat_ms = now_ms;
      this.#add(["heartbeat", now_ms, this.#player.position_s, this.#value]);
    }
    this.#post(this.#log.due(now_ms));
  }

  #add(event: LogEvent): void {
    this.#log.add(event, performance.now());
  }

  #post(record: EventRecord | null): void {
    if (record) this.#outbox.add(this.stream, record);
  }
}
