import type { PhoneSign, PhoneState } from "../core/protocol.ts";
import { readPhoneState } from "../core/protocol.ts";
import type { Exchange } from "../core/sync_exchanges.ts";
import { ask, posted, type Reply } from "./room_client.ts";

const LOOK_TIMEOUT_MS = 2000;
const TIMEOUT_MS = 8000;

function exchangeOf({ sent_ms, received_ms }: Reply, server_ms: number): Exchange {
  return { sent_ms, received_ms, server_ms };
}

export interface Offer {
  readonly address: string;
  readonly picture: string;
}

export interface Looked {
  readonly state: PhoneState;
  readonly exchange: Exchange;
}

/** How the rating page hears of the phone. */
export class PhoneLine {
  readonly #base: string;
  readonly #csrf: string;

  constructor(base: string, csrf: string) {
    this.#base = `${base}/phone`;
    this.#csrf = csrf;
  }

  async look(): Promise<Looked | null> {
    const reply = await ask(this.#base, {}, LOOK_TIMEOUT_MS);
    const state = reply?.status === 200 ? readPhoneState(reply.json) : null;
    return reply && state && { state, exchange: exchangeOf(reply, state.server_ms) };
  }

  async offer(): Promise<Offer | null> {
    const reply = await ask(`${this.#base}/offer`, posted("{}", this.#csrf), TIMEOUT_MS);
    const { address, picture } = (reply?.status === 200 ? reply.json : {}) as Partial<Offer>;
    return typeof address === "string" && picture?.startsWith("data:image/svg+xml") ? { address, picture } : null;
  }

  /** Do without the phone; true once it has sent everything or cannot be heard any more. */
  async end(): Promise<boolean> {
    const reply = await ask(`${this.#base}/end`, posted("{}", this.#csrf), TIMEOUT_MS);
    return reply?.status === 200 && (reply.json as { settled?: unknown } | null)?.settled === true;
  }
}

export interface Heard {
  readonly over: boolean;
  readonly exchange: Exchange;
}

/** How the phone gives signs of itself. */
export class SignLine {
  readonly #base: string;
  readonly #csrf: string;

  constructor(base: string, csrf: string) {
    this.#base = base;
    this.#csrf = csrf;
  }

  async tell(sign: PhoneSign): Promise<Heard | null> {
    const reply = await ask(`${this.#base}/now`, posted(JSON.stringify(sign), this.#csrf), LOOK_TIMEOUT_MS);
    const { server_ms, over } = (reply?.status === 200 ? reply.json : {}) as { server_ms?: unknown; over?: unknown };
    return reply && typeof server_ms === "number"
      ? { over: over === true, exchange: exchangeOf(reply, server_ms) }
      : null;
  }

  /** Tell the number of the last record; true once the server has it, or wants nothing any more. */
  async finish(stream: string, last_seq: number): Promise<boolean> {
    const reply = await ask(
      `${this.#base}/finish`,
      posted(JSON.stringify({ stream, last_seq }), this.#csrf),
      TIMEOUT_MS,
    );
    return reply !== null && reply.status < 500;
  }
}
