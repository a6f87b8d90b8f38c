import type { Player } from "../../media/player.ts";

function clickOrKey(): Promise<void> {
  return new Promise((resolve) => {
    const heard = new AbortController();
    for (const kind of ["pointerup", "keydown"]) {
      document.addEventListener(
        kind,
        () => {
          heard.abort();
          resolve();
        },
        { signal: heard.signal },
      );
    }
  });
}

/**
 * Play. A browser may let sound begin only after a click or a key, and a wheel or a finger still down is neither:
 * then ask for one, and try again as long as it is wanted.
 */
export async function playOnceAllowed(
  player: Player,
  { ask, wanted }: { ask: () => void; wanted: () => boolean },
): Promise<void> {
  while (wanted() && (await player.play()) === "blocked") {
    ask();
    await clickOrKey();
  }
}
