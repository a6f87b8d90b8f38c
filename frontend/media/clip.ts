import { Player, type PlayerPhase } from "./player.ts";

export interface ClipOptions {
  readonly url: string;
  readonly start_s: number;
  readonly end_s: number;
  /** What is played before the segment, because a dial trails what it answers. */
  readonly lead_in_s: number;
}

/** Replays [start − lead-in, end) of a recording and nothing else of it. */
export class Clip {
  readonly #player: Player;
  readonly #from_s: number;
  #onChange: (phase: PlayerPhase) => void = () => {};

  constructor(media: HTMLMediaElement, { url, start_s, end_s, lead_in_s }: ClipOptions) {
    this.#from_s = Math.max(0, start_s - lead_in_s);
    this.#player = new Player(media, { start_s: this.#from_s, end_s }, this.#from_s);
    this.#player.subscribe((event, { phase }) => {
      if (!event) this.#onChange(phase);
    });
    this.#player.load(url);
  }

  get phase(): PlayerPhase {
    return this.#player.snapshot.phase;
  }

  /** Seconds of the clip played so far, the lead-in among them. */
  get position_s(): number {
    return Math.max(0, this.#player.position_s - this.#from_s);
  }

  onChange(listener: (phase: PlayerPhase) => void): void {
    this.#onChange = listener;
  }

  /** Play on, or from the beginning when the clip was played to its end. */
  async play(): Promise<void> {
    if (this.phase === "ended") this.#player.seek(this.#from_s);
    await this.#player.play();
  }

  async replay(): Promise<void> {
    this.#player.seek(this.#from_s);
    await this.#player.play();
  }

  pause(): void {
    this.#player.pause();
  }
}
