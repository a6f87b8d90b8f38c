import { expect, test } from "vitest";
import { type Collection, fieldsOf, HidKnob, type ReportItem, readField } from "./hid_report.ts";

const PADDING = { isAbsolute: true, isConstant: true, reportSize: 7, reportCount: 1 };

function item(usage: number, more: Partial<ReportItem>): ReportItem {
  return { isAbsolute: true, isArray: false, isRange: false, usages: [usage], reportCount: 1, ...more };
}

function collection(items: readonly ReportItem[], reportId = 1): Collection[] {
  return [{ children: [{ inputReports: [{ reportId, items }] }], inputReports: [] }];
}

/** As a desktop rotary dial declares itself: a button, then 15 bits of tenths of a degree. */
const ROTARY = collection([
  item(0x0009_0001, { reportSize: 1, logicalMinimum: 0, logicalMaximum: 1 }),
  item(0x0001_0037, {
    isAbsolute: false,
    reportSize: 15,
    logicalMinimum: -3600,
    logicalMaximum: 3600,
    physicalMinimum: -3600,
    physicalMaximum: 3600,
    unitSystem: "english-rotation",
    unitExponent: -1,
  }),
]);

/** A report of the rotary dial: its button, and how far it was turned. */
function rotary(turned: number, button: 0 | 1 = 0): Uint8Array {
  const word = ((turned & 0x7fff) << 1) | button;
  return Uint8Array.from([word & 0xff, word >> 8]);
}

test("a rotary dial is read by its own declaration, in degrees", () => {
  const knob = new HidKnob(ROTARY);
  expect(knob.is_knob).toBe(true);
  expect(knob.range).toBeNull();
  expect(knob.read(1, rotary(100))).toEqual([{ kind: "degrees", turned: 10 }]);
  expect(knob.read(1, rotary(-3600))).toEqual([{ kind: "degrees", turned: -360 }]);
  expect(knob.read(1, rotary(0))).toEqual([]);
  expect(knob.read(2, rotary(100))).toEqual([]);
  expect(knob.read(1, Uint8Array.from([1]))).toEqual([{ kind: "touch" }]);
});

test("a button is a touch when it goes down, not while it stays", () => {
  const knob = new HidKnob(ROTARY);
  expect(knob.read(1, rotary(0, 1))).toEqual([{ kind: "touch" }]);
  expect(knob.read(1, rotary(50, 1))).toEqual([{ kind: "degrees", turned: 5 }]);
  expect(knob.read(1, rotary(0, 0))).toEqual([]);
  expect(knob.read(1, rotary(0, 1))).toEqual([{ kind: "touch" }]);
});

test("a volume knob of single bits turns by detents", () => {
  const bits = (usage: number): ReportItem => item(usage, { reportSize: 1, logicalMinimum: 0, logicalMaximum: 1 });
  const knob = new HidKnob(collection([bits(0x000c_00e9), bits(0x000c_00ea), PADDING], 3));
  expect(knob.read(3, Uint8Array.from([0b01]))).toEqual([{ kind: "detents", turned: 1 }]);
  expect(knob.read(3, Uint8Array.from([0b01]))).toEqual([]);
  expect(knob.read(3, Uint8Array.from([0b00]))).toEqual([]);
  expect(knob.read(3, Uint8Array.from([0b10]))).toEqual([{ kind: "detents", turned: -1 }]);
});

test("a volume knob that names the key it pressed turns by detents too", () => {
  const keys: ReportItem = {
    isArray: true,
    isRange: true,
    usageMinimum: 0x000c_0000,
    usageMaximum: 0x000c_03ff,
    logicalMinimum: 0,
    logicalMaximum: 0x3ff,
    reportSize: 16,
    reportCount: 1,
  };
  const knob = new HidKnob(collection([keys]));
  expect(knob.read(1, Uint8Array.from([0xe9, 0x00]))).toEqual([{ kind: "detents", turned: 1 }]);
  expect(knob.read(1, Uint8Array.from([0x00, 0x00]))).toEqual([]);
  expect(knob.read(1, Uint8Array.from([0xea, 0x00]))).toEqual([{ kind: "detents", turned: -1 }]);
  expect(knob.read(1, Uint8Array.from([0xcd, 0x00]))).toEqual([]);
});

test("a knob that stands somewhere has ends and says where", () => {
  const knob = new HidKnob(
    collection([item(0x0001_0037, { reportSize: 16, logicalMinimum: 0, logicalMaximum: 4095 })]),
  );
  expect(knob.range).toEqual([0, 4095]);
  expect(knob.read(1, Uint8Array.from([0xff, 0x0f]))).toEqual([{ kind: "position", raw: 4095 }]);
});

test("what has nothing to turn is no knob", () => {
  expect(new HidKnob([]).is_knob).toBe(false);
  expect(new HidKnob(collection([item(0x000c_00e9, { reportSize: 1 })])).is_knob).toBe(false);
  expect(new HidKnob([{}]).is_knob).toBe(false);
});

test("a field lies where its bits are, across bytes and with a sign", () => {
  const [field] = fieldsOf(ROTARY, 0x0001_0037);
  expect(field).toMatchObject({ report_id: 1, bit: 1, size: 15, is_signed: true });
  if (!field) return;
  for (let value = -3600; value <= 3600; value += 1) expect(readField(field, rotary(value))).toBe(value);
  expect(readField(field, Uint8Array.from([0]))).toBeNull();
});
