import "./base.css";
import "./room.css";
import "./clip.css";
import "./segment.css";
import { readPageData } from "../core/page_data.ts";
import { openStore } from "../media/record_store.ts";
import { Autosave, type SaveState } from "./parts/autosave.ts";
import { CLIP_TEXTS, ClipStage, type ClipText } from "./parts/clip_stage.ts";
import { marked, pageJson, write } from "./parts/elements.ts";
import { saveBeforeLeaving } from "./parts/leaving.ts";
import { save } from "./parts/room_save.ts";

const TEXTS = [...CLIP_TEXTS, "saving", "saved", "not_saved", "not_allowed", "no_moment", "no_words"] as const;
type SegmentText = ClipText | SaveState | "no_moment" | "no_words";

interface SegmentPageData {
  readonly media_url: string;
  readonly has_video: boolean;
  readonly csrf: string;
  readonly save_url: string;
  readonly clip: { readonly start_s: number; readonly end_s: number; readonly lead_in_s: number };
  readonly texts: Readonly<Record<SegmentText, string>>;
}

interface Draft {
  readonly text: string;
  readonly moment: string;
  readonly vetoed: boolean;
}

const page = readPageData<SegmentPageData>(pageJson(), TEXTS);
const form = marked<HTMLFormElement>("answer");
const words = form.elements.namedItem("text") as HTMLTextAreaElement;
const moments = [...form.querySelectorAll<HTMLInputElement>("[name=moment]")];
const veto = form.querySelector<HTMLInputElement>("[name=vetoed]");
const missing = marked("missing");

function moment(): string {
  return moments.find(({ checked }) => checked)?.value ?? "";
}

function body(): string {
  return JSON.stringify({ text: words.value, moment: moment(), vetoed: veto?.checked ?? false } satisfies Draft);
}

function restore({ text, moment: chosen, vetoed }: Draft): void {
  words.value = text;
  for (const radio of moments) radio.checked = radio.value === chosen;
  if (veto) veto.checked = vetoed;
}

/** Say in words what is missing, and go there. */
function ask(text: string, where: HTMLElement | undefined): false {
  missing.hidden = false;
  write(missing, text);
  where?.focus();
  return false;
}

function mayLeave(submitter: HTMLElement | null): boolean {
  if (submitter instanceof HTMLButtonElement && submitter.value === "skip") return true;
  if (!moment()) return ask(page.texts.no_moment, moments[0]);
  if (!words.value.trim() && moment() !== "slip") return ask(page.texts.no_words, words);
  return true;
}

async function run(): Promise<void> {
  const stage = new ClipStage(page);
  stage.show({ url: page.media_url, ...page.clip });
  const saved = marked("saved");
  const autosave = new Autosave({
    body,
    send: (text) => save(page.save_url, page.csrf, text),
    store: await openStore(page.save_url),
    onState: (state) => {
      write(saved, page.texts[state]);
      saved.classList.toggle("troubled", state === "not_saved" || state === "not_allowed");
    },
  });
  form.addEventListener("input", () => {
    missing.hidden = true;
    autosave.touch();
  });
  form.addEventListener("submit", () => stage.pause());
  saveBeforeLeaving(form, autosave, mayLeave);
  const left = await autosave.left();
  if (left !== null) {
    restore(JSON.parse(left) as Draft);
    autosave.touch();
  }
}

void run();
