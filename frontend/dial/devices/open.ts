import { type Chosen, type DeviceKind, readChosen } from "../../core/devices/chosen.ts";
import type { DeviceSurroundings, DialDevice } from "./device.ts";

const PLACE = "dialogram-dial";

/** The dial this browser was set up for, if the design still names it and the browser can reach it. */
export function remembered(dials: readonly string[]): Chosen | null {
  let json: string | null = null;
  try {
    json = localStorage.getItem(PLACE);
  } catch {
    // A browser that stores nothing has nothing set up.
  }
  const chosen = readChosen(json);
  return chosen && dials.includes(chosen.kind) && isReachable(chosen.kind) ? chosen : null;
}

/** Remember a dial for the pages to come; null goes back to the one on the screen. */
export function remember(chosen: Chosen | null): void {
  try {
    if (chosen) localStorage.setItem(PLACE, JSON.stringify(chosen));
    else localStorage.removeItem(PLACE);
  } catch {
    // Not stored: the pages to come use the dial on the screen.
  }
}

/** Whether this browser knows such devices at all. */
export function isReachable(kind: DeviceKind): boolean {
  if (kind === "mouse-lock") return matchMedia("(any-pointer: fine)").matches && "requestPointerLock" in document.body;
  if (kind === "gamepad") return "getGamepads" in navigator;
  return (kind === "midi" ? "requestMIDIAccess" : kind) in navigator;
}

/** Open a kind of device; its code is loaded only now. */
export async function openDevice(
  kind: DeviceKind,
  surroundings: DeviceSurroundings,
  chosen: Chosen | null,
): Promise<DialDevice> {
  switch (kind) {
    case "mouse-lock":
      return new (await import("./mouse_lock.ts")).MouseLock(surroundings);
    case "gamepad":
      return new (await import("./gamepad.ts")).GamepadDial(surroundings, chosen);
    case "midi":
      return new (await import("./midi.ts")).MidiDial(surroundings, chosen);
    case "hid":
      return new (await import("./hid.ts")).HidDial(surroundings, chosen);
    case "serial":
      return new (await import("./serial.ts")).SerialDial(surroundings, chosen);
  }
}
