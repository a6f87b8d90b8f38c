import { type Display, share, slid } from "../core/display.ts";
import type { Scale } from "../core/protocol.ts";
import type { Drawing, Grip } from "./drawing.ts";
import { lights, line, picture, place, shape, text, ticks } from "./shapes.ts";

const WIDTH = 480;
const HEIGHT = 150;
const LEFT = 34;
const LENGTH = 412;
const TRACK_Y = 94;
const THUMB = 25;
const TICK_TOP = 122;
const TICK_LENGTH = 8;
const TICK_LENGTH_MAJOR = 12;

/** A thumb on a level line. */
export class Slider implements Drawing {
  readonly svg: SVGSVGElement;
  readonly #scale: Scale;
  readonly #neutral_x: number;
  readonly #filled = shape("path", { class: "dial-filled" });
  readonly #thumb: SVGElement;
  readonly #ring = shape("circle", { class: "dial-ring", r: THUMB + 8, visibility: "hidden" });
  readonly #number = text("", { class: "dial-number", x: WIDTH / 2, y: 52, "text-anchor": "middle" });

  constructor(scale: Scale, display: Display) {
    this.#scale = scale;
    this.#neutral_x = this.#x(scale.neutral);
    this.#thumb = shape(
      "g",
      {},
      shape("circle", { r: THUMB + 20, fill: "url(#dial-shadow)" }),
      shape("circle", { class: "dial-focus", r: THUMB + 6 }),
      shape("circle", { class: "dial-face", r: THUMB, fill: "url(#dial-face)" }),
      shape("path", { class: "dial-mark", d: "M 0 -9 V 9" }),
    );
    const rule = (part: number, major: boolean): string => {
      const x = LEFT + part * LENGTH;
      return line({ x, y: TICK_TOP }, { x, y: TICK_TOP + (major ? TICK_LENGTH_MAJOR : TICK_LENGTH) });
    };
    const label = text(scale.neutral_label, { class: "dial-label", "font-size": 15, "text-anchor": "middle" });
    label.setAttribute("x", String(this.#neutral_x));
    label.setAttribute("y", String(display.ticks ? HEIGHT + 2 : TICK_TOP + 18));
    this.svg = picture(
      WIDTH,
      HEIGHT,
      lights({ x: 0, y: 0 }, THUMB),
      shape("path", { class: "dial-track", d: `M ${LEFT} ${TRACK_Y} h ${LENGTH}` }),
      this.#filled,
      ...(display.ticks ? ticks(rule) : []),
      shape("path", { class: "dial-neutral", d: `M ${this.#neutral_x} ${TRACK_Y - 10} v 20` }),
      ...(display.labels ? [label] : []),
      this.#thumb,
      this.#ring,
      this.#number,
    );
  }

  #x(value: number): number {
    return LEFT + share(value, this.#scale) * LENGTH;
  }

  draw(value: number, words: string): void {
    const x = this.#x(value).toFixed(2);
    this.#thumb.setAttribute("transform", `translate(${x} ${TRACK_Y})`);
    this.#filled.setAttribute("d", `M ${this.#neutral_x} ${TRACK_Y} H ${x}`);
    this.#number.textContent = words;
  }

  aim(value: number | null): void {
    place(this.#ring, value === null ? null : { x: this.#x(value), y: TRACK_Y });
  }

  grip(): Grip {
    const length = (this.svg.getBoundingClientRect().width / WIDTH) * LENGTH;
    return (from, to) => slid(from, to, { upright: false, length });
  }
}
