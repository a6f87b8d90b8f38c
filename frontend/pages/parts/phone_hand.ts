import type { RatePageData } from "../../core/page_data.ts";
import type { Dial } from "../../dial/dial.ts";
import { PhoneLine } from "../../media/phone_line.ts";
import type { Recorder } from "../../media/recorder.ts";
import { marked, write } from "./elements.ts";
import { PhoneDial } from "./phone_dial.ts";
import { PhonePanel } from "./phone_panel.ts";
import type { RateText } from "./rate_texts.ts";

export interface PhoneHandParts {
  readonly page: RatePageData<RateText>;
  readonly recorder: Recorder;
  readonly dial: Dial;
  /** A phone is asked for: the film should wait. */
  readonly asked: () => void;
  readonly found: () => void;
  readonly touched: () => void;
  readonly lost: () => void;
  /** The dial on the screen is wanted again. */
  readonly left: () => void;
}

/** The button, the panel and the dial on the screen, while a phone is asked for, is the dial, is lost, is left. */
export class PhoneHand {
  readonly #phone: PhoneDial;
  readonly #parts: PhoneHandParts;
  readonly #panel: PhonePanel;
  readonly #button = marked<HTMLButtonElement>("phone");
  readonly #host = marked("dial");

  constructor(parts: PhoneHandParts) {
    this.#parts = parts;
    const { page, recorder, dial, touched, lost } = parts;
    const line = new PhoneLine(page.base, page.csrf);
    this.#panel = new PhonePanel(line, page.texts);
    this.#phone = new PhoneDial({
      line,
      note: (event) => recorder.note(event),
      onFound: (value) => this.#take(value),
      onTouched: touched,
      onTurned: (value) => {
        recorder.follow(value);
        dial.set(value);
      },
      onLost: () => {
        recorder.follow(null);
        lost();
      },
    });
    this.#button.disabled = true;
    this.#button.addEventListener("click", () => (this.#phone.taken ? this.#leave() : this.#ask()));
  }

  /** Whether a phone is the dial and is heard. */
  get found(): boolean {
    return this.#phone.found;
  }

  /** Whether a phone is the dial, heard or not. */
  get taken(): boolean {
    return this.#phone.taken;
  }

  /** Whether a phone is the dial and is not heard. */
  get lost(): boolean {
    return this.#phone.taken && !this.#phone.found;
  }

  /** The log is open: a phone may be asked for, and one that was the dial before a reload is looked for. */
  begin(): void {
    this.#button.disabled = false;
    void this.#phone.seek();
  }

  /** The log is about to be closed. */
  close(): void {
    this.#button.disabled = true;
    this.#phone.close();
  }

  /** Whoever stops lets the phone go too. */
  release(): void {
    if (this.#phone.wanted) this.#phone.leave();
  }

  /** Wait until the phone, if there was one, has sent everything. */
  settled(): Promise<void> {
    return this.#phone.settled();
  }

  #ask(): void {
    this.#parts.asked();
    this.#phone.want();
    void this.#panel.open();
  }

  #take(value: number | null): void {
    const { dial, recorder, page, found } = this.#parts;
    this.#panel.close();
    dial.enabled = false;
    this.#host.classList.add("followed");
    write(this.#button, page.texts.use_screen);
    recorder.follow(value);
    if (value !== null) dial.set(value);
    found();
  }

  #leave(): void {
    this.#phone.leave();
    this.#host.classList.remove("followed");
    write(this.#button, this.#parts.page.texts.use_phone);
    this.#parts.recorder.follow(null);
    this.#parts.left();
  }
}
