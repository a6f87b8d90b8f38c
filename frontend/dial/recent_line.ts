import { drawnPath, RecentMoments } from "../core/drawn_line.ts";
import type { Scale } from "../core/protocol.ts";
import { shape } from "./shapes.ts";

const WIDTH = 480;
const HEIGHT = 40;

/** The seconds just rated, as a quiet line that ends at the hand. */
export class RecentLine {
  readonly svg: SVGSVGElement;
  readonly #scale: Scale;
  readonly #length_s: number;
  readonly #recent: RecentMoments;
  readonly #line = shape("path", { class: "recent-line" });

  constructor(scale: Scale, length_s: number) {
    this.#scale = scale;
    this.#length_s = length_s;
    this.#recent = new RecentMoments(length_s);
    const neutral_y = (HEIGHT * (scale.high - scale.neutral)) / (scale.high - scale.low);
    this.svg = shape(
      "svg",
      { class: "recent", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      shape("path", { class: "recent-neutral", d: `M 0 ${neutral_y} H ${WIDTH}` }),
      this.#line,
    );
  }

  /** Draw on to where the recording is, at the value the hand holds there. */
  draw(media_s: number, value: number): void {
    this.#recent.add({ media_s, value });
    const box = { start_s: media_s - this.#length_s, end_s: media_s, width: WIDTH, height: HEIGHT };
    this.#line.setAttribute("d", drawnPath(this.#recent.moments, this.#scale, box));
  }
}
