import "./base.css";
import "./dial.css";
import "./rate.css";
import "./meter.css";
import "./practice.css";
import { drawnPath, type Moment } from "../core/drawn_line.ts";
import { type PracticePageData, readPageData } from "../core/page_data.ts";
import { GOALS, reached } from "../core/practice.ts";
import { filled } from "../core/time_text.ts";
import { Dial } from "../dial/dial.ts";
import { Player } from "../media/player.ts";
import { RoomClient } from "../media/room_client.ts";
import { ChosenDial } from "./parts/chosen_dial.ts";
import { marked, pageJson, sleep, write } from "./parts/elements.ts";
import { followRing, type RingParts } from "./parts/follow_ring.ts";
import { playOnceAllowed } from "./parts/play_once_allowed.ts";
import { PRACTICE_TEXTS, type PracticeText } from "./parts/practice_texts.ts";
import { type Message, Veil } from "./parts/veil.ts";

/** How long the dial rests at a goal before it counts, so that passing the middle does not. */
const DWELL_MS = 450;
const TICK_MS = 250;
const WIDTH = 600;
const HEIGHT = 150;

const page = readPageData<PracticePageData<PracticeText>>(pageJson(), PRACTICE_TEXTS);
const { texts, scale, practice } = page;
const STEPS = GOALS.length + (page.target ? 2 : 1);
const stretch = { start_s: practice.start_s, end_s: practice.start_s + practice.length_s };
const veil = new Veil();
const drawn = marked("drawn");
const player = new Player(marked<HTMLMediaElement>("media"), stretch, stretch.start_s);
const chosen = await ChosenDial.open(page);
let asked: Message | null = null;
let moments: Moment[] = [];
let onHand: (value: number, t_ms: number) => void = () => {};
let onHold: (held: boolean) => void = () => {};
let target = page.target;
const dial = new Dial({
  host: marked("dial"),
  stage: marked("stage"),
  scale,
  value: scale.neutral,
  display: page.display,
  texts: { label: texts.dial_label, less: texts.dial_less, more: texts.dial_more },
  onHand: (value, t_ms) => onHand(value, t_ms),
  ...(page.hold_to_play ? { onHold: (held: boolean) => onHold(held) } : {}),
});

/** Ask for something the hand is to do; first of all for the dial itself, where it is away. */
function ask(message: Message): void {
  asked = message;
  veil.show(chosen?.reword(message) ?? message);
}

const ring: RingParts = {
  dial,
  client: new RoomClient(page.base, page.csrf),
  texts,
  say: ask,
  listen: (listener) => {
    onHand = listener;
  },
};

function showStep(index: number): void {
  write(marked("told"), filled(texts.step_of, { n: index + 1, of: STEPS }));
  for (const [place, dot] of [...marked("dots").children].entries()) dot.classList.toggle("done", place < index);
}

/** Resolves when the dial rests where it was asked to be. */
function turnTo(goal: (typeof GOALS)[number]): Promise<void> {
  return new Promise((resolve) => {
    let resting: ReturnType<typeof setTimeout> | undefined;
    onHand = () => {
      clearTimeout(resting);
      if (reached(goal, dial.value, scale)) resting = setTimeout(resolve, DWELL_MS);
    };
  });
}

function played(): Promise<void> {
  return new Promise((resolve) => {
    const leave = player.subscribe((event, { phase }) => {
      if (event) return;
      if (phase === "unreachable") veil.show({ title: texts.unreachable, detail: texts.unreachable_how });
      else if (phase === "playing") veil.hide();
      else if (phase === "ended") {
        leave();
        resolve();
      }
    });
  });
}

/** Play the part while the hand turns, from its first touch on. */
async function follow(): Promise<void> {
  ask({ title: texts.practice_follow, detail: texts.practice_follow_how });
  await new Promise<void>((resolve) => {
    if (page.hold_to_play) onHold = (held) => held && resolve();
    else onHand = () => resolve();
  });
  moments = [{ media_s: stretch.start_s, value: dial.value }];
  onHand = (value) => {
    moments.push({ media_s: player.position_s, value });
    dial.pass(player.position_s);
  };
  let wanted = true;
  const play = (): Promise<void> =>
    playOnceAllowed(player, { ask: () => veil.show({ title: texts.begin_click }), wanted: () => wanted });
  onHold = (held) => {
    wanted = held;
    if (held) void play();
    else {
      player.pause();
      veil.show({ title: texts.go_on });
    }
  };
  const told = setInterval(() => {
    dial.pass(player.position_s);
    const n = Math.max(0, Math.ceil(stretch.end_s - player.position_s));
    write(marked("told"), filled(texts.seconds_left, { n }));
  }, TICK_MS);
  const end = played();
  asked = null;
  veil.hide();
  await play();
  await end;
  clearInterval(told);
  onHand = () => {};
  onHold = () => {};
}

function showDrawn(): void {
  const still = moments.every(({ value }) => value === moments[0]?.value);
  marked("line").setAttribute("d", drawnPath(moments, scale, { ...stretch, width: WIDTH, height: HEIGHT }));
  const neutral_y = (HEIGHT * (scale.high - scale.neutral)) / (scale.high - scale.low);
  marked("neutral").setAttribute("d", `M 0 ${neutral_y} H ${WIDTH}`);
  write(marked("drawn-detail"), still ? texts.practice_done_still : texts.practice_done_how);
  write(marked("told"), "");
  drawn.hidden = false;
  marked("again").hidden = false;
  marked("skip").hidden = true;
  marked("continue").hidden = false;
  marked("continue").focus();
}

async function practise(): Promise<void> {
  const goals = { high: texts.practice_high, low: texts.practice_low, neutral: texts.practice_neutral };
  const labels = { high: scale.high_label, low: scale.low_label, neutral: scale.neutral_label };
  drawn.hidden = true;
  dial.enabled = true;
  chosen?.drive(dial, { resting: () => true, onPresence: () => asked && ask(asked) });
  for (const [index, goal] of GOALS.entries()) {
    showStep(index);
    ask({ title: filled(goals[goal], { label: labels[goal] }), detail: index === 0 ? texts.practice_how : "" });
    await turnTo(goal);
  }
  if (target) {
    showStep(GOALS.length);
    target = await followRing(ring, target);
  }
  showStep(STEPS - 1);
  await follow();
  showStep(STEPS);
  dial.enabled = false;
  asked = null;
  chosen?.letGo();
  showDrawn();
}

marked("again").addEventListener("click", async () => {
  for (const name of ["again", "continue"]) marked(name).hidden = true;
  marked("skip").hidden = false;
  player.seek(stretch.start_s);
  await sleep(0);
  await practise();
});
player.load(page.media_url);
void practise();
