import type { Texts } from "../../core/page_data.ts";
import type { PhoneLine } from "../../media/phone_line.ts";
import { marked, write } from "./elements.ts";
import type { RateText } from "./rate_texts.ts";

/** The panel that shows a phone the way in. */
export class PhonePanel {
  readonly #line: PhoneLine;
  readonly #texts: Texts<RateText>;
  readonly #dialog = marked<HTMLDialogElement>("phone-panel");
  readonly #code = marked<HTMLImageElement>("phone-code");
  readonly #how = marked("phone-how");

  constructor(line: PhoneLine, texts: Texts<RateText>) {
    this.#line = line;
    this.#texts = texts;
    this.#dialog.addEventListener("close", () => this.#code.removeAttribute("src"));
  }

  async open(): Promise<void> {
    if (!this.#dialog.open) this.#dialog.showModal();
    const offer = await this.#line.offer();
    this.#code.hidden = !offer;
    write(this.#how, offer ? `${this.#texts.phone_how} ${this.#texts.phone_once}` : this.#texts.phone_failed);
    write(marked("phone-address"), offer?.address ?? "");
    write(marked("phone-trust"), offer ? new URL("/trust", offer.address).href : "");
    if (offer) this.#code.src = offer.picture;
  }

  close(): void {
    this.#dialog.close();
  }
}
