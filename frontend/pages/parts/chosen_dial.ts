import type { Chosen } from "../../core/devices/chosen.ts";
import type { DialPageData } from "../../core/page_data.ts";
import type { DeviceFacts } from "../../core/protocol.ts";
import type { DialDevice } from "../../dial/devices/device.ts";
import { drive } from "../../dial/devices/driver.ts";
import { openDevice, remembered } from "../../dial/devices/open.ts";
import type { Dial } from "../../dial/dial.ts";
import type { DeviceText } from "./device_texts.ts";
import { marked } from "./elements.ts";
import type { Message } from "./veil.ts";

type Page = DialPageData<DeviceText>;

/** The dial that was chosen in this browser, on a page that plays the recording to it. */
export class ChosenDial {
  readonly #page: Page;
  readonly #device: DialDevice;
  readonly #chosen: Chosen;
  #away = false;
  #release: () => void = () => {};

  private constructor(page: Page, device: DialDevice, chosen: Chosen) {
    this.#page = page;
    this.#device = device;
    this.#chosen = chosen;
  }

  /** Open what was chosen; null where that is the dial on the screen. */
  static async open(page: Page): Promise<ChosenDial | null> {
    const chosen = remembered(page.dials);
    if (!chosen) return null;
    const device = await openDevice(chosen.kind, { scale: page.scale, stage: marked("stage") }, chosen);
    return new ChosenDial(page, device, chosen);
  }

  get name(): string {
    return this.#device.name;
  }

  /** What the event log is told of it. */
  get facts(): DeviceFacts {
    const { low, high, step } = this.#page.scale;
    const { kind, name, resolution } = this.#device;
    const calibration = this.#chosen.calibration ?? this.#device.calibration;
    const facts = { kind, name, resolution: Math.max(step, resolution * (high - low)) };
    return calibration ? { ...facts, calibration } : facts;
  }

  /** Let it turn the dial; `onPresence` is called as it comes and goes. */
  drive(
    dial: Dial,
    { resting, onPresence }: { resting: () => boolean; onPresence: (there: boolean, t_ms: number) => void },
  ): void {
    this.#release = drive({
      device: this.#device,
      dial,
      calibration: () => this.#chosen.calibration,
      resting,
      onPresence: (there, t_ms) => {
        this.#away = !there;
        onPresence(there, t_ms);
      },
    });
  }

  letGo(): void {
    this.#release();
  }

  /** What is to be said instead, while it is away. */
  reword(message: Message): Message {
    const { texts } = this.#page;
    if (!this.#away) return message;
    return this.#device.kind === "mouse-lock"
      ? { title: texts.mouse_free, detail: texts.mouse_free_how }
      : { title: texts.device_lost, detail: texts.device_lost_how };
  }
}
