import { DEVICE_TEXTS } from "./device_texts.ts";

/** Every text the practice page's script shows; the server translates them. */
export const PRACTICE_TEXTS = [
  "dial_label",
  "dial_less",
  "dial_more",
  "begin_click",
  "practice_high",
  "practice_low",
  "practice_neutral",
  "practice_how",
  "practice_follow",
  "practice_follow_how",
  "target",
  "target_how",
  "target_now",
  "target_met",
  "target_again",
  "target_again_how",
  "target_enough",
  "go_on",
  "practice_done_how",
  "practice_done_still",
  "seconds_left",
  "step_of",
  "waiting",
  "unreachable",
  "unreachable_how",
  ...DEVICE_TEXTS,
] as const;

export type PracticeText = (typeof PRACTICE_TEXTS)[number];
