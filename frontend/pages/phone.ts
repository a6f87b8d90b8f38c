import "./base.css";
import "./dial.css";
import "./phone.css";
import { backoff_ms } from "../core/backoff.ts";
import { type PhonePageData, readPageData } from "../core/page_data.ts";
import type { PostedOutbox } from "../core/posted_outbox.ts";
import { FORMAT, isOver, type Opening } from "../core/protocol.ts";
import { randomId } from "../core/random_id.ts";
import { SyncExchanges } from "../core/sync_exchanges.ts";
import { Dial } from "../dial/dial.ts";
import { SignLine } from "../media/phone_line.ts";
import { PhoneRecorder } from "../media/phone_recorder.ts";
import { RoomClient } from "../media/room_client.ts";
import { startOutbox } from "../media/start_outbox.ts";
import { WakeLock } from "../media/wake_lock.ts";
import { marked, pageJson, sleep, write } from "./parts/elements.ts";
import { PHONE_TEXTS, type PhoneText } from "./parts/phone_texts.ts";

const SIGN_MS = 500;
const TURNING_MS = 150;
/** So long without an answer that the hand should know. */
const UNHEARD_MS = 2500;
const FELT_MS = 15;

const page = readPageData<PhonePageData<PhoneText>>(pageJson(), PHONE_TEXTS);
const { texts, scale } = page;
const stream = randomId((bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>));
const client = new RoomClient(page.base, page.csrf);
const line = new SignLine(page.base, page.csrf);
const title = marked("title");
const detail = marked("detail");

function say(now: PhoneText, how: PhoneText): void {
  write(title, texts[now]);
  write(detail, texts[how]);
}

function describe(epoch: number): Opening {
  return {
    format: FORMAT,
    time_origin_ms: performance.timeOrigin,
    epoch,
    device: { kind: "phone", name: "dial on a phone", resolution: scale.step },
    page: { width: innerWidth, height: innerHeight, pixel_ratio: devicePixelRatio },
    agent: navigator.userAgent,
    resumed_at_s: null,
  };
}

/** Felt, not seen: the eyes are on the film. */
function feel(before: number, after: number): void {
  const { low, high, neutral } = scale;
  const ended = after !== before && (after === low || after === high);
  const crossed = before !== neutral && (before - neutral) * (after - neutral) <= 0;
  if (ended || crossed) navigator.vibrate?.(FELT_MS);
}

class PhonePage {
  readonly #outbox: PostedOutbox;
  readonly #recorder: PhoneRecorder;
  readonly #sync = new SyncExchanges();
  readonly #awake = new WakeLock((state) => this.#recorder.note(["awake", performance.now(), state]));
  readonly #dial: Dial;
  #value: number;
  #answered_ms = performance.now();
  #hurry: () => void = () => {};

  constructor(outbox: PostedOutbox) {
    this.#outbox = outbox;
    this.#recorder = new PhoneRecorder({ stream, outbox });
    this.#value = page.value ?? scale.neutral;
    const host = marked("dial");
    this.#dial = new Dial({
      host,
      stage: marked("stage"),
      scale,
      value: this.#value,
      display: page.display,
      texts: { label: texts.dial_label, less: texts.dial_less, more: texts.dial_more },
      onHand: (value, t_ms, source) => {
        feel(this.#value, value);
        this.#value = value;
        this.#recorder.dial(value, t_ms, source);
        this.#hurry();
      },
    });
    // Before the dial itself hears of it: taking hold is what lets the film go on.
    for (const kind of ["pointerdown", "keydown"]) {
      document.addEventListener(
        kind,
        (event) => {
          if (event.target instanceof Node && (kind === "keydown" || host.contains(event.target))) {
            this.#recorder.touch(event.timeStamp);
            void this.#awake.hold();
          }
        },
        { capture: true },
      );
    }
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.#awake.hold();
      this.#hurry();
    });
  }

  begin(epoch: number): void {
    this.#recorder.open(describe(epoch));
    this.#dial.enabled = true;
    say("ready", this.#outbox.snapshot.lasting ? "ready_how" : "in_memory");
    void this.#keepTelling();
  }

  /** Tell the server a few times a second that the phone is here and where its dial stands, until it is over. */
  async #keepTelling(): Promise<void> {
    for (;;) {
      const told = this.#value;
      const heard = await line.tell(this.#recorder.sign());
      const now_ms = performance.now();
      if (heard) {
        this.#answered_ms = now_ms;
        this.#recorder.note(this.#sync.offer(heard.exchange));
        if (heard.over) break;
      }
      if (this.#outbox.snapshot.ended) break;
      if (now_ms - this.#answered_ms > UNHEARD_MS) say("unheard", "unheard_how");
      else say("ready", this.#outbox.snapshot.lasting ? "ready_how" : "in_memory");
      await this.#pause(this.#value === told ? SIGN_MS : TURNING_MS);
    }
    await this.#end();
  }

  /** Wait, but not longer than a hand that moves allows. */
  async #pause(ms: number): Promise<void> {
    const moved = new Promise<void>((resolve) => {
      this.#hurry = resolve;
    });
    await sleep(TURNING_MS);
    if (ms > TURNING_MS) await Promise.race([moved, sleep(ms - TURNING_MS)]);
  }

  async #end(): Promise<void> {
    this.#dial.enabled = false;
    this.#awake.letGo();
    this.#recorder.note(this.#sync.flush());
    const last_seq = this.#recorder.finish();
    // Signs go on, so that the server knows that there is somebody to wait for.
    const signs = setInterval(() => void line.tell(this.#recorder.sign()), SIGN_MS);
    this.#outbox.hurry();
    await this.#outbox.emptied();
    for (let failures = 1; !(await line.finish(stream, last_seq)); failures += 1) await sleep(backoff_ms(failures));
    clearInterval(signs);
    const { ended } = this.#outbox.snapshot;
    if (!ended || isOver(ended)) await this.#outbox.purge();
    say("over", "over_how");
  }
}

async function run(): Promise<void> {
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  const outbox = startOutbox(client);
  await outbox.begin(page.base, page.csrf);
  // What an earlier load left unsent goes first: the server takes a new stream to say that there is no more of it.
  outbox.hurry();
  await outbox.emptied();
  for (let failures = 1; ; failures += 1) {
    const opened = outbox.snapshot.ended ?? (await client.open(stream, true));
    if (typeof opened === "string" && opened !== "elsewhere") {
      if (isOver(opened)) await outbox.purge();
      say("over", "over_how");
      return;
    }
    if (opened && opened !== "elsewhere") {
      outbox.grant(Number.POSITIVE_INFINITY);
      new PhonePage(outbox).begin(opened.epoch);
      return;
    }
    await sleep(backoff_ms(failures));
  }
}

void run();
