import { type Calibration, position } from "../../core/devices/calibration.ts";
import { place, Spring, turn } from "../../core/devices/motion.ts";
import type { Dial } from "../dial.ts";
import type { DialDevice } from "./device.ts";

export interface DriverParts {
  readonly device: DialDevice;
  readonly dial: Dial;
  /** As the participant calibrated it; null leaves it to the device's own. */
  readonly calibration: () => Calibration | null;
  /** Whether the dial may be put where the device stands without a hand having moved it. */
  readonly resting: () => boolean;
  /** Called as the device comes and goes, and once at the beginning. */
  readonly onPresence: (there: boolean, t_ms: number) => void;
  /** Called with each reading, wherever the dial then is. */
  readonly onReading?: (raw: number) => void;
}

/** Let a device turn the dial, until the function returned is called. */
export function drive({ device, dial, calibration, resting, onPresence, onReading }: DriverParts): () => void {
  const { kind } = device;
  const spring = new Spring();
  let there: boolean | null = null;
  /** Where on the scale it was found: it moves nothing until it has clearly left that. */
  let found_at: number | null = null;
  let is_new = device.announces;

  const presence = (now: boolean, t_ms: number): void => {
    if (now) {
      is_new = device.announces;
      device.show?.(dial.text);
    }
    if (now === there) return;
    there = now;
    onPresence(now, t_ms);
  };
  const stand = (raw: number, t_ms: number, readings: Calibration): void => {
    const at = position(raw, readings, dial.scale);
    if (is_new) {
      is_new = false;
      found_at = at;
      if (resting()) dial.set(at);
    }
    if (found_at !== null && Math.abs(at - found_at) < dial.scale.step) return;
    found_at = null;
    dial.drive((model) => place(model, raw, readings), { t_ms, source: kind, raw });
  };

  dial.onDraw = (text) => device.show?.(text);
  device.start({
    moved: (raw, t_ms) => {
      onReading?.(raw);
      const readings = calibration() ?? device.calibration;
      if (device.motion === "turn" || !readings) {
        dial.drive((model) => turn(model, raw), { t_ms, source: kind });
      } else if (device.motion === "spring") {
        dial.drive((model) => spring.push(model, raw, readings, t_ms), { t_ms, source: kind, raw });
      } else stand(raw, t_ms, readings);
    },
    touched: (t_ms) => dial.touch(t_ms, kind),
    found: (t_ms) => presence(true, t_ms),
    lost: (t_ms) => presence(false, t_ms),
  });
  return () => {
    dial.onDraw = null;
    device.stop();
  };
}
