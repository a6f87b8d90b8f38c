const FIRST_MS = 1000;
const MOST_MS = 15_000;

/** How long to wait before the next attempt after so many failures in a row. */
export function backoff_ms(failures: number): number {
  return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
}
