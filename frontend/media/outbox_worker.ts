import { Outbox } from "../core/outbox.ts";
import type { OutboxCommand, OutboxReport } from "../core/posted_outbox.ts";
import { openStore } from "./record_store.ts";
import { RoomClient } from "./room_client.ts";

const TICK_MS = 125;

function say(report: OutboxReport): void {
  postMessage(report);
}

async function begin(base: string, csrf: string): Promise<Outbox> {
  const outbox = new Outbox({
    now: () => performance.now(),
    store: await openStore(base.split("/").at(-1) ?? base),
    send: new RoomClient(base, csrf).send,
    settled: (stream, seqs) => say({ kind: "settled", stream, seqs }),
  });
  outbox.subscribe((snapshot) => say({ kind: "snapshot", snapshot }));
  await outbox.restore();
  setInterval(() => outbox.tick(), TICK_MS);
  addEventListener("online", () => outbox.hurry());
  say({ kind: "begun", snapshot: outbox.snapshot });
  return outbox;
}

let begun: Promise<Outbox> | null = null;

async function obey(command: OutboxCommand): Promise<void> {
  if (command.kind === "begin") begun = begin(command.base, command.csrf);
  const outbox = await begun;
  if (!outbox) return;
  if (command.kind === "add") outbox.add(command.stream, command.record);
  else if (command.kind === "grant") outbox.grant(command.epoch);
  else if (command.kind === "hurry") outbox.hurry();
  else if (command.kind === "purge") {
    await outbox.purge();
    say({ kind: "purged", snapshot: outbox.snapshot });
  }
}

addEventListener("message", ({ data }: MessageEvent<OutboxCommand>) => void obey(data));
