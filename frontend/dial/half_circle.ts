import { angle_deg, type Point, polar, SWEEP_DEG, turned_deg } from "../core/dial_model.ts";
import type { Display } from "../core/display.ts";
import type { Scale } from "../core/protocol.ts";
import type { Drawing, Grip } from "./drawing.ts";
import { at, lights, line, picture, place, shape, text, ticks } from "./shapes.ts";

const WIDTH = 480;
const HEIGHT = 248;
const PIVOT: Point = { x: 240, y: 236 };
const TRACK = 206;
const TICK_OUT = 188;
const TICK_IN = 178;
const TICK_IN_MAJOR = 170;
const KNOB = 130;
const HALO = 20;
const RIDGES = 72;
const LEAST_RADIUS = 60;

function spoke(inner: number, outer: number, deg: number): string {
  return line(polar(PIVOT, inner, deg), polar(PIVOT, outer, deg));
}

function arc(radius: number, from_deg: number, to_deg: number): string {
  const [a, b] = from_deg < to_deg ? [from_deg, to_deg] : [to_deg, from_deg];
  return `M ${at(polar(PIVOT, radius, a))} A ${radius} ${radius} 0 0 1 ${at(polar(PIVOT, radius, b))}`;
}

function neutralLabel(scale: Scale, deg: number): SVGElement {
  const { x, y } = polar(PIVOT, TRACK + 20, deg);
  const side = deg < 80 ? "end" : deg > 100 ? "start" : "middle";
  return text(scale.neutral_label, { class: "dial-label", x, y, "font-size": 15, "text-anchor": side });
}

/** A knob in a half circle. */
export class HalfCircle implements Drawing {
  readonly svg: SVGSVGElement;
  readonly #neutral_deg: number;
  readonly #scale: Scale;
  readonly #filled = shape("path", { class: "dial-filled" });
  readonly #knob = buildKnob();
  readonly #bead = shape("circle", { class: "dial-bead", r: 9 });
  readonly #ring = shape("circle", { class: "dial-ring", r: 17, visibility: "hidden" });
  readonly #number = text("", { class: "dial-number", x: PIVOT.x, y: PIVOT.y - 26, "text-anchor": "middle" });

  constructor(scale: Scale, display: Display) {
    this.#scale = scale;
    this.#neutral_deg = angle_deg(scale.neutral, scale);
    const { x, y } = PIVOT;
    const half = (radius: number): string => `M ${x - radius} ${y} A ${radius} ${radius} 0 0 1 ${x + radius} ${y} Z`;
    const upper = shape(
      "clipPath",
      { id: "dial-upper" },
      shape("rect", { x: 0, y: -40, width: x * 2, height: y + 40 }),
    );
    const defs = lights(PIVOT, KNOB);
    defs.append(upper);
    const rule = (share: number, major: boolean): string =>
      spoke(major ? TICK_IN_MAJOR : TICK_IN, TICK_OUT, share * SWEEP_DEG);
    this.svg = picture(
      WIDTH,
      HEIGHT,
      defs,
      shape("path", { class: "dial-ground", d: `M ${x - TRACK} ${y} H ${x + TRACK}` }),
      shape("path", { class: "dial-track", d: arc(TRACK, 0, SWEEP_DEG) }),
      this.#filled,
      ...(display.ticks ? ticks(rule) : []),
      shape("path", { class: "dial-neutral", d: spoke(TRACK - 9, TRACK + 9, this.#neutral_deg) }),
      ...(display.labels ? [neutralLabel(scale, this.#neutral_deg)] : []),
      shape("path", { d: half(KNOB + HALO), fill: "url(#dial-shadow)" }),
      shape("path", { class: "dial-focus", d: half(KNOB + 8) }),
      shape("path", { class: "dial-face", d: half(KNOB), fill: "url(#dial-face)" }),
      shape("g", { "clip-path": "url(#dial-upper)" }, this.#knob),
      this.#bead,
      this.#ring,
      this.#number,
    );
  }

  draw(value: number, words: string): void {
    const deg = angle_deg(value, this.#scale);
    const { x, y } = polar(PIVOT, TRACK, deg);
    this.#knob.setAttribute("transform", `rotate(${deg.toFixed(2)} ${PIVOT.x} ${PIVOT.y})`);
    this.#filled.setAttribute("d", arc(TRACK, this.#neutral_deg, deg));
    this.#bead.setAttribute("cx", x.toFixed(2));
    this.#bead.setAttribute("cy", y.toFixed(2));
    this.#number.textContent = words;
  }

  aim(value: number | null): void {
    const { x, y } = polar(PIVOT, TRACK, angle_deg(value ?? this.#scale.neutral, this.#scale));
    place(this.#ring, value === null ? null : { x, y });
  }

  /** The hand goes round the pivot. */
  grip(): Grip {
    const box = this.svg.getBoundingClientRect();
    const unit = box.width / WIDTH;
    const pivot = { x: box.left + PIVOT.x * unit, y: box.top + PIVOT.y * unit };
    return (from, to) => turned_deg(from, to, pivot, LEAST_RADIUS * unit) / SWEEP_DEG;
  }
}

/** What turns: ridges round the rim, and the mark, drawn pointing left (0°). */
function buildKnob(): SVGElement {
  const ridges = Array.from({ length: RIDGES }, (_, index) => spoke(KNOB - 9, KNOB - 3, (index / RIDGES) * 360));
  return shape(
    "g",
    {},
    shape("path", { class: "dial-ridges", d: ridges.join(" ") }),
    shape("path", { class: "dial-needle", d: spoke(KNOB, TRACK, 0) }),
    shape("path", { class: "dial-mark", d: spoke(KNOB - 22, KNOB + 10, 0) }),
  );
}
