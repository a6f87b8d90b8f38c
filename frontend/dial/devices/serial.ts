import { type Calibration, straight } from "../../core/devices/calibration.ts";
import type { Chosen } from "../../core/devices/chosen.ts";
import { ASK_HELLO, Lines, numberLine, readLine, type SerialLine } from "../../core/devices/serial_line.ts";
import type { Scale } from "../../core/protocol.ts";
import type { DeviceListener, DeviceSurroundings, DialDevice } from "./device.ts";

const BAUD = 115_200;
/** A dial repeats its value twice a second; after so long a silence it is taken for lost. */
const SILENCE_MS = 2000;
const LOOK_MS = 500;
const [LOW, HIGH] = [0, 1023];

/** The part of Web Serial that is used here; TypeScript's own library does not know it. */
interface Port {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { baudRate: number }): Promise<void>;
  close(): Promise<void>;
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number };
}

interface Serial extends EventTarget {
  getPorts(): Promise<Port[]>;
  requestPort(): Promise<Port>;
}

function idsOf(port: Port): readonly number[] {
  const { usbVendorId, usbProductId } = port.getInfo();
  return usbVendorId === undefined || usbProductId === undefined ? [] : [usbVendorId, usbProductId];
}

/** A home-built dial that speaks the line protocol of docs/reference/serial-dial.md. */
export class SerialDial implements DialDevice {
  readonly kind = "serial";
  readonly announces = true;
  readonly motion = "position";
  readonly #scale: Scale;
  readonly #serial = (navigator as unknown as { serial: Serial }).serial;
  #name: string;
  #range: readonly [number, number];
  #ids: readonly number[];
  #ears = new AbortController();
  #writer: WritableStreamDefaultWriter<Uint8Array> | null = null;
  #shown = "";
  #attaching = false;

  constructor({ scale }: DeviceSurroundings, chosen: Chosen | null) {
    this.#scale = scale;
    this.#name = chosen?.name ?? "";
    const [low = LOW, high = HIGH, ...ids] = chosen?.address ?? [];
    this.#range = [low, high];
    this.#ids = ids;
  }

  get name(): string {
    return this.#name;
  }

  get resolution(): number {
    return 1 / Math.abs(this.#range[1] - this.#range[0]);
  }

  get calibration(): Calibration {
    return straight(...this.#range, this.#scale);
  }

  async ask(): Promise<void> {
    this.#ids = idsOf(await this.#serial.requestPort());
  }

  start(listener: DeviceListener): void {
    this.#ears = new AbortController();
    const { signal } = this.#ears;
    listener.lost(performance.now());
    this.#serial.addEventListener("connect", () => void this.#attach(listener, signal), { signal });
    void this.#attach(listener, signal);
  }

  stop(): void {
    this.#ears.abort();
  }

  choice(): Chosen {
    return {
      kind: this.kind,
      name: this.name,
      address: [...this.#range, ...this.#ids],
      form: this.motion,
      calibration: null,
    };
  }

  show(text: string): void {
    if (text === this.#shown || text === "" || !this.#writer) return;
    this.#shown = text;
    this.#write(numberLine(text));
  }

  #write(line: string): void {
    this.#writer?.write(new TextEncoder().encode(line)).catch(() => {});
  }

  /** Open the port and read it until it is gone or the page has had enough. */
  async #attach(listener: DeviceListener, signal: AbortSignal): Promise<void> {
    if (this.#attaching) return;
    this.#attaching = true;
    const ports = await this.#serial.getPorts();
    const port = ports.find((one) => idsOf(one).join() === this.#ids.join()) ?? ports[0];
    try {
      await port?.open({ baudRate: BAUD });
      if (port?.readable && port.writable && !signal.aborted) await this.#read(port, listener, signal);
    } catch {
      // Not to be opened, or pulled out: a dial that is plugged in again announces itself.
    } finally {
      await port?.close().catch(() => {});
      this.#attaching = false;
    }
  }

  async #read(port: Port, listener: DeviceListener, signal: AbortSignal): Promise<void> {
    const reader = port.readable?.getReader();
    const writer = port.writable?.getWriter();
    if (!reader || !writer) return;
    this.#writer = writer;
    this.#shown = "";
    const lines = new Lines();
    const text = new TextDecoder();
    let heard_ms = Number.NEGATIVE_INFINITY;
    let there = false;
    const cancel = (): void => void reader.cancel().catch(() => {});
    signal.addEventListener("abort", cancel);
    const watch = setInterval(() => {
      if (there && performance.now() - heard_ms > SILENCE_MS) {
        there = false;
        listener.lost(performance.now());
      }
    }, LOOK_MS);
    this.#write(ASK_HELLO);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const t_ms = performance.now();
        for (const line of lines.feed(text.decode(value, { stream: true }))) {
          const said = readLine(line);
          if (!said) continue;
          heard_ms = t_ms;
          const greets = said.kind === "hello";
          if (greets) this.#greet(said);
          if (!there && (greets || this.#name !== "")) {
            there = true;
            listener.found(t_ms);
          }
          if (!there) this.#write(ASK_HELLO);
          else if (said.kind === "value") listener.moved(said.raw, t_ms);
          else if (said.kind === "touch") listener.touched(t_ms);
        }
      }
    } finally {
      clearInterval(watch);
      signal.removeEventListener("abort", cancel);
      this.#writer = null;
      reader.releaseLock();
      writer.releaseLock();
      if (there && !signal.aborted) listener.lost(performance.now());
    }
  }

  #greet(hello: Extract<SerialLine, { kind: "hello" }>): void {
    this.#name = hello.name;
    this.#range = [hello.low, hello.high];
  }
}
