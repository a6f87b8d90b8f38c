import type { Calibration } from "../../core/devices/calibration.ts";
import type { Chosen, DeviceKind, Motion } from "../../core/devices/chosen.ts";
import type { Scale } from "../../core/protocol.ts";

/** What a device tells of itself; `t_ms` is the time of the input on the clock of performance.now(). */
export interface DeviceListener {
  /** Where it stands, in its own readings; of a device that is turned, by what share of the scale. */
  readonly moved: (raw: number, t_ms: number) => void;
  /** A hand is on it, though it moved nothing: a button was pressed. */
  readonly touched: (t_ms: number) => void;
  readonly found: (t_ms: number) => void;
  readonly lost: (t_ms: number) => void;
}

/** What a device needs of the page. */
export interface DeviceSurroundings {
  readonly scale: Scale;
  /** Where a click takes hold of the mouse. */
  readonly stage: HTMLElement;
}

/** A dial that is no part of the page. Until it is found, its name and readings are those remembered. */
export interface DialDevice {
  readonly kind: DeviceKind;
  readonly name: string;
  readonly motion: Motion;
  /** The smallest step it can tell, as a share of the scale; 0 where that is as fine as the scale's own. */
  readonly resolution: number;
  /** Where its readings lie on the scale; null for a device that is turned, which has none. */
  readonly calibration: Calibration | null;
  /** Whether it tells where it stands before a hand moves it. */
  readonly announces: boolean;
  /** Let the browser ask the participant for it; only at a click or a key. */
  readonly ask: () => Promise<void>;
  readonly start: (listener: DeviceListener) => void;
  readonly stop: () => void;
  /** What to remember to find it again. */
  readonly choice: () => Chosen;
  /** Show the number the dial stands at on the device itself. */
  readonly show?: (text: string) => void;
}
