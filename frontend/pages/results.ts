import "./base.css";
import "./desk_bar.css";
import "./findings.css";
import "./results.css";
import { clockText } from "../core/time_text.ts";
import { marked, pageJson, sleep, write } from "./parts/elements.ts";
import { foldSections } from "./parts/fold_sections.ts";
import { SessionChart, type SessionData } from "./parts/session_chart.ts";

const data = JSON.parse(pageJson()) as SessionData;
const player = marked<HTMLMediaElement>("player");
const play = marked<HTMLButtonElement>("play");
const clock = marked<HTMLOutputElement>("clock");
const values = [...document.querySelectorAll<HTMLElement>("[data-value]")];
const chart = marked<HTMLElement>("chart");
const drawn = new SessionChart(chart, data, seek);
const playWord = play.textContent ?? "";
const STEP_S = 5;
const end_s = data.start_s + data.raters[0].values.length * data.step_s;
chart.setAttribute("aria-valuemax", end_s.toFixed(0));
foldSections();

function seek(media_s: number): void {
  player.currentTime = Math.max(0, media_s);
  show();
}

function sayMoment(media_s: number, bin: number): void {
  const said = data.raters.map(({ name, values }) => `${name} ${values[bin]?.toFixed(0) ?? "–"}`);
  chart.setAttribute("aria-valuenow", media_s.toFixed(0));
  chart.setAttribute("aria-valuetext", [clockText(media_s), ...said].join(", "));
}

function show(): void {
  const media_s = player.currentTime;
  drawn.showMoment(media_s);
  write(clock, clockText(media_s));
  const bin = Math.floor((media_s - data.start_s) / data.step_s);
  for (const place of values) {
    const value = data.raters[Number(place.dataset.value)]?.values[bin];
    write(place, value === null || value === undefined ? "–" : value.toFixed(0));
  }
  // What plays is not spoken: a voice beside the voices of the recording.
  if (player.paused) sayMoment(media_s, bin);
}

async function follow(): Promise<void> {
  while (!player.paused) {
    show();
    await sleep(100);
  }
  show();
}

function toggle(): void {
  if (player.paused) void player.play();
  else player.pause();
}

player.addEventListener("play", () => {
  write(play, play.dataset.pauseWord ?? playWord);
  void follow();
});
player.addEventListener("pause", () => write(play, playWord));
player.addEventListener("seeked", show);
play.addEventListener("click", toggle);
play.disabled = false;

for (const moment of document.querySelectorAll<HTMLButtonElement>("[data-seek]")) {
  moment.disabled = false;
  moment.addEventListener("click", () => {
    seek(Number(moment.dataset.seek));
    void player.play();
    chart.scrollIntoView({ block: "nearest" });
  });
}

// A menu shuts by Escape, and when something else is clicked.
const shutMenus = (but: EventTarget | null): void => {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(".menu[open]")) {
    if (!(but instanceof Node && menu.contains(but))) menu.open = false;
  }
};
document.addEventListener("click", (event) => shutMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.activeElement?.closest(".menu")?.querySelector("summary")?.focus();
  shutMenus(null);
});

chart.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight" || event.key === "ArrowUp") seek(player.currentTime + STEP_S);
  else if (event.key === "ArrowLeft" || event.key === "ArrowDown") seek(player.currentTime - STEP_S);
  else if (event.key === "Home") seek(data.start_s);
  else if (event.key === "End") seek(end_s);
  else if (event.key === " " || event.key === "Enter") toggle();
  else return;
  event.preventDefault();
});

show();
