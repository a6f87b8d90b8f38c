import { type Calibration, straight } from "../../core/devices/calibration.ts";
import type { Chosen } from "../../core/devices/chosen.ts";
import type { Scale } from "../../core/protocol.ts";
import type { DeviceListener, DeviceSurroundings, DialDevice } from "./device.ts";

/** Of several axes that is meant which first goes so far from where it stood. */
const MEANT = 0.4;
const DEAD_ZONE = 0.1;

/** One axis of a joystick or game controller. It sends no events: it is looked at before each frame. */
export class GamepadDial implements DialDevice {
  readonly kind = "gamepad";
  readonly announces = true;
  readonly motion: "position" | "spring";
  /** The browser does not tell how fine an axis is. */
  readonly resolution = 0;
  readonly #scale: Scale;
  #name: string;
  #axis: number | null;
  #first: readonly number[] | null = null;
  #pressed = 0;
  #frame = 0;

  constructor({ scale }: DeviceSurroundings, chosen: Chosen | null) {
    this.#scale = scale;
    this.#name = chosen?.name ?? "";
    this.#axis = chosen?.address[0] ?? null;
    this.motion = chosen?.form === "position" ? "position" : "spring";
  }

  get name(): string {
    return this.#name;
  }

  get calibration(): Calibration {
    // Of a stick's two axes the second is the upright one, and it counts downwards.
    const [low, high] = (this.#axis ?? 0) % 2 === 1 ? [1, -1] : [-1, 1];
    return this.motion === "spring"
      ? { low, neutral: 0, high, dead_zone: DEAD_ZONE }
      : straight(low, high, this.#scale);
  }

  /** Browsers show a controller once one of its buttons is pressed: nothing has to be asked. */
  async ask(): Promise<void> {}

  start(listener: DeviceListener): void {
    let there = false;
    let last_raw: number | null = null;
    const look = (): void => {
      this.#frame = requestAnimationFrame(look);
      const pad = this.#pad();
      if (!pad) {
        if (there) listener.lost(performance.now());
        there = false;
        return;
      }
      if (!there) {
        this.#name = pad.id;
        last_raw = null;
        listener.found(performance.now());
      }
      there = true;
      const raw = this.#reading(pad);
      if (raw !== null && this.motion === "spring") listener.moved(raw, performance.now());
      else if (raw !== null && raw !== last_raw) listener.moved(raw, pad.timestamp);
      last_raw = raw;
      const pressed = pad.buttons.filter((button) => button.pressed).length;
      if (pressed > this.#pressed) listener.touched(pad.timestamp);
      this.#pressed = pressed;
    };
    if (!this.#pad()) listener.lost(performance.now());
    look();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
  }

  choice(): Chosen {
    const address = this.#axis === null ? [] : [this.#axis];
    return { kind: this.kind, name: this.name, address, form: this.motion, calibration: null };
  }

  #pad(): Gamepad | undefined {
    return (
      navigator.getGamepads().find((pad) => pad?.connected && (this.#name === "" || pad.id === this.#name)) ?? undefined
    );
  }

  #reading({ axes }: Gamepad): number | null {
    if (this.#axis === null) {
      const first = this.#first ?? axes.slice();
      this.#first = first;
      const meant = axes.findIndex((raw, axis) => Math.abs(raw - (first[axis] ?? 0)) >= MEANT);
      if (meant >= 0) this.#axis = meant;
    }
    return this.#axis === null ? null : (axes[this.#axis] ?? null);
  }
}
