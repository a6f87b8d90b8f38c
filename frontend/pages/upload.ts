import { backoff_ms } from "../core/backoff.ts";
import { filled } from "../core/time_text.ts";
import {
  areTheSame,
  bytesOf,
  missingPieces,
  type PartPlan,
  type Piece,
  secondsLeft,
  totalBytes,
} from "../core/upload_plan.ts";
import { sleep, write } from "./parts/elements.ts";

/** The server says no, and why; trying again would not help. */
class RefusedError extends Error {}

interface Begun {
  readonly id: string;
  readonly parts: readonly PartPlan[];
}

class Upload {
  readonly #host: HTMLElement;
  readonly #texts: DOMStringMap;
  readonly #begun: Begun | null;
  #files: File[] = [];

  constructor(host: HTMLElement) {
    this.#host = host;
    this.#texts = host.dataset;
    const page = document.getElementById("upload-begun")?.textContent;
    this.#begun = page ? (JSON.parse(page) as Begun) : null;
    this.#find<HTMLInputElement>("files").addEventListener("change", (event) => {
      this.#files = [...((event.target as HTMLInputElement).files ?? [])];
      this.#showFiles();
    });
    this.#find("send").addEventListener("click", () => void this.#send());
  }

  #find<T extends HTMLElement = HTMLButtonElement>(name: string): T {
    const found = this.#host.querySelector<T>(`[data-${name}]`);
    if (!found) throw new Error(`the upload has no element marked data-${name}`);
    return found;
  }

  #showFiles(): void {
    const list = this.#find<HTMLOListElement>("parts");
    list.replaceChildren(...this.#files.map((file, index) => this.#line(file, index)));
    list.hidden = this.#files.length < 2;
    const same = !this.#begun || areTheSame(this.#files, this.#begun.parts);
    this.#find("send").disabled = this.#files.length === 0 || !same;
    this.#fail(this.#files.length > 0 && !same ? (this.#texts.textOthers ?? "") : "");
  }

  #line(file: File, index: number): HTMLLIElement {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = file.name;
    line.append(name);
    for (const [step, sign, text] of [
      [-1, "↑", this.#texts.textUp],
      [1, "↓", this.#texts.textDown],
    ] as const) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain";
      button.textContent = sign;
      button.setAttribute("aria-label", filled(text ?? "", { name: file.name }));
      button.disabled = this.#files[index + step] === undefined;
      button.addEventListener("click", () => this.#move(index, step));
      line.append(button);
    }
    return line;
  }

  #move(index: number, step: number): void {
    const [file] = this.#files.splice(index, 1);
    if (file) this.#files.splice(index + step, 0, file);
    this.#showFiles();
    this.#find("parts")
      .querySelectorAll("li")
      [index + step]?.querySelector<HTMLButtonElement>("button:not(:disabled)")
      ?.focus();
  }

  async #send(): Promise<void> {
    this.#fail("");
    // Why the file before could not be read would stand beside what is said of this one.
    document.querySelector("[data-failure]")?.remove();
    this.#find("send").disabled = true;
    this.#find<HTMLInputElement>("files").disabled = true;
    this.#find<HTMLElement>("parts").inert = true;
    this.#find<HTMLElement>("progress").hidden = false;
    addEventListener("beforeunload", warn);
    try {
      const begun = this.#begun ?? (await this.#announce());
      const base = `/desk/recordings/${begun.id}`;
      const cancel = this.#find<HTMLFormElement>("cancel");
      cancel.action = `${base}/cancel`;
      cancel.hidden = this.#begun !== null;
      cancel.addEventListener("submit", () => removeEventListener("beforeunload", warn));
      await this.#sendPieces(base, begun.parts);
      const { next } = await this.#post<{ next: string }>(`${base}/uploaded`, "");
      removeEventListener("beforeunload", warn);
      location.assign(next);
    } catch (error) {
      removeEventListener("beforeunload", warn);
      this.#fail(error instanceof RefusedError ? error.message : (this.#texts.textFailed ?? ""));
      this.#find("send").disabled = false;
      this.#find<HTMLInputElement>("files").disabled = false;
      this.#find<HTMLElement>("parts").inert = false;
    }
  }

  async #announce(): Promise<Begun> {
    const files = this.#files.map(({ name, size }) => ({ name, size }));
    const { id } = await this.#post<{ id: string }>(this.#texts.session ?? "", JSON.stringify({ files }));
    return { id, parts: files.map((file) => ({ ...file, received: [] })) };
  }

  async #sendPieces(base: string, parts: readonly PartPlan[]): Promise<void> {
    const pieces = missingPieces(parts);
    const total = totalBytes(parts);
    const due = bytesOf(pieces);
    const began_ms = performance.now();
    let sent = 0;
    for (const piece of pieces) {
      this.#show(piece, { sent, due, total, elapsed_ms: performance.now() - began_ms });
      await this.#sendPiece(base, piece);
      sent += piece.end - piece.start;
    }
    this.#find<HTMLElement>("progress").querySelector("progress")?.setAttribute("value", "1");
  }

  async #sendPiece(base: string, { part, piece, start, end }: Piece): Promise<void> {
    const file = this.#files[part];
    if (!file) throw new RefusedError(this.#texts.textOthers);
    await this.#post(`${base}/parts/${part}/pieces/${piece}`, file.slice(start, end));
  }

  #show(piece: Piece, { sent, due, total, elapsed_ms }: Record<"sent" | "due" | "total" | "elapsed_ms", number>): void {
    const share = (total - due + sent) / total;
    this.#find<HTMLElement>("progress").querySelector("progress")?.setAttribute("value", share.toFixed(4));
    const left_s = secondsLeft(sent, due - sent, elapsed_ms);
    const percent = Math.floor(share * 100);
    const minutes = Math.ceil((left_s ?? 0) / 60);
    const time = (left_s ?? 0) < 60 ? this.#texts.textSeconds : filled(this.#texts.textMinutes ?? "", { n: minutes });
    const shape = (left_s === null ? this.#texts.textPercent : this.#texts.textLeft) ?? "";
    const name = filled(this.#texts.textSending ?? "", { name: this.#files[piece.part]?.name ?? "" });
    write(this.#find<HTMLElement>("status"), `${name} · ${filled(shape, { percent, time: time ?? "" })}`);
  }

  /** Send until it is answered; a broken connection is waited out, a refusal is not. */
  async #post<T>(url: string, body: Blob | string): Promise<T> {
    for (let failures = 1; ; failures += 1) {
      const answer = await this.#tryPost(url, body);
      if (answer?.ok) return (await answer.json()) as T;
      if (answer && answer.status < 500) throw new RefusedError(await this.#reason(answer));
      if (answer?.status === 507) throw new RefusedError(await this.#reason(answer));
      write(this.#find<HTMLElement>("status"), this.#texts.textAgain ?? "");
      await sleep(backoff_ms(failures));
    }
  }

  async #tryPost(url: string, body: Blob | string): Promise<Response | null> {
    try {
      return await fetch(url, {
        method: "POST",
        body,
        redirect: "error",
        headers: { "X-CSRFToken": this.#texts.csrf ?? "", "Content-Type": "application/octet-stream" },
      });
    } catch {
      return null;
    }
  }

  async #reason(answer: Response): Promise<string> {
    try {
      return ((await answer.json()) as { message: string }).message;
    } catch {
      return this.#texts.textFailed ?? "";
    }
  }

  #fail(message: string): void {
    const place = this.#find<HTMLElement>("error");
    write(place, message);
    place.hidden = message === "";
  }
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

const host = document.querySelector<HTMLElement>("[data-upload]");
if (host) new Upload(host);
