import type { EventRecord, LogEvent } from "./protocol.ts";

const RECORD_MS = 250;

/** At most `places` decimals: microseconds are as fine as a browser's clock gets. */
export function decimals(value: number, places: number): number {
  const unit = 10 ** places;
  return Math.round(value * unit) / unit;
}

function compact(event: LogEvent): LogEvent {
  const [kind, t_ms, ...rest] = event;
  const fields = rest.map((field) => (typeof field === "number" ? decimals(field, 6) : field));
  return [kind, decimals(t_ms, 3), ...fields] as unknown as LogEvent;
}

/** The event log of one stream: takes events in the order they become known and cuts them into numbered records. */
export class EventLog {
  #seq = 0;
  #events: LogEvent[] = [];
  #since_ms = 0;
  #ended = false;

  /** The number of the record cut last, -1 before the first. */
  get last_seq(): number {
    return this.#seq - 1;
  }

  get ended(): boolean {
    return this.#ended;
  }

  add(event: LogEvent, now_ms: number): void {
    if (this.#ended) return;
    if (this.#events.length === 0) this.#since_ms = now_ms;
    this.#events.push(compact(event));
  }

  /** The next record once its first event has waited a quarter of a second, else null. */
  due(now_ms: number): EventRecord | null {
    return now_ms - this.#since_ms >= RECORD_MS ? this.cut() : null;
  }

  /** Whatever has gathered, as the next record; null when there is nothing. */
  cut(): EventRecord | null {
    if (this.#events.length === 0) return null;
    const record = { seq: this.#seq, events: this.#events };
    this.#seq += 1;
    this.#events = [];
    return record;
  }

  /** Take no more events. */
  end(): void {
    this.#ended = true;
  }
}
