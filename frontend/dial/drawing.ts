import { angle_deg, type Point, polar, SWEEP_DEG } from "../core/dial_model.ts";
import type { Scale } from "../core/protocol.ts";

const SVG = "http://www.w3.org/2000/svg";
export const PIVOT: Point = { x: 240, y: 236 };
const TRACK = 206;
const TICK_OUT = 188;
const TICK_IN = 178;
const TICK_IN_MAJOR = 170;
const KNOB = 130;
const HALO = 20;
const TICKS = 20;
const RIDGES = 72;

type Attributes = Readonly<Record<string, string | number>>;

function shape(name: string, attributes: Attributes, ...children: SVGElement[]): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

function at({ x, y }: Point): string {
  return `${x.toFixed(2)} ${y.toFixed(2)}`;
}

function spoke(inner: number, outer: number, deg: number): string {
  return `M ${at(polar(PIVOT, inner, deg))} L ${at(polar(PIVOT, outer, deg))}`;
}

function arc(radius: number, from_deg: number, to_deg: number): string {
  const [a, b] = from_deg < to_deg ? [from_deg, to_deg] : [to_deg, from_deg];
  return `M ${at(polar(PIVOT, radius, a))} A ${radius} ${radius} 0 0 1 ${at(polar(PIVOT, radius, b))}`;
}

function gradients(): SVGElement {
  const stop = (offset: number, name: string): SVGElement => shape("stop", { offset, class: name });
  return shape(
    "defs",
    {},
    shape(
      "linearGradient",
      { id: "dial-face", x1: 0, y1: 0, x2: 0, y2: 1 },
      stop(0, "dial-face-light"),
      stop(1, "dial-face-shade"),
    ),
    shape(
      "radialGradient",
      { id: "dial-shadow", gradientUnits: "userSpaceOnUse", cx: PIVOT.x, cy: PIVOT.y + 3, r: KNOB + HALO },
      stop(KNOB / (KNOB + HALO) - 0.04, "dial-shadow-near"),
      stop(1, "dial-shadow-far"),
    ),
    shape("clipPath", { id: "dial-upper" }, shape("rect", { x: 0, y: -40, width: PIVOT.x * 2, height: PIVOT.y + 40 })),
  );
}

function ticks(neutral_deg: number): SVGElement[] {
  const degs = Array.from({ length: TICKS + 1 }, (_, index) => (index / TICKS) * SWEEP_DEG);
  const major = degs.filter((_, index) => index % (TICKS / 4) === 0);
  const minor = degs.filter((_, index) => index % (TICKS / 4) !== 0);
  const path = (list: number[], inner: number): string => list.map((deg) => spoke(inner, TICK_OUT, deg)).join(" ");
  return [
    shape("path", { class: "dial-tick", d: path(minor, TICK_IN) }),
    shape("path", { class: "dial-tick dial-major", d: path(major, TICK_IN_MAJOR) }),
    shape("path", { class: "dial-neutral", d: spoke(TRACK - 9, TRACK + 9, neutral_deg) }),
  ];
}

function neutralLabel(scale: Scale, deg: number): SVGElement {
  const { x, y } = polar(PIVOT, TRACK + 20, deg);
  const side = deg < 80 ? "end" : deg > 100 ? "start" : "middle";
  const label = shape("text", { class: "dial-label", x, y, "font-size": 15, "text-anchor": side });
  label.textContent = scale.neutral_label;
  return label;
}

/** The drawing of a dial: built once, then only three things ever move. */
export class Drawing {
  readonly svg: SVGElement;
  readonly #neutral_deg: number;
  readonly #scale: Scale;
  readonly #filled: SVGElement;
  readonly #knob: SVGElement;
  readonly #bead: SVGElement;
  readonly #number: SVGElement;

  constructor(scale: Scale) {
    this.#scale = scale;
    this.#neutral_deg = angle_deg(scale.neutral, scale);
    this.#filled = shape("path", { class: "dial-filled" });
    this.#bead = shape("circle", { class: "dial-bead", r: 9 });
    this.#number = shape("text", { class: "dial-number", x: PIVOT.x, y: PIVOT.y - 26, "text-anchor": "middle" });
    this.#knob = this.#buildKnob();
    const { x, y } = PIVOT;
    const half = (radius: number): string => `M ${x - radius} ${y} A ${radius} ${radius} 0 0 1 ${x + radius} ${y} Z`;
    this.svg = shape(
      "svg",
      { class: "dial-drawing", viewBox: "0 0 480 248", "aria-hidden": "true" },
      gradients(),
      shape("path", { class: "dial-ground", d: `M ${x - TRACK} ${y} H ${x + TRACK}` }),
      shape("path", { class: "dial-track", d: arc(TRACK, 0, SWEEP_DEG) }),
      this.#filled,
      ...ticks(this.#neutral_deg),
      neutralLabel(scale, this.#neutral_deg),
      shape("path", { d: half(KNOB + HALO), fill: "url(#dial-shadow)" }),
      shape("path", { class: "dial-focus", d: half(KNOB + 8) }),
      shape("path", { class: "dial-face", d: half(KNOB), fill: "url(#dial-face)" }),
      shape("g", { "clip-path": "url(#dial-upper)" }, this.#knob),
      this.#bead,
      this.#number,
    );
  }

  draw(value: number, text: string): void {
    const deg = angle_deg(value, this.#scale);
    const { x, y } = polar(PIVOT, TRACK, deg);
    this.#knob.setAttribute("transform", `rotate(${deg.toFixed(2)} ${PIVOT.x} ${PIVOT.y})`);
    this.#filled.setAttribute("d", arc(TRACK, this.#neutral_deg, deg));
    this.#bead.setAttribute("cx", x.toFixed(2));
    this.#bead.setAttribute("cy", y.toFixed(2));
    this.#number.textContent = text;
  }

  /** What turns: ridges round the rim, and the mark, drawn pointing left (0°). */
  #buildKnob(): SVGElement {
    const ridges = Array.from({ length: RIDGES }, (_, index) => spoke(KNOB - 9, KNOB - 3, (index / RIDGES) * 360));
    return shape(
      "g",
      {},
      shape("path", { class: "dial-ridges", d: ridges.join(" ") }),
      shape("path", { class: "dial-needle", d: spoke(KNOB, TRACK, 0) }),
      shape("path", { class: "dial-mark", d: spoke(KNOB - 22, KNOB + 10, 0) }),
    );
  }
}
