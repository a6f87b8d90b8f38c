import { expect, test } from "vitest";
import { areTheSame, bytesOf, missingPieces, PIECE_BYTES, pieceCount, secondsLeft, totalBytes } from "./upload_plan.ts";

test("a file is cut without gap or overlap, and its last piece is shorter", () => {
  const pieces = missingPieces([{ name: "a", size: 2 * PIECE_BYTES + 5, received: [] }]);
  expect(pieces.map(({ start, end }) => end - start)).toEqual([PIECE_BYTES, PIECE_BYTES, 5]);
  expect(pieces.map(({ start }) => start)).toEqual([0, PIECE_BYTES, 2 * PIECE_BYTES]);
});

test("a file of exactly one piece has no empty second one", () => {
  expect(pieceCount(PIECE_BYTES)).toBe(1);
  expect(pieceCount(PIECE_BYTES + 1)).toBe(2);
});

test("going on sends what is missing, and the first piece of each part again to be compared", () => {
  const parts = [
    { name: "a", size: 3 * PIECE_BYTES, received: [0, 1] },
    { name: "b", size: 10, received: [0] },
  ];
  expect(missingPieces(parts).map(({ part, piece }) => [part, piece])).toEqual([
    [0, 0],
    [0, 2],
    [1, 0],
  ]);
});

test("bytes left are those of the missing pieces, not of the whole", () => {
  const parts = [{ name: "a", size: 2 * PIECE_BYTES, received: [1] }];
  expect(bytesOf(missingPieces(parts))).toBe(PIECE_BYTES);
  expect(totalBytes(parts)).toBe(2 * PIECE_BYTES);
});

test("files of another length, number or order are not the same", () => {
  const begun = [
    { name: "a", size: 1, received: [] },
    { name: "b", size: 2, received: [] },
  ];
  const [a, b] = [
    { name: "a", size: 1 },
    { name: "b", size: 2 },
  ];
  expect(areTheSame([a, b], begun)).toBe(true);
  expect(areTheSame([b, a], begun)).toBe(false);
  expect(areTheSame([a], begun)).toBe(false);
});

test("time left follows the speed so far, and is not guessed from nothing", () => {
  expect(secondsLeft(10, 30, 1000)).toBe(3);
  expect(secondsLeft(0, 30, 1000)).toBeNull();
  expect(secondsLeft(10, 30, 100)).toBeNull();
});
