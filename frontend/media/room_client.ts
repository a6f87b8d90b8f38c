import type { SendOutcome, SendRecords } from "../core/outbox.ts";
import {
  readRecordsAnswer,
  readSittingEnd,
  readStreamOpened,
  type SittingEnd,
  type StreamOpened,
} from "../core/protocol.ts";
import { type Move, readTryAnswer, type TryAnswer } from "../core/target.ts";

const TIMEOUT_MS = 15_000;
/** Above this a browser refuses to carry a request beyond the page's end. */
const KEEPALIVE_BYTES = 60_000;

export type FinishOutcome =
  | { readonly kind: "finished"; readonly next: string }
  | { readonly kind: "missing"; readonly missing: number }
  | { readonly kind: "ended"; readonly end: SittingEnd }
  | { readonly kind: "again" };

export interface Reply {
  readonly status: number;
  readonly json: unknown;
  /** On the page's clock: when it was asked, and when the answer's head was there. */
  readonly sent_ms: number;
  readonly received_ms: number;
}

/** Ask the server; null when nothing answered in time. */
export async function ask(url: string, init: RequestInit, timeout_ms: number): Promise<Reply | null> {
  try {
    const sent_ms = performance.now();
    const response = await fetch(url, {
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(timeout_ms),
      ...init,
    });
    const received_ms = performance.now();
    const json: unknown = await response.json().catch(() => null);
    return { status: response.status, json, sent_ms, received_ms };
  } catch {
    return null;
  }
}

export function posted(body: string, csrf: string): RequestInit {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  return { method: "POST", body, headers, keepalive: body.length < KEEPALIVE_BYTES };
}

/** Speaks to the room about one sitting. */
export class RoomClient {
  readonly #base: string;
  readonly #csrf: string;

  constructor(base: string, csrf: string) {
    this.#base = base;
    this.#csrf = csrf;
  }

  send: SendRecords = async (body): Promise<SendOutcome> => {
    const reply = await this.#post("records", body);
    if (!reply) return { kind: "unreachable" };
    if (reply.status === 200) {
      const answer = readRecordsAnswer(reply.json);
      return answer ? { kind: "answer", answer } : { kind: "unreachable" };
    }
    const end = endIn(reply);
    if (end) return { kind: "ended", end };
    if (reply.status === 400 || reply.status === 413) return { kind: "unfit" };
    if (reply.status === 403 || reply.status === 404) return { kind: "refused" };
    return { kind: "unreachable" };
  };

  /**
   * Open a stream: what the server granted, why the sitting is not there any more, "elsewhere" when another page still
   * rates and is not to be taken over unasked, null to try again.
   */
  async open(stream: string, take_over: boolean): Promise<StreamOpened | SittingEnd | "elsewhere" | null> {
    const reply = await this.#post("streams", JSON.stringify({ stream, take_over }));
    if (reply?.status === 409 && codeOf(reply.json) === "elsewhere") return "elsewhere";
    return reply?.status === 200 ? readStreamOpened(reply.json) : endIn(reply);
  }

  async finish(stream: string, last_seq: number): Promise<FinishOutcome> {
    const reply = await this.#post("finish", JSON.stringify({ stream, last_seq }));
    const json = reply?.json as { next?: unknown; missing?: unknown } | null | undefined;
    // Only a path of our own is followed, whoever answered.
    if (reply?.status === 200 && typeof json?.next === "string" && /^\/(?!\/)/.test(json.next)) {
      return { kind: "finished", next: json.next };
    }
    if (reply?.status === 409 && codeOf(json) === "records-missing") {
      return { kind: "missing", missing: typeof json?.missing === "number" ? json.missing : 0 };
    }
    const end = endIn(reply);
    return end ? { kind: "ended", end } : { kind: "again" };
  }

  /** Hand in a try at following the ring; null to try again. */
  async tried(number: number, moves: readonly Move[]): Promise<TryAnswer | null> {
    const reply = await this.#post("tries", JSON.stringify({ number, moves }));
    return reply?.status === 200 ? readTryAnswer(reply.json) : null;
  }

  #post(path: string, body: string): Promise<Reply | null> {
    return ask(`${this.#base}/${path}`, posted(body, this.#csrf), TIMEOUT_MS);
  }
}

function endIn(reply: Reply | null): SittingEnd | null {
  return reply?.status === 409 || reply?.status === 404 ? readSittingEnd(reply.json) : null;
}

function codeOf(json: unknown): string | null {
  const code = (json as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : null;
}
