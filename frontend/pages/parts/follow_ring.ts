import { backoff_ms } from "../../core/backoff.ts";
import { length_s, type Move, type TargetPath, type TryAnswer, targetAt } from "../../core/target.ts";
import type { Dial } from "../../dial/dial.ts";
import type { RoomClient } from "../../media/room_client.ts";
import { sleep } from "./elements.ts";
import type { Message } from "./veil.ts";

/** How long a few kind words stand before it goes on. */
const READ_MS = 1600;

export interface RingTexts {
  readonly target: string;
  readonly target_how: string;
  readonly target_now: string;
  readonly target_met: string;
  readonly target_again: string;
  readonly target_again_how: string;
  readonly target_enough: string;
  readonly waiting: string;
}

export interface RingParts {
  readonly dial: Dial;
  readonly client: RoomClient;
  readonly texts: RingTexts;
  readonly say: (message: Message) => void;
  /** Tell each movement of the hand to a listener until it is told to another. */
  readonly listen: (listener: (value: number, t_ms: number) => void) => void;
}

/** Let the hand follow a ring, as often as it takes or is asked for; gives the path of a try that may come later. */
export async function followRing(parts: RingParts, first: TargetPath): Promise<TargetPath> {
  const { texts, say } = parts;
  let message: Message = { title: texts.target, detail: texts.target_how };
  for (let path = first; ; ) {
    say(message);
    await new Promise<void>((resolve) => parts.listen(() => resolve()));
    say({ title: texts.target_now });
    const moves = await followOnce(parts, path);
    const { verdict, target } = await handIn(parts, path.number, moves);
    if (verdict !== "again") {
      say({ title: verdict === "met" ? texts.target_met : texts.target_enough });
      await sleep(READ_MS);
      return target;
    }
    message = { title: texts.target_again, detail: texts.target_again_how };
    path = target;
  }
}

/** The ring moves on the screen's clock, the hand is stamped with the input's own time: both are the page's one clock. */
function followOnce({ dial, listen }: RingParts, path: TargetPath): Promise<Move[]> {
  const began_ms = performance.now();
  const moves: Move[] = [[0, dial.value]];
  listen((value, t_ms) => moves.push([Math.max(0, t_ms - began_ms) / 1000, value]));
  return new Promise((resolve) => {
    const draw = (now_ms: number): void => {
      const at_s = (now_ms - began_ms) / 1000;
      if (at_s < length_s(path)) {
        dial.aim(targetAt(at_s, path));
        requestAnimationFrame(draw);
        return;
      }
      dial.aim(null);
      listen(() => {});
      resolve(moves.sort(([a], [b]) => a - b));
    };
    requestAnimationFrame(draw);
  });
}

async function handIn({ client, say, texts }: RingParts, number: number, moves: readonly Move[]): Promise<TryAnswer> {
  for (let failures = 1; ; failures += 1) {
    const answer = await client.tried(number, moves);
    if (answer) return answer;
    say({ title: texts.waiting });
    await sleep(backoff_ms(failures));
  }
}
