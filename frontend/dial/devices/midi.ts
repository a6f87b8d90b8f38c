import { type Calibration, straight } from "../../core/devices/calibration.ts";
import type { Chosen, Motion } from "../../core/devices/chosen.ts";
import {
  detents,
  knobOf,
  MIDI_FORMS,
  type MidiForm,
  MidiPair,
  MOST_7_BIT,
  MOST_14_BIT,
  readControlChange,
} from "../../core/devices/midi.ts";
import type { Scale } from "../../core/protocol.ts";
import type { DeviceListener, DeviceSurroundings, DialDevice } from "./device.ts";

/** One knob of a MIDI controller: that which is turned first. */
export class MidiDial implements DialDevice {
  readonly kind = "midi";
  readonly announces = false;
  readonly #scale: Scale;
  readonly #form: MidiForm;
  #pair = new MidiPair();
  #name: string;
  #knob: readonly number[];
  #ears = new AbortController();

  constructor({ scale }: DeviceSurroundings, chosen: Chosen | null) {
    this.#scale = scale;
    this.#name = chosen?.name ?? "";
    this.#knob = chosen?.address ?? [];
    this.#form = MIDI_FORMS.find((form) => form === chosen?.form) ?? "7-bit";
  }

  get name(): string {
    return this.#name;
  }

  get motion(): Motion {
    return this.#most === null ? "turn" : "position";
  }

  get resolution(): number {
    return this.#most === null ? 0 : 1 / this.#most;
  }

  get calibration(): Calibration | null {
    return this.#most === null ? null : straight(0, this.#most, this.#scale);
  }

  async ask(): Promise<void> {
    await navigator.requestMIDIAccess();
  }

  start(listener: DeviceListener): void {
    this.#ears = new AbortController();
    void this.#listen(listener, this.#ears.signal);
  }

  stop(): void {
    this.#ears.abort();
  }

  choice(): Chosen {
    return { kind: this.kind, name: this.name, address: this.#knob, form: this.#form, calibration: null };
  }

  get #most(): number | null {
    return this.#form === "7-bit" ? MOST_7_BIT : this.#form === "14-bit" ? MOST_14_BIT : null;
  }

  async #listen(listener: DeviceListener, signal: AbortSignal): Promise<void> {
    const access = await navigator.requestMIDIAccess().catch(() => null);
    if (signal.aborted) return;
    const mine = (input: MIDIInput): boolean =>
      input.state === "connected" && (this.#name === "" || input.name === this.#name);
    const heard = new Set<MIDIInput>();
    let there = false;
    const look = (): void => {
      const inputs = [...(access?.inputs.values() ?? [])].filter(mine);
      for (const input of inputs) {
        if (heard.has(input)) continue;
        heard.add(input);
        input.addEventListener("midimessage", (event) => this.#read(event, input, listener), { signal });
      }
      const now = inputs.length > 0;
      if (now && !there) listener.found(performance.now());
      if (!now && there) listener.lost(performance.now());
      there = now;
    };
    access?.addEventListener("statechange", look, { signal });
    look();
    if (!there) listener.lost(performance.now());
  }

  #read({ data, timeStamp }: MIDIMessageEvent, input: MIDIInput, listener: DeviceListener): void {
    const change = data && readControlChange(data);
    if (!change || (this.#name !== "" && input.name !== this.#name)) return;
    const [channel, controller] = knobOf(change, this.#form);
    if (this.#knob.length === 0) {
      this.#knob = [channel, controller];
      this.#name = input.name ?? "MIDI";
    }
    if (channel !== this.#knob[0] || controller !== this.#knob[1]) return;
    const form = this.#form;
    if (form === "7-bit") listener.moved(change.value, timeStamp);
    else if (form === "14-bit") {
      const raw = this.#pair.feed(change.controller, change.value);
      if (raw !== null) listener.moved(raw, timeStamp);
    } else {
      const { low, high, step } = this.#scale;
      listener.moved((detents(change.value, form) * step) / (high - low), timeStamp);
    }
  }
}
