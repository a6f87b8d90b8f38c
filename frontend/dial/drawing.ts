import type { Point } from "../core/dial_model.ts";
import type { Display } from "../core/display.ts";
import type { Scale } from "../core/protocol.ts";
import { HalfCircle } from "./half_circle.ts";
import { Meter } from "./meter.ts";
import { Slider } from "./slider.ts";

/** How far along the scale a hand moved that went from one point of the page to another, as a share of all of it. */
export type Grip = (from: Point, to: Point) => number;

/** What is drawn of a dial: built once, then only a few things ever move. */
export interface Drawing {
  readonly svg: SVGSVGElement;
  draw(value: number, text: string): void;
  /** Show a ring round a value for the hand to follow, or none. */
  aim(value: number | null): void;
  /** Take hold of it where it now lies on the page. */
  grip(): Grip;
}

export function drawingOf(scale: Scale, display: Display): Drawing {
  switch (display.kind) {
    case "dial":
      return new HalfCircle(scale, display);
    case "slider":
      return new Slider(scale, display);
    case "meter":
      return new Meter(scale, display);
  }
}
