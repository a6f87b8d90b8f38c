import type { PhoneState } from "./protocol.ts";

/** Phones give a sign twice a second: after some that did not come the phone is taken for lost. */
const LOST_MS = 2500;

export interface PhoneNews {
  /** What became of the phone with this look, if anything. */
  readonly change: "found" | "lost" | null;
  /** Whether a hand has taken hold of its dial since it was found or last looked at. */
  readonly touched: boolean;
  /** Where its dial stands, null before it was touched. */
  readonly value: number | null;
}

/** What a page makes of what the server heard of the phone: found, touched, lost. */
export class PhoneWatch {
  #stream: string | null = null;
  #touched_ms = 0;
  #heard_ms = Number.NEGATIVE_INFINITY;
  #value: number | null = null;

  /** Whether a phone is the dial now. */
  get found(): boolean {
    return this.#stream !== null;
  }

  /** Take an answer of the server's, or that none came. */
  take(state: PhoneState | null, now_ms: number): PhoneNews {
    const phone = state?.phone ?? null;
    if (phone) this.#heard_ms = now_ms - phone.age_ms;
    const gone = state ? !phone?.here : false;
    if (gone || now_ms - this.#heard_ms > LOST_MS) return this.#news(this.found ? "lost" : null);
    if (!phone) return this.#news(null);
    this.#value = phone.value;
    if (phone.stream !== this.#stream) {
      // Loaded again it is another: lost and found, and to be touched anew.
      if (this.found) return this.#news("lost");
      this.#stream = phone.stream;
      this.#touched_ms = phone.t_ms;
      return this.#news("found");
    }
    const touched = phone.touched_ms !== null && phone.touched_ms > this.#touched_ms;
    if (touched) this.#touched_ms = phone.touched_ms ?? 0;
    return { change: null, touched, value: this.#value };
  }

  #news(change: "found" | "lost" | null): PhoneNews {
    if (change === "lost") this.#stream = null;
    return { change, touched: false, value: this.#value };
  }
}
