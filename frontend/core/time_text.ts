/** Minutes and seconds, e.g. 18:42; sessions are told in minutes even beyond the hour. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Whole minutes left, rounded up, so that "1" lasts until the end. */
export function minutesLeft(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / 60 - 1e-6));
}

/** A text with its {placeholders} filled in. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
