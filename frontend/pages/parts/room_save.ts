import type { SaveOutcome } from "./autosave.ts";

const TIMEOUT_MS = 15_000;
/** Above this a browser refuses to carry a request beyond the page's end. */
const KEEPALIVE_BYTES = 60_000;

/** Send what is being worked on to the room. */
export async function save(url: string, csrf: string, body: string): Promise<SaveOutcome> {
  try {
    const bytes = new TextEncoder().encode(body);
    const response = await fetch(url, {
      method: "POST",
      body: bytes,
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      keepalive: bytes.length < KEEPALIVE_BYTES,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return ((await response.json()) as { saved?: unknown }).saved === true ? "saved" : "lost";
    // A way station answers with 5xx or 429 too; only what the room itself refuses is refused for good.
    return response.status >= 400 && response.status < 500 && response.status !== 429 ? "refused" : "lost";
  } catch {
    return "lost";
  }
}
