/** The element a template marked with data-<name>. */
export function marked<T extends HTMLElement>(name: string): T {
  const found = document.querySelector<T>(`[data-${name}]`);
  if (!found) throw new Error(`the page has no element marked data-${name}`);
  return found;
}

/** Write a text only when it changed: a browser lays out, and a screen reader reads, what is written. */
export function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function pageJson(): string {
  return document.getElementById("page-data")?.textContent ?? "";
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
