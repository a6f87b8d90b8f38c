import "./base.css";
import "./room.css";
import "./clip.css";
import "./sort.css";
import { readPageData } from "../core/page_data.ts";
import { filled } from "../core/time_text.ts";
import { openStore } from "../media/record_store.ts";
import { Autosave } from "./parts/autosave.ts";
import { CLIP_TEXTS, ClipStage, type ClipText } from "./parts/clip_stage.ts";
import { marked, pageJson, write } from "./parts/elements.ts";
import { saveBeforeLeaving } from "./parts/leaving.ts";
import { save } from "./parts/room_save.ts";
import { type Placed, type Side, standing, type Told } from "./parts/sorting.ts";

const OWN_TEXTS = [
  "saving",
  "saved",
  "not_saved",
  "not_allowed",
  "choose",
  "count",
  "count_told",
  "left_one",
  "left_many",
  "unbalanced",
  "complete",
] as const;
const TEXTS = [...CLIP_TEXTS, ...OWN_TEXTS];
type SortText = ClipText | (typeof OWN_TEXTS)[number];

interface Stretch {
  readonly start_s: number;
  readonly end_s: number;
  readonly lead_in_s: number;
}

interface SortPageData {
  readonly media_url: string;
  readonly has_video: boolean;
  readonly csrf: string;
  readonly save_url: string;
  readonly cards: Readonly<Record<string, Stretch>>;
  readonly told: Told | null;
  readonly texts: Readonly<Record<SortText, string>>;
}

const page = readPageData<SortPageData>(pageJson(), TEXTS);
const { texts, told } = page;
const form = marked<HTMLFormElement>("sorting");
const handIn = marked<HTMLButtonElement>("hand-in");
const cards = [...form.querySelectorAll<HTMLFieldSetElement>("[data-card]")];
const shown = cards.length;

function placed(): Placed {
  const chosen = form.querySelectorAll<HTMLInputElement>("[type=radio]:checked");
  return Object.fromEntries([...chosen].map(({ name, value }) => [name.replace(/^card-/, ""), value as Side]));
}

function restore(sides: Placed): void {
  for (const radio of form.querySelectorAll<HTMLInputElement>("[type=radio]")) {
    radio.checked = sides[radio.name.replace(/^card-/, "")] === radio.value;
  }
}

/** Count both sides, and say what is still to be done. */
function tell(): void {
  const lying = standing(placed(), { shown, told });
  for (const side of ["helpful", "hindering"] as const) {
    const count = form.querySelector<HTMLElement>(`[data-count=${side}]`);
    const text = told ? texts.count_told : texts.count;
    if (count) write(count, filled(text, { n: lying[side], told: told?.[side] ?? 0 }));
  }
  handIn.disabled = lying.obstacle !== null;
  const reasons = {
    unsorted: lying.left === 1 ? texts.left_one : texts.left_many,
    unbalanced: texts.unbalanced,
    complete: texts.complete,
  };
  const reason = reasons[lying.obstacle ?? "complete"];
  const { helpful, hindering, left } = lying;
  const values = {
    n: left,
    helpful,
    hindering,
    told_helpful: told?.helpful ?? 0,
    told_hindering: told?.hindering ?? 0,
  };
  write(marked("reason"), filled(reason, values));
}

async function run(): Promise<void> {
  let on: string | null = null;
  const stage = new ClipStage({
    ...page,
    onPhase: () => {
      for (const card of cards) {
        card.classList.toggle("on", card.dataset.card === on);
        card.classList.toggle("playing", card.dataset.card === on && stage.playing);
      }
    },
  });
  write(marked("clip-word"), texts.choose);
  for (const button of form.querySelectorAll<HTMLButtonElement>("[data-play]")) {
    button.addEventListener("click", () => {
      const id = button.dataset.play ?? "";
      const clip = page.cards[id];
      if (!clip) return;
      if (on !== id) {
        on = id;
        stage.show({ url: page.media_url, ...clip });
        stage.playWhenReady();
      } else stage.toggle();
    });
  }
  const saved = marked("saved");
  const autosave = new Autosave({
    body: () => JSON.stringify({ placed: placed() }),
    send: (text) => save(page.save_url, page.csrf, text),
    store: await openStore(page.save_url),
    onState: (state) => {
      write(saved, texts[state]);
      saved.classList.toggle("troubled", state === "not_saved" || state === "not_allowed");
    },
  });
  form.addEventListener("change", () => {
    tell();
    autosave.touch();
  });
  form.addEventListener("submit", () => stage.pause());
  saveBeforeLeaving(form, autosave, () => true);
  const left = await autosave.left();
  if (left !== null) {
    restore((JSON.parse(left) as { placed: Placed }).placed);
    autosave.touch();
  }
  tell();
}

void run();
