/** How a MIDI knob writes its value: two ways of standing somewhere, three of having been turned. */
export const MIDI_FORMS = ["7-bit", "14-bit", "twos-complement", "offset-64", "sign-bit"] as const;
export type MidiForm = (typeof MIDI_FORMS)[number];

export const MOST_7_BIT = 127;
export const MOST_14_BIT = 16_383;
const CONTROL_CHANGE = 0xb0;
/** Controllers 0–31 may have a fine part, 32 numbers further on. */
const FINE = 32;

export interface ControlChange {
  readonly channel: number;
  readonly controller: number;
  readonly value: number;
}

/** A control change, or null for any other message. */
export function readControlChange(message: Uint8Array): ControlChange | null {
  const [status, controller, value] = message;
  if (message.length !== 3 || status === undefined || controller === undefined || value === undefined) return null;
  if ((status & 0xf0) !== CONTROL_CHANGE || controller > MOST_7_BIT || value > MOST_7_BIT) return null;
  // From 120 on a control change is an order (all notes off …), not a knob.
  return controller < 120 ? { channel: status & 0x0f, controller, value } : null;
}

/** The knob a message belongs to: the fine part of a pair belongs to the coarse one. */
export function knobOf({ channel, controller }: ControlChange, form: MidiForm): readonly [number, number] {
  const isFine = form === "14-bit" && controller >= FINE && controller < 2 * FINE;
  return [channel, isFine ? controller - FINE : controller];
}

/** How many detents a relative knob was turned by the value it sent. */
export function detents(value: number, form: "twos-complement" | "offset-64" | "sign-bit"): number {
  if (form === "offset-64") return value - 64;
  if (value < 64) return value;
  return form === "twos-complement" ? value - 128 : -(value - 64) + 0;
}

/** Puts the two halves of a 14-bit value together. */
export class MidiPair {
  #coarse: number | null = null;

  /** The whole value once its fine part is there; a coarse part alone would make the dial jump. */
  feed(controller: number, value: number): number | null {
    if (controller < FINE) {
      this.#coarse = value;
      return null;
    }
    return this.#coarse === null ? null : this.#coarse * 128 + value;
  }
}
