import type { LogEvent } from "./protocol.ts";

const WINDOW_MS = 5000;

/** A question to the server for its time: when it was sent, when the answer was there, and what it said. */
export interface Exchange {
  readonly sent_ms: number;
  readonly received_ms: number;
  readonly server_ms: number;
}

function trip({ sent_ms, received_ms }: Exchange): number {
  return received_ms - sent_ms;
}

function asEvent(exchange: Exchange): LogEvent {
  const { sent_ms, received_ms, server_ms } = exchange;
  return ["sync", (sent_ms + received_ms) / 2, server_ms, trip(exchange)];
}

/** Which exchanges are worth logging: the very first, and then the quickest of each few seconds. */
export class SyncExchanges {
  #best: Exchange | null = null;
  #since_ms: number | null = null;

  /** The event to log now that this exchange is known, if any. */
  offer(exchange: Exchange): LogEvent | null {
    if (this.#since_ms === null) {
      this.#since_ms = exchange.received_ms;
      return asEvent(exchange);
    }
    const due = exchange.received_ms - this.#since_ms >= WINDOW_MS;
    const told = due ? this.flush() : null;
    if (due) this.#since_ms = exchange.received_ms;
    if (!this.#best || trip(exchange) < trip(this.#best)) this.#best = exchange;
    return told;
  }

  /** What has not been logged yet, before the log is closed. */
  flush(): LogEvent | null {
    const best = this.#best;
    this.#best = null;
    return best && asEvent(best);
  }
}
