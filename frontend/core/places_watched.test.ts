import { expect, test } from "vitest";
import { PLACES, PlacesWatched } from "./places_watched.ts";

function play(watched: PlacesWatched, from_s: number, length_s: number): void {
  for (let at_s = 0; at_s <= length_s + 1e-9; at_s += 0.1) watched.tell(from_s + at_s, true);
  watched.tell(from_s + length_s, false);
}

test("two seconds at each place are enough, less is not", () => {
  const watched = new PlacesWatched(0, 3000);
  for (const place of PLACES) play(watched, watched.places[place].start_s, 1.5);
  expect(PLACES.map((place) => watched.has(place))).toEqual([false, false, false]);
  for (const place of PLACES) play(watched, watched.places[place].start_s, 1);
  expect(watched.all).toBe(true);
});

test("watching elsewhere does not count", () => {
  const watched = new PlacesWatched(0, 3000);
  play(watched, 500, 60);
  expect(PLACES.some((place) => watched.has(place))).toBe(false);
});

test("leaping through a place is not watching it", () => {
  const watched = new PlacesWatched(0, 3000);
  for (const at_s of [0, 5, 10, 15, 20, 25]) watched.tell(at_s, true);
  expect(watched.has("start")).toBe(false);
});

test("a place that stands still is not watched", () => {
  const watched = new PlacesWatched(0, 3000);
  for (let tick = 0; tick < 100; tick += 1) watched.tell(3, true);
  expect(watched.has("start")).toBe(false);
});

test("places lie in the trimmed stretch", () => {
  const { places } = new PlacesWatched(100, 400);
  expect(places.start.start_s).toBe(100);
  expect(places.end.end_s).toBe(400);
});

test("a recording of six seconds can be confirmed", () => {
  const watched = new PlacesWatched(0, 6);
  play(watched, 0, 6);
  expect(watched.all).toBe(true);
});
