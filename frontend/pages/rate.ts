import "./base.css";
import "./dial.css";
import "./rate.css";
import "./meter.css";
import { backoff_ms } from "../core/backoff.ts";
import { type RatePageData, readPageData } from "../core/page_data.ts";
import { FORMAT, isOver, type Opening, type SittingEnd, type StreamOpened } from "../core/protocol.ts";
import { randomId } from "../core/random_id.ts";
import { posted, RoomClient } from "../media/room_client.ts";
import { startOutbox } from "../media/start_outbox.ts";
import { ChosenDial } from "./parts/chosen_dial.ts";
import { marked, pageJson, sleep } from "./parts/elements.ts";
import { goOnceReached } from "./parts/go_once_reached.ts";
import { RATE_TEXTS, type RateText } from "./parts/rate_texts.ts";
import { RatingSitting } from "./parts/rating_sitting.ts";
import { endMessage } from "./parts/sitting_end.ts";
import { StatusLine } from "./parts/status_line.ts";
import { Veil } from "./parts/veil.ts";

const ASK_AGAIN_MS = 2000;

const page = readPageData<RatePageData<RateText>>(pageJson(), RATE_TEXTS);
const { texts } = page;
const veil = new Veil();
const client = new RoomClient(page.base, page.csrf);
const stream = randomId((bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>));

interface Circumstances {
  readonly epoch: number;
  readonly chosen: ChosenDial | null;
  readonly duration_s: number;
  readonly resumed_at_s: number | null;
}

function describe({ epoch, chosen, duration_s, resumed_at_s }: Circumstances): Opening {
  return {
    format: FORMAT,
    time_origin_ms: performance.timeOrigin,
    epoch,
    device: chosen?.facts ?? { kind: "screen", name: "dial on screen", resolution: page.scale.step },
    page: { width: innerWidth, height: innerHeight, pixel_ratio: devicePixelRatio },
    agent: navigator.userAgent,
    media: { duration_s, has_video: page.has_video },
    resumed_at_s,
  };
}

/**
 * Open the stream; where another page still rates, ask first, and go on unasked once nothing is heard from it.
 * Null when it was stopped meanwhile.
 */
async function openStream(stopped: AbortSignal): Promise<StreamOpened | SittingEnd | null> {
  let taking_over = false;
  let agree: () => void = () => {};
  const agreed = new Promise<void>((resolve) => {
    agree = resolve;
  });
  const goOnHere = (): void => {
    taking_over = true;
    veil.show({ title: texts.preparing });
    agree();
  };
  for (let failures = 1; ; failures += 1) {
    const opened = await client.open(stream, taking_over);
    if (stopped.aborted) return null;
    if (opened === "elsewhere") {
      veil.show({
        title: texts.elsewhere,
        detail: texts.elsewhere_how,
        act: { text: texts.go_on_here, run: goOnHere },
      });
      await Promise.race([agreed, sleep(ASK_AGAIN_MS)]);
    } else if (opened) return opened;
    else await sleep(backoff_ms(failures));
  }
}

async function run(): Promise<void> {
  veil.show({ title: texts.preparing });
  const stop = marked("stop");
  const early = new AbortController();
  const leaveEarly = (): void => {
    early.abort();
    veil.show({ title: texts.stopped, help: texts.help });
    // There is no log yet to tell of it: it is posted, as from any page but this.
    void goOnceReached(page.stop_url, { ...posted("", page.csrf), redirect: "manual" });
  };
  stop.addEventListener("click", leaveEarly, { once: true });
  // A page brought back from the back/forward cache has a closed stream: begin a new one.
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  const outbox = startOutbox(client);
  const status = new StatusLine({ texts, start_s: page.start_s, end_s: page.end_s });
  outbox.subscribe((snapshot) => status.showSaved(snapshot));
  await outbox.begin(page.base, page.csrf);
  // What an earlier page left unsent goes first, so that the server resumes where the hand really was.
  outbox.hurry();
  await outbox.emptied();
  const opened = outbox.snapshot.ended ?? (await openStream(early.signal));
  if (opened === null || early.signal.aborted) return;
  if (typeof opened === "string") {
    if (isOver(opened)) await outbox.purge();
    veil.show(endMessage(opened, texts));
    return;
  }
  outbox.grant(opened.epoch);
  const chosen = await ChosenDial.open(page);
  if (early.signal.aborted) return;
  stop.removeEventListener("click", leaveEarly);
  new RatingSitting({
    page,
    outbox,
    status,
    veil,
    client,
    stream,
    resume: opened.resume ?? page.resume,
    chosen,
    describe: (duration_s, resumed_at_s) => describe({ epoch: opened.epoch, chosen, duration_s, resumed_at_s }),
  });
}

void run();
