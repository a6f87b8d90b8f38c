/** Every text the script of the page on a phone shows; the server translates them. */
export const PHONE_TEXTS = [
  "dial_label",
  "dial_less",
  "dial_more",
  "preparing",
  "ready",
  "ready_how",
  "unheard",
  "unheard_how",
  "in_memory",
  "over",
  "over_how",
] as const;

export type PhoneText = (typeof PHONE_TEXTS)[number];
