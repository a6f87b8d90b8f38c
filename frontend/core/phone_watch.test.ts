import { expect, test } from "vitest";
import { PhoneWatch } from "./phone_watch.ts";
import type { PhoneHeard, PhoneState } from "./protocol.ts";

function told(phone: Partial<PhoneHeard> | null): PhoneState {
  const usual = { stream: "a", t_ms: 1000, value: 50, touched_ms: null, here: true, age_ms: 100 };
  return { server_ms: 0, phone: phone && { ...usual, ...phone } };
}

test("a phone is found at its first sign, and touched only by a hand that takes hold after that", () => {
  const watch = new PhoneWatch();
  expect(watch.take(told(null), 0)).toEqual({ change: null, touched: false, value: null });
  expect(watch.take(told({ t_ms: 1000, touched_ms: 900 }), 200)).toEqual({
    change: "found",
    touched: false,
    value: 50,
  });
  expect(watch.found).toBe(true);
  expect(watch.take(told({ t_ms: 1200, touched_ms: 900 }), 400).touched).toBe(false);
  expect(watch.take(told({ t_ms: 1400, touched_ms: 1390, value: 60 }), 600)).toEqual({
    change: null,
    touched: true,
    value: 60,
  });
  expect(watch.take(told({ t_ms: 1600, touched_ms: 1390 }), 800).touched).toBe(false);
});

test("it is lost after two and a half seconds without a sign, whether the server or the phone is silent", () => {
  for (const silence of [null, told({ age_ms: 2600 })]) {
    const watch = new PhoneWatch();
    watch.take(told({}), 100);
    expect(watch.take(null, 2500).change).toBeNull();
    expect(watch.take(silence, 2601).change).toBe("lost");
    expect(watch.take(silence, 2800).change).toBeNull();
    expect(watch.take(told({ t_ms: 9000 }), 9000).change).toBe("found");
  }
});

test("out of sight it is lost at once, and loaded again it is another", () => {
  const watch = new PhoneWatch();
  watch.take(told({}), 100);
  expect(watch.take(told({ here: false }), 300).change).toBe("lost");
  expect(watch.take(told({ here: true }), 500).change).toBe("found");
  expect(watch.take(told({ stream: "b", t_ms: 10 }), 700).change).toBe("lost");
  expect(watch.take(told({ stream: "b", t_ms: 210 }), 900).change).toBe("found");
  expect(watch.take(told({ stream: "b", t_ms: 410, touched_ms: 300 }), 1100).touched).toBe(true);
  expect(watch.take(told(null), 1300).change).toBe("lost");
});
