import type { Display } from "./display.ts";
import type { Resume, Scale } from "./protocol.ts";
import type { TargetPath } from "./target.ts";

export type Role = "client" | "therapist" | "observer";
export type Texts<Key extends string> = Readonly<Record<Key, string>>;

/** What a page that plays a recording to a dial is given. */
export interface DialPageData<Key extends string> {
  readonly media_url: string;
  readonly has_video: boolean;
  readonly start_s: number;
  readonly end_s: number;
  readonly scale: Scale;
  readonly role: Role;
  readonly display: Display;
  readonly hold_to_play: boolean;
  /** The kinds of dial a participant may choose from. */
  readonly dials: readonly string[];
  readonly texts: Texts<Key>;
}

export interface RatePageData<Key extends string> extends DialPageData<Key> {
  readonly base: string;
  readonly csrf: string;
  readonly may_pause: boolean;
  /** How far the recording goes back after a pause; 0 where it does not. */
  readonly rewind_s: number;
  readonly break_after_min: number | null;
  readonly resume: Resume | null;
  /** Whether a phone may be the dial; absent means not. */
  readonly phone?: boolean;
  readonly stop_url: string;
}

export interface PracticePageData<Key extends string> extends DialPageData<Key> {
  readonly practice: { readonly start_s: number; readonly length_s: number };
  readonly base: string;
  readonly csrf: string;
  /** The ring's path; null where the practice has none. */
  readonly target: TargetPath | null;
  readonly next_url: string;
}

export interface PhonePageData<Key extends string> {
  readonly base: string;
  readonly csrf: string;
  readonly scale: Scale;
  readonly role: Role;
  readonly display: Display;
  /** Where the dial stood before a reload, null before it was touched. */
  readonly value: number | null;
  readonly texts: Texts<Key>;
}

/** Read a page's data; a text that was forgotten is named at once instead of leaving a blank. */
export function readPageData<Data extends { readonly texts: Texts<string> }>(
  json: string,
  keys: readonly string[],
): Data {
  const data = JSON.parse(json) as Data;
  const missing = keys.filter((key) => typeof data.texts?.[key] !== "string");
  if (missing.length > 0) throw new Error(`page data: no text for ${missing.join(", ")}`);
  return data;
}
