import { type Display, share, slid } from "../core/display.ts";
import type { Scale } from "../core/protocol.ts";
import type { Drawing, Grip } from "./drawing.ts";
import { lights, line, picture, place, shape, text, ticks } from "./shapes.ts";

const WIDTH = 260;
const HEIGHT = 372;
const TOP = 26;
const LENGTH = 320;
const TRACK_X = 130;
const HANDLE_WIDTH = 76;
const HANDLE_HEIGHT = 36;
const TICK_RIGHT = 80;
const TICK_LENGTH = 8;
const TICK_LENGTH_MAJOR = 14;
const NUMBER_X = 180;

function plate(margin: number, attributes: Readonly<Record<string, string>>): SVGElement {
  const [width, height] = [HANDLE_WIDTH + 2 * margin, HANDLE_HEIGHT + 2 * margin];
  return shape("rect", { x: -width / 2, y: -height / 2, width, height, rx: 10 + margin, ...attributes });
}

/** A handle on an upright column that fills from neutral; the number goes with the hand. */
export class Meter implements Drawing {
  readonly svg: SVGSVGElement;
  readonly #scale: Scale;
  readonly #neutral_y: number;
  readonly #filled = shape("path", { class: "dial-filled" });
  readonly #handle: SVGElement;
  readonly #ring = plate(7, { class: "dial-ring", visibility: "hidden" });
  readonly #number = text("", { class: "dial-number", x: NUMBER_X - TRACK_X, y: 14 });

  constructor(scale: Scale, display: Display) {
    this.#scale = scale;
    this.#neutral_y = this.#y(scale.neutral);
    this.#handle = shape(
      "g",
      {},
      plate(2, { class: "dial-shadow" }),
      plate(6, { class: "dial-focus" }),
      plate(0, { class: "dial-face", fill: "url(#dial-face)" }),
      shape("path", { class: "dial-mark", d: "M -22 0 H 22" }),
      this.#number,
    );
    const rule = (part: number, major: boolean): string => {
      const y = TOP + part * LENGTH;
      return line({ x: TICK_RIGHT, y }, { x: TICK_RIGHT - (major ? TICK_LENGTH_MAJOR : TICK_LENGTH), y });
    };
    const label = text(scale.neutral_label, { class: "dial-label", "font-size": 15, "text-anchor": "end" });
    label.setAttribute("x", String(TICK_RIGHT - (display.ticks ? TICK_LENGTH_MAJOR + 8 : 0)));
    label.setAttribute("y", String(this.#neutral_y + 5));
    this.svg = picture(
      WIDTH,
      HEIGHT,
      lights({ x: 0, y: 0 }, HANDLE_HEIGHT),
      shape("path", { class: "dial-track", d: `M ${TRACK_X} ${TOP} v ${LENGTH}` }),
      this.#filled,
      ...(display.ticks ? ticks(rule) : []),
      shape("path", { class: "dial-neutral", d: `M ${TRACK_X - 14} ${this.#neutral_y} h 28` }),
      ...(display.labels ? [label] : []),
      this.#handle,
      this.#ring,
    );
  }

  #y(value: number): number {
    return TOP + (1 - share(value, this.#scale)) * LENGTH;
  }

  draw(value: number, words: string): void {
    const y = this.#y(value).toFixed(2);
    this.#handle.setAttribute("transform", `translate(${TRACK_X} ${y})`);
    this.#filled.setAttribute("d", `M ${TRACK_X} ${this.#neutral_y} V ${y}`);
    this.#number.textContent = words;
  }

  aim(value: number | null): void {
    place(this.#ring, value === null ? null : { x: TRACK_X, y: this.#y(value) });
  }

  grip(): Grip {
    const { width, height } = this.svg.getBoundingClientRect();
    const length = Math.min(width / WIDTH, height / HEIGHT) * LENGTH;
    return (from, to) => slid(from, to, { upright: true, length });
  }
}
