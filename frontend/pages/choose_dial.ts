import "./base.css";
import "./room.css";
import "./dial.css";
import "./choose_dial.css";
import { Calibrating } from "../core/devices/calibrating.ts";
import type { Calibration } from "../core/devices/calibration.ts";
import { type Chosen, DEVICE_KINDS, type DeviceKind } from "../core/devices/chosen.ts";
import { MIDI_FORMS } from "../core/devices/midi.ts";
import { type DialPageData, readPageData } from "../core/page_data.ts";
import { filled } from "../core/time_text.ts";
import type { DialDevice } from "../dial/devices/device.ts";
import { drive } from "../dial/devices/driver.ts";
import { isReachable, openDevice, remember, remembered } from "../dial/devices/open.ts";
import { Dial } from "../dial/dial.ts";
import { CHOOSE_DIAL_TEXTS, type ChooseDialText } from "./parts/choose_dial_texts.ts";
import { marked, pageJson, write } from "./parts/elements.ts";

/** Ways a device may write its values, where it cannot say so itself. */
const FORMS: Partial<Record<DeviceKind, readonly string[]>> = { gamepad: ["spring", "position"], midi: MIDI_FORMS };
/** Kinds the browser asks for in a window of its own. */
const ASKED: readonly DeviceKind[] = ["midi", "hid", "serial"];

const page = readPageData<DialPageData<ChooseDialText>>(pageJson(), CHOOSE_DIAL_TEXTS);
const { texts, scale } = page;
const stage = marked("stage");
const connect = marked<HTMLButtonElement>("connect");
const adjust = marked<HTMLDetailsElement>("adjust");
const form = marked<HTMLSelectElement>("form");
const zone = marked<HTMLInputElement>("zone");
const setter = marked<HTMLButtonElement>("set");
const radios = [...document.querySelectorAll<HTMLInputElement>("input[name=dial]")];
const dial = new Dial({
  host: marked("dial"),
  stage,
  scale,
  value: scale.neutral,
  display: page.display,
  texts: { label: texts.dial_label, less: texts.dial_less, more: texts.dial_more },
  onHand: () => {},
});

/** What is being tried: replaced whole when something else is chosen. */
let device: DialDevice | null = null;
let there = false;
let reading: number | null = null;
let calibration: Calibration | null = null;
let calibrating: Calibrating | null = null;
let release: () => void = () => {};
let tries = 0;

function say(text: string): void {
  write(marked("told"), text);
}

function presence({ kind, name }: DialDevice): string {
  if (kind === "mouse-lock") return there ? texts.mouse_free_how : `${texts.mouse_free}. ${texts.mouse_free_how}`;
  if (there) return name === "" ? texts.turn_it : filled(texts.ready, { name });
  return kind === "gamepad" ? texts.move_it : texts.connect_it;
}

/** Remember what works: only a device that is there, and of several knobs the one that was turned. */
function keep(): void {
  if (device && there && device.name !== "") remember({ ...device.choice(), calibration });
}

function showPresence(): void {
  if (!device) return;
  say(presence(device));
  connect.hidden = there || !ASKED.includes(device.kind);
}

function showAdjustments(): void {
  const readings = calibration ?? device?.calibration ?? null;
  marked("readings").hidden = !readings;
  adjust.hidden = !readings && form.options.length === 0;
  zone.value = String(Math.round((readings?.dead_zone ?? 0) * 100));
  write(marked("zone-told"), filled(texts.share, { n: zone.value }));
}

async function tryOut(kind: DeviceKind | null, chosen: Chosen | null): Promise<void> {
  tries += 1;
  const mine = tries;
  release();
  [device, there, reading, calibrating, calibration] = [null, false, null, null, chosen?.calibration ?? null];
  setter.textContent = setter.dataset.begin ?? "";
  write(marked("set-told"), "");
  const opened = kind && (await openDevice(kind, { scale, stage }, chosen));
  if (mine !== tries) return;
  const forms = (kind && FORMS[kind]) ?? [];
  form.replaceChildren(...forms.map((name) => new Option(texts[`form_${name}` as ChooseDialText], name)));
  if (forms.length > 0) form.value = opened?.choice().form ?? "";
  marked("forms").hidden = forms.length === 0;
  device = opened;
  connect.hidden = true;
  showAdjustments();
  if (!opened) {
    say(texts.screen_ready);
    release = () => {};
    return;
  }
  release = drive({
    device: opened,
    dial,
    calibration: () => calibration,
    resting: () => true,
    onPresence: (present) => {
      there = present;
      showPresence();
      showAdjustments();
      keep();
    },
    onReading: (raw) => {
      const first = reading === null;
      reading = raw;
      if (first) {
        showPresence();
        showAdjustments();
        keep();
      }
    },
  });
}

/** One press a reading: low end, high end, middle. */
function setReading(): void {
  if (calibrating && reading === null) {
    write(marked("set-told"), texts.set_turn_first);
    return;
  }
  if (calibrating && reading !== null) calibrating.set(reading);
  else calibrating = new Calibrating(Number(zone.value) / 100);
  const { end } = calibrating;
  const labels = { low: scale.low_label, high: scale.high_label, neutral: scale.neutral_label };
  const asks = { low: texts.set_low, high: texts.set_high, neutral: texts.set_neutral };
  if (end) {
    write(marked("set-told"), filled(asks[end], { label: labels[end] }));
    setter.textContent = setter.dataset.next ?? "";
    return;
  }
  const found = calibrating.calibration;
  calibrating = null;
  setter.textContent = setter.dataset.begin ?? "";
  write(marked("set-told"), found ? texts.set_done : texts.set_again);
  if (found) calibration = found;
  keep();
}

function choose(value: string): void {
  const kind = DEVICE_KINDS.find((known) => known === value) ?? null;
  const before = kind && remembered([kind]);
  // What was set up before is forgotten: should the new choice not work, the dial on the screen does.
  if (!before) remember(null);
  void tryOut(kind, before);
}

for (const radio of radios) {
  const kind = DEVICE_KINDS.find((known) => known === radio.value);
  if (kind && !isReachable(kind)) {
    radio.disabled = true;
    const hint = radio.parentElement?.querySelector("small");
    if (hint) write(hint, texts.not_reachable);
  }
  radio.addEventListener("change", () => choose(radio.value));
}
connect.addEventListener("click", async () => {
  if (!device) return;
  const asked = device;
  try {
    await asked.ask();
  } catch {
    say(texts.not_there);
    return;
  }
  if (asked === device) await tryOut(asked.kind, asked.choice());
});
form.addEventListener("change", () => {
  if (device) void tryOut(device.kind, { ...device.choice(), form: form.value, calibration: null });
});
zone.addEventListener("input", () => {
  const readings = calibration ?? device?.calibration;
  if (readings) calibration = { ...readings, dead_zone: Number(zone.value) / 100 };
  write(marked("zone-told"), filled(texts.share, { n: zone.value }));
  keep();
});
setter.addEventListener("click", setReading);

dial.enabled = true;
const before = remembered(page.dials);
for (const radio of radios) radio.checked = radio.value === (before?.kind ?? "screen");
void tryOut(before?.kind ?? null, before);
