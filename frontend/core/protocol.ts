import type { Calibration } from "./devices/calibration.ts";
import type { DeviceKind } from "./devices/chosen.ts";

/** What browser and server say to each other while a sitting is recorded, format 1. */
export const FORMAT = 1;
export const MOST_RECORDS = 64;
export const MOST_BYTES = 256 * 1024;

export type DialSource = "pointer" | "wheel" | "keyboard" | "touch" | "restore" | DeviceKind;
export type ClockSource = "frame" | "current_time";
export type PlayerKind = "play" | "playing" | "pause" | "seeking" | "seeked" | "waiting" | "ended";

export interface DeviceFacts {
  readonly kind: string;
  readonly name: string;
  /** The smallest step it can tell, in scale units. */
  readonly resolution: number;
  readonly calibration?: Calibration;
}

export interface Opening {
  readonly format: typeof FORMAT;
  readonly time_origin_ms: number;
  readonly epoch: number;
  readonly device: DeviceFacts;
  readonly page: { readonly width: number; readonly height: number; readonly pixel_ratio: number };
  readonly agent: string;
  /** Absent on a phone, which plays nothing. */
  readonly media?: { readonly duration_s: number; readonly has_video: boolean };
  readonly resumed_at_s: number | null;
}

/** One event: its kind, when it happened on the clock of performance.now(), and what it carries. */
export type LogEvent =
  | readonly ["open", number, Opening]
  | readonly ["dial", number, number, DialSource]
  | readonly ["raw", number, number]
  | readonly ["clock", number, number, ClockSource]
  | readonly [PlayerKind, number, number]
  | readonly ["rate", number, number]
  | readonly ["hidden" | "visible" | "focus" | "blur" | "stop" | "close" | "finish", number]
  | readonly ["heartbeat", number, number | null, number | null]
  | readonly ["picture", number, "hidden" | "shown"]
  | readonly ["awake", number, "held" | "released" | "refused"]
  | readonly ["device", number, "lost" | "found", string]
  | readonly ["sync", number, number, number]
  | readonly ["resize", number, number, number]
  | readonly ["break", number, "start" | "end"];

export interface EventRecord {
  readonly seq: number;
  readonly events: readonly LogEvent[];
}

export interface Resume {
  readonly media_s: number;
  readonly value: number | null;
}

export interface StreamOpened {
  readonly epoch: number;
  readonly resume: Resume | null;
}

/** Why a sitting is not there any more for a page: it is closed, its recording void, or the link leads elsewhere. */
export const SITTING_ENDS = ["closed", "void", "not-found"] as const;
export type SittingEnd = (typeof SITTING_ENDS)[number];

/** Whether nobody will ever take what is left. A new link may lead to the sitting again: for that it is kept. */
export function isOver(end: SittingEnd | null): boolean {
  return end !== null && end !== "not-found";
}

export interface RecordsAnswer {
  readonly acknowledged: readonly number[];
  readonly conflicts: readonly number[];
  readonly epoch: number;
  readonly saved_to_s: number | null;
}

/** What a phone used as the dial tells of itself a few times a second. */
export interface PhoneSign {
  readonly stream: string;
  readonly t_ms: number;
  readonly value: number | null;
  /** When the hand last took hold of the dial. */
  readonly touched_ms: number | null;
  /** Whether its page can be seen. */
  readonly here: boolean;
  readonly last_seq: number;
}

export interface PhoneHeard extends Omit<PhoneSign, "last_seq"> {
  /** How long ago the server heard it. */
  readonly age_ms: number;
}

export interface PhoneState {
  readonly server_ms: number;
  readonly phone: PhoneHeard | null;
}

export interface Scale {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly neutral: number;
  readonly step: number;
  readonly low_label: string;
  readonly neutral_label: string;
  readonly high_label: string;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isSeqs(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((seq) => Number.isInteger(seq));
}

/** The server's answer to records, or null when something else answered (a log-in page, a captive portal). */
export function readRecordsAnswer(value: unknown): RecordsAnswer | null {
  if (!isObject(value)) return null;
  const { acknowledged, conflicts, epoch, saved_to_s } = value;
  if (!isSeqs(acknowledged) || !isSeqs(conflicts) || typeof epoch !== "number") return null;
  return { acknowledged, conflicts, epoch, saved_to_s: typeof saved_to_s === "number" ? saved_to_s : null };
}

/** Why the server turns a page away for good, or null: a way station may answer with 404 too, but not with these words. */
export function readSittingEnd(value: unknown): SittingEnd | null {
  return SITTING_ENDS.find((end) => isObject(value) && value.code === end) ?? null;
}

/** The server's answer to a stream being opened, or null when something else answered. */
export function readStreamOpened(value: unknown): StreamOpened | null {
  if (!isObject(value) || typeof value.epoch !== "number") return null;
  const { resume } = value;
  if (!isObject(resume) || typeof resume.media_s !== "number") return { epoch: value.epoch, resume: null };
  return {
    epoch: value.epoch,
    resume: { media_s: resume.media_s, value: typeof resume.value === "number" ? resume.value : null },
  };
}

/** What the server heard of the phone, or null when something else answered. */
export function readPhoneState(value: unknown): PhoneState | null {
  if (!isObject(value) || typeof value.server_ms !== "number") return null;
  const { server_ms, phone } = value;
  if (!isObject(phone)) return { server_ms, phone: null };
  const { stream, t_ms, here, age_ms } = phone;
  if (typeof stream !== "string" || typeof t_ms !== "number" || typeof age_ms !== "number") return null;
  const number = (told: unknown): number | null => (typeof told === "number" ? told : null);
  const heard = { stream, t_ms, age_ms, here: here === true };
  return { server_ms, phone: { ...heard, value: number(phone.value), touched_ms: number(phone.touched_ms) } };
}
