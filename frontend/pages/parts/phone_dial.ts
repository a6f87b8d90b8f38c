import { PhoneWatch } from "../../core/phone_watch.ts";
import type { LogEvent } from "../../core/protocol.ts";
import { SyncExchanges } from "../../core/sync_exchanges.ts";
import type { PhoneLine } from "../../media/phone_line.ts";
import { sleep } from "./elements.ts";

const LOOK_MS = 200;
const PHONE = "phone";

export interface PhoneDialParts {
  readonly line: PhoneLine;
  readonly note: (event: LogEvent) => void;
  readonly onFound: (value: number | null) => void;
  readonly onTouched: () => void;
  readonly onTurned: (value: number) => void;
  readonly onLost: () => void;
}

/** The phone as this page's dial: looked at several times a second from when it is wanted on. */
export class PhoneDial {
  readonly #parts: PhoneDialParts;
  #watch = new PhoneWatch();
  readonly #sync = new SyncExchanges();
  #wanted = false;
  #taken = false;
  #ended = false;

  constructor(parts: PhoneDialParts) {
    this.#parts = parts;
  }

  /** Whether a phone is the dial now. */
  get found(): boolean {
    return this.#watch.found && !this.#ended;
  }

  /** Whether the page is to wait for a phone: one was asked for, or was the dial before a reload. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** Whether a phone has become the dial, heard at this moment or not. */
  get taken(): boolean {
    return this.#taken;
  }

  /** Look once whether there is one already, as after a reload. */
  async seek(): Promise<void> {
    if ((await this.#parts.line.look())?.state.phone) this.want();
  }

  want(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    void this.#keepLooking();
  }

  /** Do without it from now on. */
  leave(): void {
    this.#wanted = false;
    this.#taken = false;
    if (this.#watch.found) this.#parts.note(["device", performance.now(), "lost", PHONE]);
    this.#watch = new PhoneWatch();
    void this.#parts.line.end();
  }

  /** The last word of the log about it. */
  close(): void {
    this.#ended = true;
    this.#wanted = false;
    const last = this.#sync.flush();
    if (last) this.#parts.note(last);
    if (this.#watch.found) this.#parts.note(["device", performance.now(), "lost", PHONE]);
  }

  /** Wait until the phone has sent everything. */
  async settled(): Promise<void> {
    while (!(await this.#parts.line.end())) await sleep(LOOK_MS);
  }

  async #keepLooking(): Promise<void> {
    const watch = this.#watch;
    while (this.#wanted && watch === this.#watch) {
      const began_ms = performance.now();
      const looked = await this.#parts.line.look();
      if (!this.#wanted || watch !== this.#watch) return;
      if (looked) {
        const event = this.#sync.offer(looked.exchange);
        if (event) this.#parts.note(event);
      }
      this.#hear(looked?.state ?? null);
      await sleep(Math.max(0, LOOK_MS - (performance.now() - began_ms)));
    }
  }

  #hear(state: Parameters<PhoneWatch["take"]>[0]): void {
    const { change, touched, value } = this.#watch.take(state, performance.now());
    const { note, onFound, onTouched, onTurned } = this.#parts;
    if (change === "found") {
      this.#taken = true;
      note(["device", performance.now(), "found", PHONE]);
      onFound(value);
    } else if (change === "lost") this.#lose();
    else if (this.found) {
      if (value !== null) onTurned(value);
      if (touched) onTouched();
    }
  }

  #lose(): void {
    this.#parts.note(["device", performance.now(), "lost", PHONE]);
    this.#parts.onLost();
  }
}
