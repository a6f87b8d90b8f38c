/** A frame's media time and when it was (or will be) on the screen. */
export interface ClockPair {
  readonly t_ms: number;
  readonly media_s: number;
}

const LONGEST_MS = 250;
const DEPARTURE_MS = 2;

/**
 * Which clock pairs must be logged so that linear interpolation between logged pairs tells every frame's time.
 *
 * The player's clock is straight for seconds and then jumps by a frame: pairs on the line are left out up to a quarter
 * of a second, and at a jump the pair before it is logged too, so that the jump is not smeared backwards.
 */
export class ClockPairs {
  #logged: ClockPair | null = null;
  #previous: ClockPair | null = null;

  /** The pairs to log now that this one is known, oldest first. */
  offer(pair: ClockPair, rate: number): ClockPair[] {
    const logged = this.#logged;
    const previous = this.#previous;
    if (previous && pair.t_ms <= previous.t_ms) return [];
    this.#previous = pair;
    if (!logged || !previous) {
      this.#logged = pair;
      return [pair];
    }
    const expected_s = logged.media_s + (rate * (pair.t_ms - logged.t_ms)) / 1000;
    const departs = Math.abs(pair.media_s - expected_s) * 1000 > DEPARTURE_MS;
    const nextWouldBeLate = pair.t_ms - logged.t_ms + (pair.t_ms - previous.t_ms) > LONGEST_MS;
    if (!departs && !nextWouldBeLate) return [];
    this.#logged = pair;
    return departs && previous !== logged ? [previous, pair] : [pair];
  }

  /** Forget the line: the player paused, sought, stalled or changed its rate. */
  restart(): void {
    this.#logged = null;
    this.#previous = null;
  }
}
