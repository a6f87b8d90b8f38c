/** What a page says while a chosen dial is away; the server translates it. */
export const DEVICE_TEXTS = ["device_lost", "device_lost_how", "mouse_free", "mouse_free_how"] as const;

export type DeviceText = (typeof DEVICE_TEXTS)[number];
