/** The lines a home-built dial and the page exchange; docs/reference/serial-dial.md tells them. */
export const SERIAL_VERSION = 1;
export const ASK_HELLO = "?\n";
const LONGEST_LINE = 120;

export type SerialLine =
  | { readonly kind: "hello"; readonly low: number; readonly high: number; readonly name: string }
  | { readonly kind: "value"; readonly raw: number }
  | { readonly kind: "touch" };

/** The checksum of a line: all its characters, XORed, as two hexadecimal digits. */
export function checksum(text: string): string {
  let sum = 0;
  for (const character of text) sum ^= character.charCodeAt(0);
  return sum.toString(16).toUpperCase().padStart(2, "0");
}

/** What one line says; null for a damaged one, one of another version, and one that means nothing here. */
export function readLine(line: string): SerialLine | null {
  const [text = "", sum, ...more] = line.trim().split("*");
  if (more.length > 0 || (sum !== undefined && sum.toUpperCase() !== checksum(text))) return null;
  if (text === "t") return { kind: "touch" };
  const value = /^v (-?\d{1,7}(?:\.\d{1,6})?)$/.exec(text);
  if (value) return { kind: "value", raw: Number(value[1]) };
  const hello = /^hello dialogram-dial (\d+) (-?\d{1,7}) (-?\d{1,7}) ([\x20-\x7e]{1,60})$/.exec(text);
  if (!hello || Number(hello[1]) !== SERIAL_VERSION) return null;
  const [low, high] = [Number(hello[2]), Number(hello[3])];
  return low === high ? null : { kind: "hello", low, high, name: hello[4] ?? "" };
}

/** The line that tells a dial what number to show. */
export function numberLine(text: string): string {
  return `n ${text.replace("−", "-")}\n`;
}

/** Cuts what comes over the wire into lines; what is too long to be one is thrown away to its end. */
export class Lines {
  #rest = "";
  #spoilt = false;

  feed(chunk: string): string[] {
    const parts = (this.#rest + chunk).split("\n");
    this.#rest = parts.pop() ?? "";
    const lines = parts.filter((part, index) => part.length <= LONGEST_LINE && !(index === 0 && this.#spoilt));
    if (parts.length > 0) this.#spoilt = false;
    if (this.#rest.length > LONGEST_LINE) {
      this.#rest = "";
      this.#spoilt = true;
    }
    return lines;
  }
}
