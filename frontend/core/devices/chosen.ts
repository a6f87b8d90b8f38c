import { type Calibration, isCalibration } from "./calibration.ts";

export const DEVICE_KINDS = ["mouse-lock", "gamepad", "midi", "hid", "serial"] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/**
 * How a device's inputs turn the dial.
 *
 * `position`: the dial stands where the device stands. `turn`: the dial goes on by what the device was turned.
 * `spring`: a stick that springs back; the further it is pushed, the faster the dial goes.
 */
export const MOTIONS = ["position", "turn", "spring"] as const;
export type Motion = (typeof MOTIONS)[number];

/** The dial this browser was set up for; nothing in it is about the person who did it. */
export interface Chosen {
  readonly kind: DeviceKind;
  /** What the device calls itself. */
  readonly name: string;
  /** The numbers by which its kind finds it: an axis; channel and controller; ends of its readings and USB ids. */
  readonly address: readonly number[];
  /** How its values are written: a motion, or for MIDI one of its encodings. */
  readonly form: string;
  readonly calibration: Calibration | null;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isFinite(entry));
}

/** What a browser remembered, or null where it is not (or no longer) of this shape. */
export function readChosen(json: string | null): Chosen | null {
  let value: Partial<Chosen> | null;
  try {
    value = JSON.parse(json ?? "null") as Partial<Chosen> | null;
  } catch {
    return null;
  }
  const kind = DEVICE_KINDS.find((known) => known === value?.kind);
  if (!value || !kind || typeof value.name !== "string" || typeof value.form !== "string") return null;
  const { name, address, form, calibration } = value;
  if (!isNumbers(address) || !(calibration === null || isCalibration(calibration))) return null;
  return { kind, name, address, form, calibration };
}
