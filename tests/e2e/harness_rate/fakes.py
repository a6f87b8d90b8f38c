"""Devices that are not there: what a browser would tell of them, driven from `window.fake` on the page.

Each has ``to(value, from)`` (turn the dial from a value to another), ``lose()``, ``find()`` and ``touch()``.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

GAMEPAD = """
const pad = { id: "Fake stick", index: 0, connected: true, axes: [0, 0], buttons: [{ pressed: false }], timestamp: 1 };
let there = true;
navigator.getGamepads = () => [there ? { ...pad, axes: [...pad.axes], buttons: [{ ...pad.buttons[0] }] } : null];
const set = (raw) => { pad.axes[0] = raw; pad.timestamp = performance.now(); };
window.fake = {
  to: (value) => set(value / 50 - 1),
  push: set,
  lose: () => { there = false; },
  find: () => { there = true; },
  touch: () => { pad.buttons[0].pressed = true; setTimeout(() => { pad.buttons[0].pressed = false; }, 100); },
};
"""

MIDI = """
const input = Object.assign(new EventTarget(), { name: "Fake knobs", state: "connected" });
const access = Object.assign(new EventTarget(), { inputs: new Map([["1", input]]) });
navigator.requestMIDIAccess = async () => access;
const send = (...data) => input.dispatchEvent(Object.assign(new Event("midimessage"), { data: Uint8Array.from(data) }));
const state = (now) => { input.state = now; access.dispatchEvent(new Event("statechange")); };
const forms = {
  "7-bit": (value) => send(0xb0, 7, Math.round(value * 1.27)),
  "14-bit": (value) => {
    const raw = Math.round(value * 163.83);
    send(0xb0, 7, raw >> 7);
    send(0xb0, 39, raw & 127);
  },
  "twos-complement": (value, from) => {
    for (let at = from; at !== value; at += Math.sign(value - at)) send(0xb0, 7, value > at ? 1 : 127);
  },
};
window.fake = {
  to: (value, from) => { send(0xb0, 9, 3); forms[FORM](value, from); },
  lose: () => state("disconnected"),
  find: () => state("connected"),
};
"""

HID = """
const items = [
  { isAbsolute: true, usages: [0x00090001], reportSize: 1, reportCount: 1, logicalMinimum: 0, logicalMaximum: 1 },
  { isAbsolute: false, usages: [0x00010037], reportSize: 15, reportCount: 1, logicalMinimum: -3600,
    logicalMaximum: 3600, physicalMinimum: -3600, physicalMaximum: 3600, unitSystem: "english-rotation",
    unitExponent: -1 },
];
const device = Object.assign(new EventTarget(), {
  vendorId: 1, productId: 2, productName: "Fake wheel", opened: false,
  collections: [{ usagePage: 1, usage: 14, children: [], inputReports: [{ reportId: 1, items }] }],
  open: async () => { device.opened = true; },
  close: async () => { device.opened = false; },
});
let there = GRANTED;
const hid = Object.assign(new EventTarget(), {
  getDevices: async () => (there ? [device] : []),
  requestDevice: async () => { there = true; return [device]; },
});
Object.defineProperty(navigator, "hid", { value: hid });
const plug = (now) => {
  there = now;
  device.opened = false;
  hid.dispatchEvent(Object.assign(new Event(now ? "connect" : "disconnect"), { device }));
};
const report = (turned, button) => {
  const word = ((turned & 0x7fff) << 1) | button;
  const data = new DataView(Uint8Array.from([word & 255, word >> 8]).buffer);
  if (device.opened) device.dispatchEvent(Object.assign(new Event("inputreport"), { reportId: 1, data }));
};
window.fake = {
  to: (value, from) => {
    for (let at = from; at !== value; at += Math.sign(value - at)) report(value > at ? 18 : -18, 0);
  },
  lose: () => plug(false),
  find: () => plug(true),
  touch: () => { report(0, 1); report(0, 0); },
};
"""

SERIAL = """
let raw = 512, there = true, stream = null;
const told = [];
const port = {
  readable: null, writable: null,
  async open() {
    if (!there) throw new DOMException("no port", "NetworkError");
    port.readable = new ReadableStream({ start: (controller) => { stream = controller; } });
    port.writable = new WritableStream({ write: (bytes) => {
      const line = new TextDecoder().decode(bytes);
      told.push(line);
      if (line === "?\\n") say("hello dialogram-dial 1 0 1023 Fake dial");
    } });
  },
  async close() { stream = null; },
  getInfo: () => ({ usbVendorId: 9025, usbProductId: 67 }),
};
const other = { ...port, open: async () => {}, getInfo: () => ({}) };
const sum = (text) => [...text].reduce((all, c) => all ^ c.charCodeAt(0), 0).toString(16).padStart(2, "0");
const say = (text) => stream?.enqueue(new TextEncoder().encode(`${text}*${sum(text)}\\r\\n`));
setInterval(() => { if (there) say(`v ${raw + (Math.random() < 0.5 ? 0 : 1)}`); }, 100);
const serial = Object.assign(new EventTarget(), { getPorts: async () => [other, port], requestPort: async () => port });
Object.defineProperty(navigator, "serial", { value: serial });
window.fake = {
  told,
  to: (value) => { raw = Math.round(value * 10.23); say(`v ${raw}`); say("v 7*00"); say("noise"); },
  lose: () => { there = false; stream?.error(new DOMException("gone", "NetworkError")); stream = null; },
  find: () => { there = true; serial.dispatchEvent(new Event("connect")); },
  mute: () => { there = false; },
  touch: () => say("t"),
};
"""


@dataclass(frozen=True)
class Fake:
    """A device, as it was chosen in this browser."""

    kind: str
    name: str
    script: str
    address: Sequence[int] = ()
    form: str = "position"

    def init_script(self, **calibration: float) -> str:
        """Give what a page finds: the device itself, and the choice that was remembered."""
        chosen: dict[str, Any] = {
            "kind": self.kind,
            "name": self.name,
            "address": self.address,
            "form": self.form,
            "calibration": calibration or None,
        }
        script = self.script.replace("FORM", json.dumps(self.form)).replace("GRANTED", "true")
        return f"localStorage.setItem('dialogram-dial', JSON.stringify({json.dumps(chosen)}));(() => {{{script}}})();"


FAKES = {
    "gamepad": Fake("gamepad", "Fake stick", GAMEPAD, [0]),
    "midi-7-bit": Fake("midi", "Fake knobs", MIDI, [0, 7], "7-bit"),
    "midi-14-bit": Fake("midi", "Fake knobs", MIDI, [0, 7], "14-bit"),
    "midi-endless": Fake("midi", "Fake knobs", MIDI, [0, 7], "twos-complement"),
    "hid": Fake("hid", "Fake wheel", HID, [1, 2], "turn"),
    "serial": Fake("serial", "Fake dial", SERIAL, [0, 1023, 9025, 67]),
}
