import type { Texts } from "../../core/page_data.ts";
import type { SittingEnd } from "../../core/protocol.ts";
import type { RateText } from "./rate_texts.ts";
import type { Message } from "./veil.ts";

/** What is said when a sitting is not there any more for its page. */
export function endMessage(end: SittingEnd, texts: Texts<RateText>): Message {
  const { help } = texts;
  if (end === "void") return { title: texts.void, detail: texts.void_how, help };
  if (end === "not-found") return { title: texts.not_found, detail: texts.not_found_how, help };
  return { title: texts.closed, detail: texts.closed_how, help };
}
