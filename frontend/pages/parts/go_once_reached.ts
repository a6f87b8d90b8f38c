import { backoff_ms } from "../../core/backoff.ts";
import { ask } from "../../media/room_client.ts";
import { sleep } from "./elements.ts";

const TIMEOUT_MS = 8000;

/** Go to another page as soon as the server answers: until then a browser would show an error in place of this one. */
export async function goOnceReached(url: string, asked: RequestInit = {}): Promise<void> {
  for (let failures = 1; !(await ask(url, asked, TIMEOUT_MS)); failures += 1) await sleep(backoff_ms(failures));
  location.assign(url);
}
