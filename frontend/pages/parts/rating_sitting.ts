import { backoff_ms } from "../../core/backoff.ts";
import type { RatePageData } from "../../core/page_data.ts";
import type { PostedOutbox } from "../../core/posted_outbox.ts";
import { type DialSource, isOver, type Opening, type Resume } from "../../core/protocol.ts";
import { rewound_s } from "../../core/rewind.ts";
import { clockText, filled } from "../../core/time_text.ts";
import { Dial } from "../../dial/dial.ts";
import { Player, type PlayerPhase } from "../../media/player.ts";
import { Recorder } from "../../media/recorder.ts";
import type { RoomClient } from "../../media/room_client.ts";
import { WakeLock } from "../../media/wake_lock.ts";
import type { ChosenDial } from "./chosen_dial.ts";
import { marked, sleep, write } from "./elements.ts";
import { goOnceReached } from "./go_once_reached.ts";
import { PhoneHand } from "./phone_hand.ts";
import { playOnceAllowed } from "./play_once_allowed.ts";
import type { RateText } from "./rate_texts.ts";
import { endMessage } from "./sitting_end.ts";
import type { StatusLine } from "./status_line.ts";
import type { Message, Veil } from "./veil.ts";

const TICK_MS = 250;
const STALL_MS = 1000;
/** The player's own events follow a pause within a task or two: they belong into the log before it is closed. */
const SETTLE_MS = 100;
const PATIENCE_MS = 4000;
const AGAIN_MS = 5000;
/** So little of the stretch left at a resume that there is nothing to rate in it. */
const NOTHING_LEFT_S = 0.25;

export interface SittingParts {
  readonly page: RatePageData<RateText>;
  readonly outbox: PostedOutbox;
  readonly status: StatusLine;
  readonly veil: Veil;
  readonly client: RoomClient;
  readonly stream: string;
  readonly resume: Resume | null;
  /** What the hand turns beside the dial on the screen. */
  readonly chosen: ChosenDial | null;
  readonly describe: (duration_s: number, resumed_at_s: number | null) => Opening;
}

/** loading → resting ⇄ rating → leaving; resting waits for a hand on the dial. */
type State = "loading" | "resting" | "rating" | "leaving";

/** One page's part of a sitting: film above, dial below, and everything that can come between. */
export class RatingSitting {
  readonly #parts: SittingParts;
  readonly #player: Player;
  readonly #recorder: Recorder;
  readonly #dial: Dial;
  readonly #awake = new WakeLock((state) => this.#recorder.note(["awake", performance.now(), state]));
  readonly #breakButton = marked<HTMLButtonElement>("break");
  readonly #pictureButton = marked<HTMLButtonElement>("picture");
  readonly #curtain = marked("curtain");
  readonly #offer = marked("offer");
  readonly #phone: PhoneHand | null;
  readonly #resumed_value: number | null;
  #state: State = "loading";
  /** What the participant is asked to do while it rests. */
  #asked: Message;
  #on_break = false;
  #yielded = false;
  #stopped = false;
  #held = false;
  #eager = false;
  #farthest_s: number;
  #rating_since_s: number;
  #stall: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: SittingParts) {
    this.#parts = parts;
    const { page, outbox, stream, resume } = parts;
    this.#farthest_s = resume ? Math.max(page.start_s, resume.media_s) : page.start_s;
    const at_s = page.end_s - this.#farthest_s < NOTHING_LEFT_S ? this.#farthest_s : this.#rewound_s(this.#farthest_s);
    this.#rating_since_s = at_s;
    this.#resumed_value = resume?.value ?? null;
    this.#asked = { title: page.texts.begin, detail: page.texts.begin_how };
    this.#player = new Player(marked<HTMLMediaElement>("media"), page, at_s);
    this.#recorder = new Recorder({ stream, player: this.#player, outbox });
    this.#dial = new Dial({
      host: marked("dial"),
      stage: marked("stage"),
      scale: page.scale,
      value: this.#resumed_value ?? page.scale.neutral,
      display: page.display,
      texts: { label: page.texts.dial_label, less: page.texts.dial_less, more: page.texts.dial_more },
      onHand: (value, t_ms, source, raw) => this.#hand(value, t_ms, source, raw),
      ...(page.hold_to_play ? { onHold: (held: boolean) => this.#hold(held) } : {}),
    });
    this.#phone = page.phone ? this.#takePhone() : null;
    this.#player.subscribe((event, { phase }) => {
      if (!event) this.#follow(phase);
    });
    outbox.subscribe(({ fenced, ended }) => {
      const { texts } = page;
      if (ended) void this.#yield(endMessage(ended, texts));
      else if (fenced) void this.#yield({ title: texts.fenced, detail: texts.fenced_how });
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#rest({ title: this.#goOnHow, detail: page.texts.unseen });
    });
    marked("stop").addEventListener("click", () => void this.#stop());
    this.#breakButton.addEventListener("click", () => this.#toggleBreak());
    this.#pictureButton.addEventListener("click", () => this.#togglePicture());
    this.#breakButton.disabled = true;
    setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
    this.#player.load(page.media_url);
  }

  #ready(): void {
    const { page, describe } = this.#parts;
    const at_s = this.#player.position_s;
    const resumes = this.#resumed_value !== null || at_s > page.start_s + NOTHING_LEFT_S;
    const { duration_s } = this.#player.snapshot;
    this.#recorder.open(describe(Number.isFinite(duration_s) ? duration_s : page.end_s, resumes ? at_s : null));
    if (page.end_s - at_s < NOTHING_LEFT_S) {
      void this.#finish();
      return;
    }
    const { texts } = page;
    this.#state = "resting";
    this.#dial.enabled = true;
    const detail = resumes ? filled(texts.go_on_at, { time: clockText(at_s - page.start_s) }) : texts.begin_how;
    this.#ask({ title: resumes ? texts.go_on : texts.begin, detail });
    this.#takeDevice();
    this.#phone?.begin();
  }

  #ask(message: Message): void {
    this.#asked = message;
    const { chosen, veil } = this.#parts;
    veil.show(this.#phone?.taken ? message : (chosen?.reword(message) ?? message));
  }

  /** A device that comes or goes is written down; while it is away the recording waits for a hand. */
  #takeDevice(): void {
    const { chosen, page } = this.#parts;
    chosen?.drive(this.#dial, {
      resting: () => this.#state === "resting",
      onPresence: (there, t_ms) => {
        this.#recorder.note(["device", t_ms, there ? "found" : "lost", chosen.name]);
        if (this.#phone?.taken) return;
        if (!there) this.#rest({ title: page.texts.go_on });
        if (this.#state === "resting" && !this.#on_break) this.#ask(this.#asked);
      },
    });
  }

  get #goOnHow(): string {
    const { texts } = this.#parts.page;
    return this.#phone?.found ? texts.phone_go_on : texts.go_on;
  }

  /** Let a phone be the dial: the one here follows it, and the film runs only while it is heard. */
  #takePhone(): PhoneHand {
    const { page } = this.#parts;
    const { texts } = page;
    return new PhoneHand({
      page,
      recorder: this.#recorder,
      dial: this.#dial,
      asked: () => this.#rest({ title: texts.go_on }),
      found: () => {
        if (this.#state !== "resting") return;
        const begun = this.#player.position_s > page.start_s + NOTHING_LEFT_S;
        this.#ask({ title: begun ? texts.phone_go_on : texts.phone_begin, detail: texts.phone_begin_how });
      },
      touched: () => {
        if (this.#state === "resting" && !document.hidden) this.#goOnOnceItStands();
      },
      lost: () => this.#halt({ title: texts.phone_lost, detail: texts.phone_lost_how }),
      left: () => {
        this.#dial.enabled = true;
        this.#halt({ title: texts.go_on });
      },
    });
  }

  #follow(phase: PlayerPhase): void {
    const { veil, page } = this.#parts;
    clearTimeout(this.#stall);
    if (phase === "ready") this.#ready();
    else if (phase === "playing") {
      if (this.#state === "rating") veil.hide();
      void this.#awake.hold();
    } else if (phase === "waiting" && this.#state === "rating") {
      this.#stall = setTimeout(() => veil.show({ title: page.texts.waiting }), STALL_MS);
    } else if (phase === "unreachable" && (this.#state === "rating" || this.#state === "loading")) {
      veil.show({ title: page.texts.unreachable, detail: page.texts.unreachable_how });
    } else if (phase === "paused") {
      this.#rest({ title: this.#goOnHow });
      if (this.#state === "resting") {
        this.#rewind();
        if (this.#eager) this.#goOnOnceItStands();
      }
    }
    // A break or a page out of sight may come in the very last moment: there is nothing to go on with then.
    else if (phase === "ended" && (this.#state === "rating" || this.#state === "resting")) void this.#finish();
  }

  #hand(value: number, t_ms: number, source: DialSource, raw?: number): void {
    if (this.#state !== "rating" && this.#state !== "resting") return;
    const untouched = this.#recorder.value === null && value === this.#resumed_value;
    this.#recorder.dial(value, t_ms, untouched ? "restore" : source, raw);
    this.#dial.pass(this.#player.position_s);
    if (this.#state === "resting" && (this.#held || !this.#parts.page.hold_to_play)) this.#goOnOnceItStands();
  }

  #hold(held: boolean): void {
    this.#held = held;
    this.#eager &&= held;
    if (!held) this.#rest({ title: this.#parts.page.texts.go_on });
  }

  /** A hand may let go and take hold again before the player has come to a stand. */
  #goOnOnceItStands(): void {
    this.#eager = this.#player.pausing;
    if (!this.#eager) void this.#goOn();
  }

  async #goOn(): Promise<void> {
    const { veil, page } = this.#parts;
    if (this.#phone?.lost) return;
    this.#state = "rating";
    this.#breakButton.disabled = false;
    this.#endBreak();
    this.#rating_since_s = this.#player.position_s;
    if (this.#player.snapshot.phase === "unreachable") this.#follow("unreachable");
    else veil.hide();
    await playOnceAllowed(this.#player, {
      ask: () => veil.show({ title: page.texts.begin_click }),
      wanted: () => this.#state === "rating",
    });
  }

  /** Pause until a hand touches the dial again. */
  #rest(message: Message): void {
    if (this.#state !== "rating") return;
    this.#state = "resting";
    this.#player.pause();
    this.#awake.letGo();
    this.#ask(message);
  }

  /** Rest, and say why, also when it rested already. */
  #halt(message: Message): void {
    this.#rest(message);
    if (this.#state === "resting") this.#ask(message);
  }

  /** Only once the player says that it stands: the log tells where it stood. */
  #rewind(): void {
    const at_s = this.#player.position_s;
    this.#farthest_s = Math.max(this.#farthest_s, at_s);
    const from_s = this.#rewound_s(at_s);
    if (from_s < at_s) this.#player.seek(from_s);
  }

  #rewound_s(at_s: number): number {
    return rewound_s(at_s, this.#farthest_s, this.#parts.page);
  }

  #toggleBreak(): void {
    const { texts } = this.#parts.page;
    if (this.#on_break) {
      this.#goOnOnceItStands();
      return;
    }
    if (this.#state !== "rating" && this.#state !== "resting") return;
    this.#recorder.note(["break", performance.now(), "start"]);
    this.#on_break = true;
    const message = { title: texts.break, detail: this.#goOnHow };
    this.#halt(message);
    write(this.#breakButton, texts.end_break);
    write(this.#offer, "");
  }

  #endBreak(): void {
    if (!this.#on_break) return;
    this.#on_break = false;
    this.#recorder.note(["break", performance.now(), "end"]);
    write(this.#breakButton, this.#parts.page.texts.take_break);
  }

  #togglePicture(): void {
    const { texts } = this.#parts.page;
    this.#curtain.hidden = !this.#curtain.hidden;
    write(this.#pictureButton, this.#curtain.hidden ? texts.hide_picture : texts.show_picture);
    this.#recorder.note(["picture", performance.now(), this.#curtain.hidden ? "shown" : "hidden"]);
  }

  #tick(): void {
    const { status, page } = this.#parts;
    const at_s = this.#player.position_s;
    status.showLeft(at_s);
    this.#dial.pass(at_s);
    const { break_after_min, may_pause, texts } = page;
    if (!may_pause || break_after_min === null || this.#state !== "rating") return;
    const rated_min = (at_s - this.#rating_since_s) / 60;
    if (rated_min >= break_after_min) write(this.#offer, filled(texts.break_offer, { n: Math.floor(rated_min) }));
  }

  /** End this page's part: pause, let the last events in, close the log. */
  async #leave(message: Message): Promise<void> {
    this.#state = "leaving";
    this.#parts.chosen?.letGo();
    this.#dial.enabled = false;
    this.#breakButton.disabled = true;
    write(this.#offer, "");
    this.#parts.veil.show(message);
    this.#player.pause();
    this.#awake.letGo();
    await sleep(SETTLE_MS);
    this.#phone?.close();
  }

  async #stop(): Promise<void> {
    const { page, outbox, veil } = this.#parts;
    const { texts, stop_url } = page;
    if (this.#yielded) void goOnceReached(stop_url);
    if (this.#yielded || this.#stopped) return;
    this.#stopped = true;
    // Without a network no other page can be reached: whoever stops finds help here, while saving goes on.
    const message = { title: texts.stopped, detail: texts.stopped_saving, help: texts.help };
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => veil.show({ ...message, detail: texts.saving_wait }), PATIENCE_MS);
    if (this.#state === "leaving") {
      veil.show(message);
      return;
    }
    this.#recorder.note(["stop", performance.now()]);
    this.#phone?.release();
    await this.#leave(message);
    this.#recorder.end();
    outbox.hurry();
    await outbox.emptied();
    if (!outbox.snapshot.ended) location.assign(stop_url);
  }

  /** The sitting goes on elsewhere, or not at all: nothing plays here any more. */
  async #yield(message: Message): Promise<void> {
    if (this.#yielded) return;
    this.#yielded = true;
    clearTimeout(this.#patience);
    await this.#leave(message);
    this.#recorder.end();
  }

  async #finish(): Promise<void> {
    const { page, outbox, veil, client, stream } = this.#parts;
    const { texts } = page;
    await this.#leave({ title: texts.saving });
    const last_seq = this.#recorder.finish();
    outbox.hurry();
    const detail = this.#phone?.found ? texts.phone_saving : texts.saving_wait;
    if (!this.#stopped) this.#patience = setTimeout(() => veil.show({ title: texts.saving, detail }), PATIENCE_MS);
    await Promise.all([outbox.emptied(), this.#phone?.settled()]);
    for (let failures = 1; !this.#yielded; failures += 1) {
      const outcome = await client.finish(stream, last_seq);
      if (outcome.kind === "finished") {
        await outbox.purge();
        location.assign(this.#stopped ? page.stop_url : outcome.next);
        return;
      }
      if (outcome.kind === "ended") {
        if (isOver(outcome.end)) await outbox.purge();
        await this.#yield(endMessage(outcome.end, texts));
        return;
      }
      const missing = outcome.kind === "missing";
      if (!this.#stopped) {
        clearTimeout(this.#patience);
        veil.show(
          missing
            ? { title: texts.missing, detail: texts.missing_how }
            : { title: texts.saving, detail: texts.saving_wait },
        );
      }
      await sleep(missing ? AGAIN_MS : backoff_ms(failures));
    }
  }
}
