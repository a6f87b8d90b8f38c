import { PLACES, type Place, PlacesWatched } from "../core/places_watched.ts";
import { write } from "./parts/elements.ts";

/** Look at a recording: three places to be watched before it can be confirmed, start and end set where it stands. */
function look(host: HTMLElement): void {
  const player = host.querySelector<HTMLMediaElement>("[data-player]");
  const confirm = host.querySelector<HTMLButtonElement>("[data-confirm]");
  const places = host.querySelector<HTMLInputElement>("[data-watched-places]");
  if (!player || !confirm || !places) return;
  const watched = new PlacesWatched(Number(host.dataset.start), Number(host.dataset.end));

  const show = (): void => {
    for (const place of PLACES) {
      const state = host.querySelector<HTMLElement>(`[data-place="${place}"] [data-state]`);
      if (state && watched.has(place)) {
        write(state, `✓ ${state.dataset.watched}`);
        state.parentElement?.classList.add("seen");
      }
    }
    if (watched.all && confirm.disabled) {
      confirm.disabled = false;
      places.value = PLACES.join(" ");
      host.querySelector<HTMLElement>("[data-hint]")?.setAttribute("hidden", "");
    }
  };
  const watch = (): void => {
    watched.tell(player.currentTime, !player.paused && !player.seeking);
    show();
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);

  // Until here a press would have been lost: the page may be there well before its script.
  for (const button of host.querySelectorAll<HTMLButtonElement>("[data-place], [data-set]")) button.disabled = false;
  for (const button of host.querySelectorAll<HTMLButtonElement>("[data-place]")) {
    button.addEventListener("click", () => {
      player.currentTime = watched.places[button.dataset.place as Place].start_s;
      void player.play();
    });
  }
  for (const button of host.querySelectorAll<HTMLButtonElement>("[data-set]")) {
    button.addEventListener("click", () => {
      const field = host.querySelector<HTMLInputElement>(`input[name="${button.dataset.set}"]`);
      if (field) field.value = timeText(player.currentTime);
    });
  }
}

/** Minutes and seconds to a tenth, as the form takes them. */
function timeText(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const rest = (tenths % 600) / 10;
  return `${Math.floor(tenths / 600)}:${rest.toFixed(1).padStart(4, "0")}`;
}

/** Play one segment with its lead-in, and stop at its end. */
function playClips(player: HTMLMediaElement): void {
  let end_s = Number.POSITIVE_INFINITY;
  const watch = (): void => {
    if (!player.paused && player.currentTime >= end_s) {
      player.pause();
      end_s = Number.POSITIVE_INFINITY; // who plays on from here wants to see more
    }
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-clip]")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      end_s = Number(button.dataset.to);
      player.currentTime = Math.max(0, Number(button.dataset.from) - Number(button.dataset.leadIn));
      void player.play();
    });
  }
}

const host = document.querySelector<HTMLElement>("[data-look]");
if (host) look(host);
const clips = document.querySelector<HTMLMediaElement>("[data-clip-player]");
if (clips) playClips(clips);
