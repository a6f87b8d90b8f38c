import { type OutboxReport, PostedOutbox } from "../core/posted_outbox.ts";
import type { RoomClient } from "./room_client.ts";

/** Start the worker that keeps and sends what a page writes down. */
export function startOutbox(client: RoomClient): PostedOutbox {
  const worker = new Worker(new URL("./outbox_worker.ts", import.meta.url), { type: "module" });
  const outbox = new PostedOutbox({ post: (command) => worker.postMessage(command), sendLast: client.send });
  worker.addEventListener("message", ({ data }: MessageEvent<OutboxReport>) => outbox.take(data));
  return outbox;
}
