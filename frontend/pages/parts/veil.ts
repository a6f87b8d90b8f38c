import { marked, write } from "./elements.ts";

export interface Message {
  readonly title: string;
  readonly detail?: string;
  /** The study's help text, where nothing plays any more. */
  readonly help?: string;
  readonly link?: { readonly text: string; readonly url: string };
  readonly act?: { readonly text: string; readonly run: () => void };
}

/** What lies over the film whenever it does not play: one calm sentence, also for who cannot see it. */
export class Veil {
  readonly #veil = marked("veil");
  readonly #title = marked("veil-title");
  readonly #detail = marked("veil-detail");
  readonly #help = marked("veil-help");
  readonly #link = marked<HTMLAnchorElement>("veil-link");
  readonly #act = marked<HTMLButtonElement>("veil-act");

  show({ title, detail = "", help = "", link, act }: Message): void {
    write(this.#title, title);
    write(this.#detail, detail);
    this.#help.hidden = help === "";
    write(this.#help, help);
    this.#link.hidden = !link;
    if (link) {
      this.#link.href = link.url;
      write(this.#link, link.text);
    }
    this.#act.hidden = !act;
    this.#act.onclick = act ? () => act.run() : null;
    write(this.#act, act?.text ?? "");
    this.#veil.classList.add("shown");
  }

  hide(): void {
    this.#veil.classList.remove("shown");
    this.#help.hidden = true;
    this.#link.hidden = true;
    this.#act.hidden = true;
    write(this.#title, "");
    write(this.#detail, "");
  }
}
