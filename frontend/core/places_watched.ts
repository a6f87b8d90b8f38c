/** Which of a recording's three places somebody has really watched: start, middle, end. */
export const PLACES = ["start", "middle", "end"] as const;
export type Place = (typeof PLACES)[number];

/** How long a place has to play before it counts. */
const LEAST_S = 2;
const LONGEST_PLACE_S = 30;
/** A leap of the clock longer than this is a seek, not watching. */
const LONGEST_STEP_S = 1;

interface Stretch {
  readonly start_s: number;
  readonly end_s: number;
}

export class PlacesWatched {
  readonly places: Readonly<Record<Place, Stretch>>;
  readonly #needed_s: number;
  readonly #watched_s: Record<Place, number> = { start: 0, middle: 0, end: 0 };
  #last_s: number | null = null;

  constructor(start_s: number, end_s: number) {
    const length_s = Math.max(0, end_s - start_s);
    const place_s = Math.min(LONGEST_PLACE_S, length_s / 3);
    const middle_s = start_s + length_s / 2;
    this.places = {
      start: { start_s, end_s: start_s + place_s },
      middle: { start_s: middle_s - place_s / 2, end_s: middle_s + place_s / 2 },
      end: { start_s: end_s - place_s, end_s },
    };
    // A recording of a few seconds has no two to spare at each place.
    this.#needed_s = Math.min(LEAST_S, place_s * 0.6);
  }

  /** Tell where the player is; only what plays on from the last place told counts. */
  tell(position_s: number, playing: boolean): void {
    const step_s = this.#last_s === null ? 0 : position_s - this.#last_s;
    this.#last_s = playing ? position_s : null;
    if (!playing || step_s <= 0 || step_s > LONGEST_STEP_S) return;
    for (const place of PLACES) {
      const { start_s, end_s } = this.places[place];
      if (position_s >= start_s && position_s <= end_s) this.#watched_s[place] += step_s;
    }
  }

  has(place: Place): boolean {
    return this.#watched_s[place] >= this.#needed_s;
  }

  get all(): boolean {
    return PLACES.every((place) => this.has(place));
  }
}
