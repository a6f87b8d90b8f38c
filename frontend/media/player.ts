import { backoff_ms } from "../core/backoff.ts";
import type { ClockPair } from "../core/clock_pairs.ts";
import type { ClockSource, PlayerKind } from "../core/protocol.ts";

/** How often the clock is read where there are no frames to tell the time by: no picture, or one that ends early. */
const AUDIO_PAIR_MS = 100;
const FRAMELESS_MS = 1100;
const LONGEST_FRAME_S = 0.25;

export interface Stretch {
  readonly start_s: number;
  readonly end_s: number;
}

export type PlayerPhase = "loading" | "ready" | "playing" | "waiting" | "paused" | "ended" | "unreachable";

export interface PlayerSnapshot {
  readonly phase: PlayerPhase;
  readonly duration_s: number;
  readonly rate: number;
}

export type PlayerEvent =
  | { readonly kind: PlayerKind; readonly t_ms: number; readonly media_s: number }
  | { readonly kind: "rate"; readonly t_ms: number; readonly rate: number }
  | { readonly kind: "pair"; readonly pair: ClockPair; readonly source: ClockSource };

type Listener = (event: PlayerEvent | null, snapshot: PlayerSnapshot) => void;

const LOGGED: readonly PlayerKind[] = ["play", "playing", "pause", "seeking", "seeked", "waiting"];

/**
 * The only code that touches the <video> or <audio>: events in, frozen snapshots out, locked to one stretch.
 *
 * Nothing here is assumed to have succeeded: a phase changes when the element says so.
 */
export class Player {
  readonly #media: HTMLMediaElement;
  readonly #stretch: Stretch;
  readonly #listeners = new Set<Listener>();
  #snapshot: PlayerSnapshot = Object.freeze({ phase: "loading", duration_s: 0, rate: 1 });
  /** Where the film must stand next time it is loaded. */
  #at_s: number;
  #wanted = false;
  #pausing = false;
  #failures = 0;
  #was_ready = false;
  #watching = 0;
  #last_pair_ms = 0;
  #last_frame_ms = 0;
  #frame_s = 0;

  constructor(media: HTMLMediaElement, stretch: Stretch, at_s: number) {
    this.#media = media;
    this.#stretch = stretch;
    this.#at_s = Math.min(Math.max(at_s, stretch.start_s), stretch.end_s);
    media.controls = false;
    media.preload = "auto";
    media.disableRemotePlayback = true;
    if (media instanceof HTMLVideoElement) media.disablePictureInPicture = true;
    media.addEventListener("contextmenu", (event) => event.preventDefault());
    for (const kind of LOGGED) media.addEventListener(kind, (event) => this.#hear(kind, event.timeStamp));
    media.addEventListener("ended", () => this.#end());
    media.addEventListener("error", () => this.#recover());
    media.addEventListener("ratechange", (event) => this.#keepRate(event.timeStamp));
    media.addEventListener("loadedmetadata", () => this.#place());
    for (const kind of ["canplay", "seeked"]) media.addEventListener(kind, () => this.#ready());
    silenceMediaKeys();
  }

  get snapshot(): PlayerSnapshot {
    return this.#snapshot;
  }

  /** Where the player says it is, or has to go on when it is loaded: good enough to show, never a stamp. */
  get position_s(): number {
    const { phase } = this.#snapshot;
    return phase === "loading" || phase === "unreachable" ? this.#at_s : this.#media.currentTime;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  load(url: string): void {
    this.#media.src = url;
    this.#media.load();
    if (this.#media instanceof HTMLVideoElement && "requestVideoFrameCallback" in this.#media) {
      this.#media.requestVideoFrameCallback(this.#onFrame);
    }
  }

  /** Play on; "blocked" when the browser wants a click or a key first. */
  async play(): Promise<"playing" | "blocked"> {
    this.#wanted = true;
    cancelAnimationFrame(this.#watching);
    this.#watching = requestAnimationFrame(this.#watch);
    try {
      await this.#media.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") {
        this.#wanted = false;
        return "blocked";
      }
    }
    return "playing";
  }

  pause(): void {
    this.#wanted = false;
    this.#pausing ||= !this.#media.paused;
    this.#media.pause();
  }

  /** Whether it was told to pause, and has not yet said that it does: to play now would be answered by that. */
  get pausing(): boolean {
    return this.#pausing;
  }

  /** Go to another place of the stretch: for replays, and after a pause where a design goes back a little. */
  seek(at_s: number): void {
    this.#at_s = at_s;
    this.#media.currentTime = at_s;
  }

  #hear(kind: PlayerKind, t_ms: number): void {
    const media_s = this.position_s;
    if (kind === "playing") {
      this.#failures = 0;
      this.#last_frame_ms = performance.now(); // the first frame is awaited from here on
      this.#phase("playing");
    } else if (kind === "waiting" && this.#wanted) this.#phase("waiting");
    else if (kind === "pause") {
      this.#pausing = false;
      this.#at_s = media_s;
      // A recording that runs out by itself says "pause" before "ended": nobody paused it.
      const { phase } = this.#snapshot;
      if (!this.#media.ended && phase !== "ended" && phase !== "unreachable") this.#phase("paused");
    }
    this.#tell({ kind, t_ms, media_s });
  }

  #end(): void {
    if (this.#snapshot.phase === "ended") return;
    const t_ms = performance.now();
    const media_s = this.#media.currentTime;
    this.#wanted = false;
    this.#media.pause();
    this.#phase("ended");
    this.#tell({ kind: "ended", t_ms, media_s });
  }

  /** The connection broke or the file could not be read: load it again, for ever, at the place reached. */
  #recover(): void {
    if (this.#snapshot.phase === "playing") this.#tell(this.#stamp("waiting"));
    this.#failures += 1;
    this.#pausing = false;
    this.#phase("unreachable");
    setTimeout(() => this.#media.load(), backoff_ms(this.#failures));
  }

  #place(): void {
    this.#snapshot = Object.freeze({ ...this.#snapshot, duration_s: this.#media.duration });
    if (Math.abs(this.#media.currentTime - this.#at_s) > 0.001) this.#media.currentTime = this.#at_s;
  }

  #ready(): void {
    const { phase } = this.#snapshot;
    if (phase !== "loading" && phase !== "unreachable") return;
    if (this.#media.seeking || this.#media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return;
    this.#phase(this.#wanted ? "waiting" : this.#was_ready ? "paused" : "ready");
    this.#was_ready = true;
    if (this.#wanted) void this.play();
  }

  #keepRate(t_ms: number): void {
    const rate = this.#media.playbackRate;
    this.#snapshot = Object.freeze({ ...this.#snapshot, rate });
    this.#tell({ kind: "rate", t_ms, rate });
    if (rate !== 1) this.#media.playbackRate = 1;
  }

  readonly #onFrame: VideoFrameRequestCallback = (_now, frame) => {
    (this.#media as HTMLVideoElement).requestVideoFrameCallback(this.#onFrame);
    if (this.#media.paused || this.#media.seeking) return;
    this.#last_frame_ms = performance.now();
    const step_s = frame.mediaTime - this.#at_s;
    if (step_s > 0 && step_s < LONGEST_FRAME_S) this.#frame_s = step_s;
    this.#at_s = frame.mediaTime;
    this.#tell({ kind: "pair", pair: { t_ms: frame.expectedDisplayTime, media_s: frame.mediaTime }, source: "frame" });
    // Half-open: the frame after this one would lie outside.
    if (frame.mediaTime + this.#frame_s >= this.#stretch.end_s) this.#end();
  };

  /** While it plays: stop at the end of the stretch, and read the clock where there are no frames. */
  readonly #watch = (): void => {
    if (!this.#wanted) return;
    this.#watching = requestAnimationFrame(this.#watch);
    if (this.#media.paused || this.#media.seeking) return;
    const media_s = this.#media.currentTime;
    const t_ms = performance.now();
    const has_frames = this.#media instanceof HTMLVideoElement && "requestVideoFrameCallback" in this.#media;
    const framed = has_frames && (this.#snapshot.phase !== "playing" || t_ms - this.#last_frame_ms < FRAMELESS_MS);
    if (!framed && t_ms - this.#last_pair_ms >= AUDIO_PAIR_MS) {
      this.#last_pair_ms = t_ms;
      this.#at_s = media_s;
      this.#tell({ kind: "pair", pair: { t_ms, media_s }, source: "current_time" });
    }
    if (media_s >= this.#stretch.end_s) this.#end();
  };

  #stamp(kind: PlayerKind): PlayerEvent {
    return { kind, t_ms: performance.now(), media_s: this.#media.currentTime };
  }

  #phase(phase: PlayerPhase): void {
    this.#snapshot = Object.freeze({ ...this.#snapshot, phase });
    for (const listener of this.#listeners) listener(null, this.#snapshot);
  }

  #tell(event: PlayerEvent): void {
    for (const listener of this.#listeners) listener(event, this.#snapshot);
  }
}

/** Keyboards' and headsets' media keys must not move a recording that is being rated. */
function silenceMediaKeys(): void {
  if (!("mediaSession" in navigator)) return;
  const actions = ["play", "pause", "stop", "seekbackward", "seekforward", "seekto", "previoustrack", "nexttrack"];
  for (const action of actions as MediaSessionAction[]) {
    try {
      navigator.mediaSession.setActionHandler(action, () => {});
    } catch {
      // A browser that does not know an action has no key for it.
    }
  }
}
