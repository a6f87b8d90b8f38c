/** What WebHID tells of a device's reports: the part of it that is read here. */
export interface ReportItem {
  readonly isAbsolute?: boolean;
  readonly isArray?: boolean;
  readonly isRange?: boolean;
  readonly usages?: readonly number[];
  readonly usageMinimum?: number;
  readonly usageMaximum?: number;
  readonly reportSize?: number;
  readonly reportCount?: number;
  readonly logicalMinimum?: number;
  readonly logicalMaximum?: number;
  readonly physicalMinimum?: number;
  readonly physicalMaximum?: number;
  readonly unitExponent?: number;
  readonly unitSystem?: string;
}

export interface Collection {
  readonly children?: readonly Collection[];
  readonly inputReports?: readonly { readonly reportId?: number; readonly items?: readonly ReportItem[] }[];
}

const DIAL = 0x0001_0037;
const WHEEL = 0x0001_0038;
const BUTTON_1 = 0x0009_0001;
const VOLUME_UP = 0x000c_00e9;
const VOLUME_DOWN = 0x000c_00ea;
export const SYSTEM_MULTI_AXIS = { usagePage: 0x01, usage: 0x0e };
export const CONSUMER_CONTROL = { usagePage: 0x0c, usage: 0x01 };

/** A field of a report: where its bits lie and how they are to be read. */
export interface Field {
  readonly report_id: number;
  readonly bit: number;
  readonly size: number;
  readonly is_signed: boolean;
  readonly item: ReportItem;
}

function usageAt(item: ReportItem, index: number): number | undefined {
  if (item.isRange) return (item.usageMinimum ?? 0) + index;
  const { usages = [] } = item;
  return usages[Math.min(index, usages.length - 1)];
}

function lists(item: ReportItem, usage: number): boolean {
  if (item.isRange) return usage >= (item.usageMinimum ?? 0) && usage <= (item.usageMaximum ?? 0);
  return (item.usages ?? []).includes(usage);
}

/** All fields with a usage, in the order in which the device declares them; an array field carries several usages. */
export function fieldsOf(collections: readonly Collection[], usage: number): Field[] {
  const found: Field[] = [];
  for (const { children = [], inputReports = [] } of collections) {
    for (const { reportId = 0, items = [] } of inputReports) {
      let bit = 0;
      for (const item of items) {
        const { reportSize: size = 0, reportCount: count = 0 } = item;
        for (let index = 0; index < count; index += 1, bit += size) {
          const hit = item.isArray ? lists(item, usage) : usageAt(item, index) === usage;
          if (hit) found.push({ report_id: reportId, bit, size, is_signed: (item.logicalMinimum ?? 0) < 0, item });
        }
      }
    }
    found.push(...fieldsOf(children, usage));
  }
  return found;
}

/** The number in a field: little-endian, lowest bit first; null where the report is too short. */
export function readField({ bit, size, is_signed }: Field, report: Uint8Array): number | null {
  if (size < 1 || size > 32 || bit + size > report.length * 8) return null;
  let value = 0;
  for (let index = 0; index < size; index += 1) {
    const byte = report[(bit + index) >> 3] ?? 0;
    if ((byte >> ((bit + index) & 7)) & 1) value += 2 ** index;
  }
  return is_signed && value >= 2 ** (size - 1) ? value - 2 ** size : value;
}

/** What one report says about the knob. */
export type HidInput =
  | { readonly kind: "position"; readonly raw: number }
  | { readonly kind: "degrees"; readonly turned: number }
  | { readonly kind: "detents"; readonly turned: number }
  | { readonly kind: "touch" };

/** Degrees that one count stands for, where the device declares its unit; else null: a count is a detent. */
function degreesPerCount({ item }: Field): number | null {
  const { physicalMinimum = 0, physicalMaximum = 0, logicalMinimum = 0, logicalMaximum = 0 } = item;
  const span = physicalMaximum - physicalMinimum;
  if (item.unitSystem !== "english-rotation" || span <= 0 || logicalMaximum <= logicalMinimum) return null;
  return (span * 10 ** (item.unitExponent ?? 0)) / (logicalMaximum - logicalMinimum);
}

/** Reads the reports of a rotary dial or a volume knob by what the device itself declares. */
export class HidKnob {
  readonly #dial: Field | undefined;
  readonly #button: Field | undefined;
  readonly #up: Field | undefined;
  readonly #down: Field | undefined;
  readonly #held = new Map<Field, boolean>();

  constructor(collections: readonly Collection[]) {
    const first = (usage: number): Field | undefined => fieldsOf(collections, usage)[0];
    this.#dial = first(DIAL) ?? first(WHEEL);
    this.#button = this.#dial && first(BUTTON_1);
    this.#up = this.#dial ? undefined : first(VOLUME_UP);
    this.#down = this.#dial ? undefined : first(VOLUME_DOWN);
  }

  /** Whether there is anything to turn. */
  get is_knob(): boolean {
    return this.#dial !== undefined || (this.#up !== undefined && this.#down !== undefined);
  }

  /** The ends of a knob that stands somewhere; null for one that only tells how far it was turned. */
  get range(): readonly [number, number] | null {
    const item = this.#dial?.item;
    return item?.isAbsolute ? [item.logicalMinimum ?? 0, item.logicalMaximum ?? 0] : null;
  }

  read(report_id: number, report: Uint8Array): HidInput[] {
    const inputs: HidInput[] = [];
    const dial = this.#dial;
    const counted = dial?.report_id === report_id ? readField(dial, report) : null;
    if (dial && counted !== null) {
      const degrees = degreesPerCount(dial);
      if (dial.item.isAbsolute) inputs.push({ kind: "position", raw: counted });
      else if (counted !== 0 && degrees !== null) inputs.push({ kind: "degrees", turned: counted * degrees });
      else if (counted !== 0) inputs.push({ kind: "detents", turned: counted });
    }
    if (this.#pressed(this.#button, BUTTON_1, report_id, report)) inputs.push({ kind: "touch" });
    if (this.#pressed(this.#up, VOLUME_UP, report_id, report)) inputs.push({ kind: "detents", turned: 1 });
    if (this.#pressed(this.#down, VOLUME_DOWN, report_id, report)) inputs.push({ kind: "detents", turned: -1 });
    return inputs;
  }

  /** Whether a button went down with this report. */
  #pressed(field: Field | undefined, usage: number, report_id: number, report: Uint8Array): boolean {
    if (!field || field.report_id !== report_id) return false;
    const value = readField(field, report);
    if (value === null) return false;
    // An array holds the number of the button that is down, counted from its first usage.
    const { isArray, isRange, usageMinimum = 0, logicalMinimum = 0, usages = [] } = field.item;
    const named = isRange ? usageMinimum + value - logicalMinimum : usages[value - logicalMinimum];
    const is_down = isArray ? named === usage : value !== 0;
    const was_down = this.#held.get(field) ?? false;
    this.#held.set(field, is_down);
    return is_down && !was_down;
  }
}
