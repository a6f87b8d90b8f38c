import { backoff_ms } from "../../core/backoff.ts";
import type { RecordStore } from "../../core/outbox.ts";

const PAUSE_MS = 400;
const STREAM = "draft";

export type SaveState = "saving" | "saved" | "not_saved" | "not_allowed";
/** What came of sending: saved; lost on the way, to be tried again; or refused for good. */
export type SaveOutcome = "saved" | "lost" | "refused";

export interface AutosaveParts {
  /** What there is to save now. */
  readonly body: () => string;
  readonly send: (body: string) => Promise<SaveOutcome>;
  /** Where it lies until the server has it, so that a reload loses nothing. */
  readonly store: RecordStore;
  readonly onState: (state: SaveState) => void;
}

/** Saves what somebody is working on: a moment after each change, one at a time, and for ever until it is safe. */
export class Autosave {
  readonly #parts: AutosaveParts;
  #changes = 0;
  #saved_changes = 0;
  #flight: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #refused = false;

  constructor(parts: AutosaveParts) {
    this.#parts = parts;
  }

  get clean(): boolean {
    return this.#changes === this.#saved_changes;
  }

  /** What an earlier load of this page could not save any more, or null. */
  async left(): Promise<string | null> {
    const [draft] = await this.#parts.store.load();
    return draft && this.#changes === 0 ? draft.text : null;
  }

  /** Something changed. */
  touch(): void {
    this.#changes += 1;
    void this.#parts.store.put({ stream: STREAM, seq: 0, text: this.#parts.body() });
    if (this.#refused) return;
    if (this.#failures === 0) this.#parts.onState("saving");
    this.#wait(this.#failures === 0 ? PAUSE_MS : backoff_ms(this.#failures));
  }

  /** Do not wait for a pause in the typing. */
  hurry(): void {
    if (!this.clean && !this.#refused) this.#wait(0);
  }

  /** The page goes: send once more without waiting for an answer. */
  lastCall(): void {
    if (!this.clean && !this.#refused) void this.#parts.send(this.#parts.body());
  }

  /** Resolves when everything is saved, or never will be. */
  async settled(): Promise<void> {
    while (!this.clean && !this.#refused) {
      this.hurry();
      await (this.#flight ?? new Promise((resolve) => setTimeout(resolve, PAUSE_MS / 4)));
    }
  }

  /** Forget what lies here: the server has it. */
  async forget(): Promise<void> {
    await this.#parts.store.clear();
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#flight) this.#timer = setTimeout(() => this.#send(), ms);
  }

  #send(): void {
    const changes = this.#changes;
    this.#flight = this.#parts.send(this.#parts.body()).then((outcome) => {
      this.#flight = null;
      this.#land(outcome, changes);
    });
  }

  #land(outcome: SaveOutcome, changes: number): void {
    if (outcome === "refused") {
      this.#refused = true;
      this.#parts.onState("not_allowed");
      return;
    }
    if (outcome === "lost") {
      this.#failures += 1;
      this.#parts.onState("not_saved");
      this.#wait(backoff_ms(this.#failures));
      return;
    }
    this.#failures = 0;
    this.#saved_changes = changes;
    if (!this.clean) {
      this.#wait(PAUSE_MS);
      return;
    }
    this.#parts.onState("saved");
    void this.#parts.store.remove(STREAM, [0]);
  }
}
