import { type Calibration, straight } from "../../core/devices/calibration.ts";
import type { Chosen, Motion } from "../../core/devices/chosen.ts";
import { CONSUMER_CONTROL, type Collection, HidKnob, SYSTEM_MULTI_AXIS } from "../../core/devices/hid_report.ts";
import { SWEEP_DEG } from "../../core/dial_model.ts";
import type { Scale } from "../../core/protocol.ts";
import type { DeviceListener, DeviceSurroundings, DialDevice } from "./device.ts";

/** The part of WebHID that is used here; TypeScript's own library does not know it. */
interface HidDevice extends EventTarget {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName: string;
  readonly opened: boolean;
  readonly collections: readonly Collection[];
  open(): Promise<void>;
  close(): Promise<void>;
}

interface Hid extends EventTarget {
  getDevices(): Promise<HidDevice[]>;
  requestDevice(options: { filters: readonly object[] }): Promise<HidDevice[]>;
}

interface InputReport extends Event {
  readonly reportId: number;
  readonly data: DataView;
}

/** A rotary dial or volume knob, read by what it declares of its own reports. */
export class HidDial implements DialDevice {
  readonly kind = "hid";
  readonly announces = false;
  readonly #scale: Scale;
  readonly #hid = (navigator as unknown as { hid: Hid }).hid;
  #name: string;
  #ids: readonly number[];
  #range: readonly number[] | null;
  #ears = new AbortController();
  /** Ends with each connection: a device that comes back may be the same object. */
  #reports = new AbortController();
  #device: HidDevice | null = null;

  constructor({ scale }: DeviceSurroundings, chosen: Chosen | null) {
    this.#scale = scale;
    this.#name = chosen?.name ?? "";
    this.#ids = chosen?.address.slice(0, 2) ?? [];
    const range = chosen?.address.slice(2) ?? [];
    this.#range = range.length === 2 ? range : null;
  }

  get name(): string {
    return this.#name;
  }

  get motion(): Motion {
    return this.#range ? "position" : "turn";
  }

  get resolution(): number {
    const [low = 0, high = 0] = this.#range ?? [];
    return low === high ? 0 : 1 / Math.abs(high - low);
  }

  get calibration(): Calibration | null {
    const [low = 0, high = 0] = this.#range ?? [];
    return low === high ? null : straight(low, high, this.#scale);
  }

  async ask(): Promise<void> {
    const [device] = await this.#hid.requestDevice({ filters: [SYSTEM_MULTI_AXIS, CONSUMER_CONTROL] });
    if (device) this.#ids = [device.vendorId, device.productId];
  }

  start(listener: DeviceListener): void {
    this.#ears = new AbortController();
    const { signal } = this.#ears;
    this.#hid.addEventListener("connect", () => void this.#attach(listener, signal), { signal });
    this.#hid.addEventListener(
      "disconnect",
      (event) => {
        if (!this.#device || (event as Event & { device: HidDevice }).device !== this.#device) return;
        this.#device = null;
        this.#reports.abort();
        listener.lost(performance.now());
      },
      { signal },
    );
    void this.#attach(listener, signal).then(() => {
      if (!this.#device && !signal.aborted) listener.lost(performance.now());
    });
  }

  stop(): void {
    this.#ears.abort();
    this.#reports.abort();
    void this.#device?.close().catch(() => {});
    this.#device = null;
  }

  choice(): Chosen {
    const address = [...this.#ids, ...(this.#range ?? [])];
    return { kind: this.kind, name: this.name, address, form: this.motion, calibration: null };
  }

  async #attach(listener: DeviceListener, signal: AbortSignal): Promise<void> {
    const [vendor, product] = this.#ids;
    const mine = (device: HidDevice): boolean =>
      vendor === undefined
        ? new HidKnob(device.collections).is_knob
        : device.vendorId === vendor && device.productId === product;
    const device = (await this.#hid.getDevices()).find(mine);
    if (!device || this.#device || signal.aborted) return;
    this.#device = device;
    try {
      if (!device.opened) await device.open();
    } catch {
      this.#device = null;
      return;
    }
    const knob = new HidKnob(device.collections);
    this.#name = device.productName || "HID";
    this.#ids = [device.vendorId, device.productId];
    this.#range = knob.range;
    this.#reports = new AbortController();
    listener.found(performance.now());
    device.addEventListener("inputreport", (event) => this.#read(event as InputReport, knob, listener), {
      signal: this.#reports.signal,
    });
  }

  #read({ reportId, data, timeStamp }: InputReport, knob: HidKnob, listener: DeviceListener): void {
    const { low, high, step } = this.#scale;
    for (const input of knob.read(reportId, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))) {
      if (input.kind === "touch") listener.touched(timeStamp);
      else if (input.kind === "position") listener.moved(input.raw, timeStamp);
      else if (input.kind === "degrees") listener.moved(input.turned / SWEEP_DEG, timeStamp);
      else listener.moved((input.turned * step) / (high - low), timeStamp);
    }
  }
}
