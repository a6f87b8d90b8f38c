export type WakeLockState = "held" | "released" | "refused";

/** Keeps the screen on while a recording plays: a hand may rest for minutes. Says what became of each asking. */
export class WakeLock {
  readonly #told: (state: WakeLockState) => void;
  #lock: WakeLockSentinel | null = null;
  #wanted = false;

  constructor(told: (state: WakeLockState) => void) {
    this.#told = told;
  }

  async hold(): Promise<void> {
    this.#wanted = true;
    if (this.#lock && !this.#lock.released) return;
    try {
      const lock = (await navigator.wakeLock?.request("screen")) ?? null;
      if (!lock) return;
      // The browser drops it when the page hides.
      lock.addEventListener("release", () => this.#told("released"), { once: true });
      this.#told("held");
      this.#lock = lock;
      if (!this.#wanted) this.letGo();
    } catch {
      // A low battery may forbid it; the screen then obeys the system's own setting.
      this.#told("refused");
    }
  }

  letGo(): void {
    this.#wanted = false;
    void this.#lock?.release();
    this.#lock = null;
  }
}
