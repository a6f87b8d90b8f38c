let lock: WakeLockSentinel | null = null;

/** Keep the screen on while a recording plays: a hand may rest for minutes. The browser drops it when the page hides. */
export async function keepAwake(): Promise<void> {
  if (lock && !lock.released) return;
  try {
    lock = (await navigator.wakeLock?.request("screen")) ?? null;
  } catch {
    // A low battery may forbid it; the screen then obeys the system's own setting.
  }
}

export function letSleep(): void {
  void lock?.release();
  lock = null;
}
