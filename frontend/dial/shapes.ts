import type { Point } from "../core/dial_model.ts";

const SVG = "http://www.w3.org/2000/svg";
const HALO = 20;

export type Attributes = Readonly<Record<string, string | number>>;

export function shape<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes,
  ...children: SVGElement[]
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** A drawing by itself: what it shows is told by the slider round it. */
export function picture(width: number, height: number, ...children: SVGElement[]): SVGSVGElement {
  return shape("svg", { class: "dial-drawing", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...children);
}

/** Put an element to a point, or out of sight. */
export function place(element: SVGElement, point: Point | null): void {
  element.setAttribute("visibility", point ? "visible" : "hidden");
  if (point) element.setAttribute("transform", `translate(${at(point)})`);
}

export function text(words: string, attributes: Attributes): SVGTextElement {
  const element = shape("text", attributes);
  element.textContent = words;
  return element;
}

export function line(from: Point, to: Point): string {
  return `M ${at(from)} L ${at(to)}`;
}

export function at({ x, y }: Point): string {
  return `${x.toFixed(2)} ${y.toFixed(2)}`;
}

/** The light on what a hand turns or slides, and the soft shadow round it, of a radius round a centre. */
export function lights(centre: Point, radius: number): SVGDefsElement {
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
      { id: "dial-shadow", gradientUnits: "userSpaceOnUse", cx: centre.x, cy: centre.y + 3, r: radius + HALO },
      stop(radius / (radius + HALO) - 0.04, "dial-shadow-near"),
      stop(1, "dial-shadow-far"),
    ),
  );
}

/** The rules of a scale: 20 parts, each fifth of them stronger. */
export function ticks(rule: (share: number, major: boolean) => string): SVGElement[] {
  const parts = Array.from({ length: 21 }, (_, index) => index);
  const path = (major: boolean): string =>
    parts
      .filter((index) => (index % 5 === 0) === major)
      .map((index) => rule(index / 20, major))
      .join(" ");
  return [
    shape("path", { class: "dial-tick", d: path(false) }),
    shape("path", { class: "dial-tick dial-major", d: path(true) }),
  ];
}
