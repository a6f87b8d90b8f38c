import { DialModel, sideLabel, valueText } from "../core/dial_model.ts";
import type { Display } from "../core/display.ts";
import type { DialSource, Scale } from "../core/protocol.ts";
import { type Drawing, drawingOf } from "./drawing.ts";
import { listenToHand } from "./hand.ts";
import { RecentLine } from "./recent_line.ts";

export interface DialOptions {
  readonly host: HTMLElement;
  readonly stage: HTMLElement;
  readonly scale: Scale;
  readonly value: number;
  readonly display: Display;
  readonly texts: { readonly label: string; readonly less: string; readonly more: string };
  /** Each contact and each movement of the hand, with the value it left and the time of the input itself. */
  readonly onHand: (value: number, t_ms: number, source: DialSource, raw?: number) => void;
  /** The hand took hold of the dial, or of its key, or let go of it. */
  readonly onHold?: (held: boolean) => void;
}

/** What a device did: when, what kind it is, and its own reading, if it has any. */
export interface DeviceAct {
  readonly t_ms: number;
  readonly source: DialSource;
  readonly raw?: number;
}

function button(name: string, label: string, sign: string): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `dial-step ${name}`;
  element.setAttribute("aria-label", label);
  element.textContent = sign;
  return element;
}

function end(name: string, mark: string, label: string): HTMLElement {
  const element = document.createElement("span");
  element.className = `dial-end ${name}`;
  const sign = document.createElement("span");
  sign.setAttribute("aria-hidden", "true");
  sign.textContent = mark;
  element.append(sign);
  if (label) element.append(` ${label}`);
  return element;
}

/** The dial, however it is drawn: to be turned by pointer, touch, wheel or keyboard. */
export class Dial {
  readonly #model: DialModel;
  readonly #drawing: Drawing;
  readonly #recent: RecentLine | null;
  readonly #slider: HTMLElement;
  readonly #options: DialOptions;
  /** Called with the number whenever another is shown, for a dial that has a display of its own. */
  onDraw: ((text: string) => void) | null = null;
  #enabled = false;
  #drawn: number | null = null;
  #frame = 0;

  constructor(options: DialOptions) {
    const { host, stage, scale, value, display, texts } = options;
    this.#options = options;
    this.#model = new DialModel(scale, value);
    this.#drawing = drawingOf(scale, display);
    this.#recent = display.trace_s > 0 ? new RecentLine(scale, display.trace_s) : null;
    this.#slider = document.createElement("div");
    this.#slider.className = "dial-slider";
    this.#slider.tabIndex = 0;
    const fixed = {
      role: "slider",
      "aria-label": texts.label,
      "aria-orientation": display.kind === "meter" ? "vertical" : "horizontal",
      "aria-valuemin": scale.low,
      "aria-valuemax": scale.high,
    };
    for (const [key, held] of Object.entries(fixed)) this.#slider.setAttribute(key, String(held));
    this.#slider.append(this.#drawing.svg);
    const less = button("dial-less", texts.less, "−");
    const more = button("dial-more", texts.more, "+");
    const base = document.createElement("div");
    base.className = "dial-base";
    const [low, high] = display.labels ? [scale.low_label, scale.high_label] : ["", ""];
    base.append(less, end("dial-low", "▼", low), end("dial-high", "▲", high), more);
    host.classList.add(display.kind);
    host.classList.toggle("grey", !display.colours);
    host.replaceChildren(...(this.#recent ? [this.#recent.svg] : []), this.#slider, base);
    listenToHand({
      model: this.#model,
      area: this.#slider,
      stage,
      less,
      more,
      grip: () => this.#drawing.grip(),
      onHold: options.onHold,
      enabled: () => this.#enabled,
      moved: (t_ms, source) => {
        this.#redraw();
        options.onHand(this.#model.value, t_ms, source);
      },
    });
    this.enabled = false;
    this.#draw();
  }

  get value(): number {
    return this.#model.value;
  }

  get scale(): Scale {
    return this.#model.scale;
  }

  /** The number as it is shown; empty where a design shows none. */
  get text(): string {
    return this.#options.display.number ? valueText(this.#model.value, this.#model.scale) : "";
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  set enabled(enabled: boolean) {
    this.#enabled = enabled;
    this.#slider.setAttribute("aria-disabled", String(!enabled));
    this.#options.host.classList.toggle("resting", !enabled);
  }

  /** Put the dial to a value without a hand: where it stood before a reload. */
  set(value: number): void {
    this.#model.set(value);
    this.#redraw();
  }

  /** Let a device turn the dial; only what moves the value is a hand's doing. */
  drive(act: (model: DialModel) => void, { t_ms, source, raw }: DeviceAct): void {
    if (!this.#enabled) return;
    const { value } = this.#model;
    act(this.#model);
    if (this.#model.value === value) return;
    this.#redraw();
    this.#options.onHand(this.#model.value, t_ms, source, raw);
  }

  /** A hand is on the dial, and leaves it where it is. */
  touch(t_ms: number, source: DialSource): void {
    if (this.#enabled) this.#options.onHand(this.#model.value, t_ms, source);
  }

  /** Show a ring round a value for the hand to follow, or none. */
  aim(value: number | null): void {
    this.#drawing.aim(value);
  }

  /** Draw the line of what was just rated on to where the recording is. */
  pass(media_s: number): void {
    this.#recent?.draw(media_s, this.#model.value);
  }

  #redraw(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    const { value, scale } = this.#model;
    if (value === this.#drawn) return;
    this.#drawn = value;
    this.#drawing.draw(value, this.text);
    this.onDraw?.(this.text);
    this.#slider.setAttribute("aria-valuenow", String(value));
    this.#slider.setAttribute("aria-valuetext", `${valueText(value, scale)} ${sideLabel(value, scale)}`);
  }
}
