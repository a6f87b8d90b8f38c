import type { OutboxSnapshot } from "../../core/outbox.ts";
import type { Texts } from "../../core/page_data.ts";
import { clockText, filled, minutesLeft } from "../../core/time_text.ts";
import { marked, write } from "./elements.ts";
import type { RateText } from "./rate_texts.ts";

/** "31 minutes left · saved to 18:42": always true, never urgent. */
export class StatusLine {
  readonly #texts: Texts<RateText>;
  readonly #start_s: number;
  readonly #end_s: number;
  readonly #left = marked("left");
  readonly #saved = marked("saved");
  readonly #memory = marked("memory");
  readonly #announced = marked("announced");
  #troubled = false;

  constructor(parts: { texts: Texts<RateText>; start_s: number; end_s: number }) {
    this.#texts = parts.texts;
    this.#start_s = parts.start_s;
    this.#end_s = parts.end_s;
  }

  showLeft(position_s: number): void {
    const n = minutesLeft(this.#end_s - position_s);
    write(this.#left, filled(n === 1 ? this.#texts.minutes_left_one : this.#texts.minutes_left_many, { n }));
  }

  showSaved({ trouble, saved_to_s, lasting }: OutboxSnapshot): void {
    const texts = this.#texts;
    this.#saved.classList.toggle("troubled", trouble !== null);
    if (trouble) write(this.#saved, trouble === "refused" ? texts.not_allowed : texts.not_saved);
    else {
      const saved_s = (saved_to_s ?? this.#start_s) - this.#start_s;
      write(this.#saved, saved_s < 1 ? "" : filled(texts.saved_to, { time: clockText(saved_s) }));
    }
    // Said aloud only when it changes sides, not every two seconds.
    if (trouble) write(this.#announced, this.#saved.textContent ?? "");
    else if (this.#troubled) write(this.#announced, texts.saved_again);
    this.#troubled = trouble !== null;
    this.#memory.hidden = lasting;
    write(this.#memory, lasting ? "" : texts.in_memory);
  }
}
