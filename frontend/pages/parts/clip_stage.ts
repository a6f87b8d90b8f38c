import type { Texts } from "../../core/page_data.ts";
import { Clip, type ClipOptions } from "../../media/clip.ts";
import type { PlayerPhase } from "../../media/player.ts";
import { marked, write } from "./elements.ts";

/** Every text a page that replays clips shows; the server translates them. */
export const CLIP_TEXTS = [
  "recording",
  "play",
  "pause",
  "play_again",
  "lead_in",
  "moment",
  "waiting",
  "unreachable",
  "unreachable_how",
] as const;

export type ClipText = (typeof CLIP_TEXTS)[number];

interface StageParts {
  readonly has_video: boolean;
  readonly texts: Texts<ClipText>;
  readonly onPhase?: (phase: PlayerPhase) => void;
}

/** One film, its button, and a line below it that shows where the moment itself begins. */
export class ClipStage {
  readonly #parts: StageParts;
  readonly #stage = marked("clip");
  readonly #host = marked("clip-media");
  readonly #toggle = marked<HTMLButtonElement>("clip-toggle");
  readonly #word = marked("clip-word");
  readonly #again = marked<HTMLButtonElement>("clip-again");
  readonly #told = marked("clip-told");
  #media: HTMLMediaElement | null = null;
  #clip: Clip | null = null;
  #options: ClipOptions | null = null;
  #wanted = false;

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.#toggle.addEventListener("click", () => this.toggle());
    this.#again.addEventListener("click", () => void this.#clip?.replay());
  }

  /** Put a clip on; it waits to be played. */
  show(options: ClipOptions): void {
    this.#clip?.pause();
    // A player stays with its element for good, so each clip gets an element of its own.
    this.#media?.removeAttribute("src");
    this.#media?.load();
    const media = document.createElement(this.#parts.has_video ? "video" : "audio");
    media.setAttribute("playsinline", "");
    media.setAttribute("aria-label", this.#parts.texts.recording);
    this.#host.replaceChildren(media);
    this.#media = media;
    this.#options = options;
    this.#wanted = false;
    const length_s = options.lead_in_s + options.end_s - options.start_s;
    const before = marked("clip-before");
    before.hidden = options.lead_in_s === 0;
    before.style.flexBasis = `${(100 * options.lead_in_s) / length_s}%`;
    const clip = new Clip(media, options);
    this.#clip = clip;
    clip.onChange((phase) => {
      if (this.#clip === clip) this.#follow(phase);
    });
    this.#follow("loading");
    this.#draw();
  }

  get playing(): boolean {
    return this.#clip?.phase === "playing" || this.#clip?.phase === "waiting";
  }

  /** Play as soon as the film is there. */
  playWhenReady(): void {
    this.#wanted = true;
    if (this.#clip?.phase === "ready") this.toggle();
  }

  toggle(): void {
    if (this.playing) this.#clip?.pause();
    else void this.#clip?.play();
  }

  pause(): void {
    this.#clip?.pause();
  }

  focus(): void {
    this.#toggle.focus();
  }

  #follow(phase: PlayerPhase): void {
    const { texts, onPhase } = this.#parts;
    this.#stage.dataset.phase = phase;
    this.#toggle.disabled = phase === "loading" || phase === "unreachable";
    this.#again.disabled = this.#toggle.disabled || phase === "ready";
    const words: Partial<Record<PlayerPhase, string>> = {
      loading: texts.waiting,
      waiting: texts.waiting,
      unreachable: texts.unreachable,
      playing: texts.pause,
      ended: texts.play_again,
    };
    write(this.#word, words[phase] ?? texts.play);
    if (phase === "unreachable") write(this.#told, texts.unreachable_how);
    if (phase === "playing") requestAnimationFrame(this.#draw);
    onPhase?.(phase);
    if (phase === "ready" && this.#wanted) this.toggle();
  }

  /** Where it is, told by a line for the eye and, when the moment begins, in a word. */
  readonly #draw = (): void => {
    const clip = this.#clip;
    const options = this.#options;
    if (!clip || !options) return;
    const length_s = options.lead_in_s + options.end_s - options.start_s;
    const share = Math.min(1, clip.position_s / length_s);
    marked("clip-head").style.left = `${100 * share}%`;
    const inMoment = clip.position_s >= options.lead_in_s && clip.phase !== "loading";
    this.#stage.classList.toggle("in-moment", inMoment && options.lead_in_s > 0);
    const { lead_in, moment } = this.#parts.texts;
    if (clip.phase !== "unreachable") write(this.#told, inMoment ? moment : lead_in);
    if (clip.phase === "playing") requestAnimationFrame(this.#draw);
  };
}
