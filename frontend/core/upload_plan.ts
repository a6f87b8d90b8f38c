/** Which bytes of which file go next. Pieces are numbered from 0 in each part and hold PIECE_BYTES, the last one less. */
export const PIECE_BYTES = 1024 * 1024;

export interface PartPlan {
  readonly name: string;
  readonly size: number;
  /** Numbers of the pieces the server holds. */
  readonly received: readonly number[];
}

export interface Piece {
  readonly part: number;
  readonly piece: number;
  readonly start: number;
  readonly end: number;
}

export function pieceCount(size: number): number {
  return Math.ceil(size / PIECE_BYTES);
}

/**
 * The pieces still to be sent, in order. The first of each part goes again even if it is there: the server compares,
 * and so notices when another file of the same name and length was chosen to go on.
 */
export function missingPieces(parts: readonly PartPlan[]): Piece[] {
  return parts.flatMap(({ size, received }, part) => {
    const there = new Set(received);
    return Array.from({ length: pieceCount(size) }, (_, piece) => piece)
      .filter((piece) => piece === 0 || !there.has(piece))
      .map((piece) => ({ part, piece, start: piece * PIECE_BYTES, end: Math.min(size, (piece + 1) * PIECE_BYTES) }));
  });
}

export function totalBytes(parts: readonly { readonly size: number }[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}

export function bytesOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Whether the chosen files are, in this order, those whose upload was begun. */
export function areTheSame(
  chosen: readonly { readonly name: string; readonly size: number }[],
  begun: readonly PartPlan[],
): boolean {
  return chosen.length === begun.length && chosen.every(({ size }, index) => size === begun[index]?.size);
}

/** Seconds left at the speed so far; null before there is anything to go by. */
export function secondsLeft(sent: number, left: number, elapsed_ms: number): number | null {
  return sent > 0 && elapsed_ms > 500 ? (left / sent) * (elapsed_ms / 1000) : null;
}
