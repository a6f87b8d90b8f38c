"""The picture of a simulated session: two seated figures, a clock, and the frame's number for people and programs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialogram.simulate.glyphs import HEIGHT, WIDTH, draw_text

WALL, FLOOR, CHAIR, TABLE = (238, 234, 226), (222, 214, 202), (203, 193, 178), (186, 170, 148)
CLIENT_BLUE, THERAPIST_VERMILION = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)
PHASES = 12
NUMBER_BITS = 20
BLOCKS_PER_HEIGHT = 30
"""A block's side is 1/30 of the picture's height."""

type Colour = tuple[float, float, float]
type Point = tuple[float, float]
type Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]


def number_blocks(number: int) -> NDArray[np.bool_]:
    """Give the row of blocks of a frame: white, black, 20 bits (highest first, white = 1), parity (white = odd).

    Examples
    --------
    >>> number_blocks(5).astype(int)
    array([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0])
    """
    bits = [bool(number >> n & 1) for n in reversed(range(NUMBER_BITS))]
    return np.array([True, False, *bits, sum(bits) % 2 == 1])


def read_frame_number(luma: NDArray[np.uint8]) -> int | None:
    """Read a frame's number off its picture, at any scale; None where no row of blocks is to be seen.

    Block ``i`` is the square of side s = height / 30 whose left upper corner is at (s · (1 + i), height − 2 s).

    Parameters
    ----------
    luma : array of uint8, shape (height, width)
        Brightness of the picture.
    """
    side = luma.shape[0] / BLOCKS_PER_HEIGHT
    row = round(luma.shape[0] - 1.5 * side)
    columns = np.round(side * (1.5 + np.arange(NUMBER_BITS + 3))).astype(int)
    if columns[-1] >= luma.shape[1]:
        return None
    white = luma[row, columns] > 128
    number = int("".join("1" if bit else "0" for bit in white[2:-1]), 2)
    return number if np.array_equal(white, number_blocks(number)) else None


@dataclass(frozen=True)
class _Sprite:
    """A piece of picture and where it belongs: top and left, even numbers of pixels."""

    top: int
    left: int
    planes: Planes


class Scene:
    """A picture that is drawn once; then only what moves is put in again, frame after frame."""

    def __init__(self, width: int, height: int, *, frame_number: bool) -> None:
        self.width, self.height, self.frame_number = width, height, frame_number
        self.packed = np.empty((height * 3 // 2, width), dtype=np.uint8)
        flat = self.packed.reshape(-1)
        luma, quarter = width * height, width * height // 4
        self._planes: Planes = (
            flat[:luma].reshape(height, width),
            flat[luma : luma + quarter].reshape(height // 2, width // 2),
            flat[luma + quarter :].reshape(height // 2, width // 2),
        )
        room = self._room()
        self._put(_Sprite(0, 0, _to_planes(room)))
        self._figures = {
            (name, speaking): [self._figure(room, name, phase / PHASES, speaking=speaking) for phase in range(PHASES)]
            for name in ("client", "therapist")
            for speaking in (False, True)
        }
        self._dot_px = max(1, height // 100)

    def draw(self, number: int, time_s: float, speaker: str | None) -> NDArray[np.uint8]:
        """Draw one frame; give it as planar YUV 4:2:0, shape (1.5 · height, width), to be used before the next."""
        for name in ("client", "therapist"):
            speaking = name == speaker
            cycles = time_s * (1.1 if speaking else 0.22) + (0.5 if name == "client" else 0.0)
            self._put(self._figures[name, speaking][int(cycles * PHASES) % PHASES])
        minutes, rest_s = divmod(time_s, 60)
        self._write(f"{int(minutes):02d}:{int(rest_s):02d}.{int(time_s * 1000 + 1e-6) % 1000:03d}", right=False)
        if self.frame_number:
            self._write(f"{number:6d}", right=True)
            side = self.height / BLOCKS_PER_HEIGHT
            edges = np.round(side * (1 + np.arange(NUMBER_BITS + 4))).astype(int)
            row = np.repeat(np.where(number_blocks(number), 235, 16).astype(np.uint8), np.diff(edges))
            top = round(self.height - 2 * side)
            self._planes[0][top : round(self.height - side), edges[0] : edges[0] + row.size] = row[
                : self.width - edges[0]
            ]
        return self.packed

    def _write(self, text: str, *, right: bool) -> None:
        dot = self._dot_px
        width, height = (len(text) * (WIDTH + 1) + 3) * dot, (HEIGHT + 4) * dot
        left = self.width - width - 4 * dot if right else 4 * dot
        if left < 0:
            return
        box = self._planes[0][4 * dot : 4 * dot + height, left : left + width]
        box[:] = 40
        ink = draw_text(text, dot_px=dot)
        box[2 * dot : 2 * dot + ink.shape[0], 2 * dot : 2 * dot + ink.shape[1]][ink] = 235

    def _put(self, sprite: _Sprite) -> None:
        for plane, piece, shrink in zip(self._planes, sprite.planes, (1, 2, 2), strict=True):
            top, left = sprite.top // shrink, sprite.left // shrink
            plane[top : top + piece.shape[0], left : left + piece.shape[1]] = piece

    def _room(self) -> NDArray[np.float64]:
        y, _ = np.mgrid[: self.height, : self.width] / self.height
        floor = np.clip((y - 0.80) * self.height, 0, 1)[..., None]
        light = (1.03 - 0.07 * y)[..., None]
        room: NDArray[np.float64] = (np.array(WALL) * (1 - floor) + np.array(FLOOR) * floor) * light
        draw = self._brush(room, 0, 0)
        middle = self.width / self.height / 2
        draw((middle, 0.86), (middle, 0.66), 0.010, TABLE)
        draw((middle - 0.09, 0.655), (middle + 0.09, 0.655), 0.014, TABLE)
        draw((middle - 0.05, 0.87), (middle + 0.05, 0.87), 0.008, TABLE)
        for side in (-1, 1):
            hip = middle + side * 0.40
            draw((hip + side * 0.10, 0.74), (hip + side * 0.13, 0.46), 0.050, CHAIR)
            draw((hip + side * 0.08, 0.77), (hip - side * 0.09, 0.77), 0.055, CHAIR)
            draw((hip + side * 0.08, 0.80), (hip + side * 0.09, 0.90), 0.014, CHAIR)
            draw((hip - side * 0.08, 0.80), (hip - side * 0.09, 0.90), 0.014, CHAIR)
        return room

    def _figure(self, room: NDArray[np.float64], name: str, phase: float, *, speaking: bool) -> _Sprite:
        """Draw one figure in one phase of its movement over the room it sits in."""
        side, colour = (-1, CLIENT_BLUE) if name == "client" else (1, THERAPIST_VERMILION)
        hip = self.width / self.height / 2 + side * 0.40
        left = int(np.clip((hip - 0.34) * self.height, 0, self.width - 2)) // 2 * 2
        right = int(np.clip((hip + 0.34) * self.height, left + 2, self.width)) // 2 * 2
        top, bottom = int(0.20 * self.height) // 2 * 2, int(0.90 * self.height) // 2 * 2
        piece = room[top:bottom, left:right].copy()
        draw = self._brush(piece, top, left)
        swing, nod = np.sin(2 * np.pi * phase), np.sin(4 * np.pi * phase)
        breath = 0.004 * swing
        shoulder = (hip + side * 0.035, 0.475 - breath)
        head = (hip + side * 0.015 - side * (0.012 * nod if speaking else 0.0), 0.335 - breath + 0.006 * nod * speaking)
        hand = (
            (hip - side * (0.17 + 0.04 * swing), 0.56 - 0.07 * nod) if speaking else (hip - side * 0.12, 0.665 - breath)
        )
        elbow = (hip - side * 0.02, 0.62 - 0.02 * swing * speaking)
        dark, light = _mixed(colour, 0, 0.30), _mixed(colour, 255, 0.55)
        draw((hip - side * 0.19, 0.70), (hip - side * 0.20, 0.875), 0.034, dark)
        draw((hip + side * 0.01, 0.69), (hip - side * 0.19, 0.69), 0.048, dark)
        draw((hip + side * 0.015, 0.66), shoulder, 0.078, colour)
        draw(head, head, 0.072, light)
        draw((shoulder[0] - side * 0.01, shoulder[1] + 0.01), elbow, 0.034, _mixed(colour, 255, 0.12))
        draw(elbow, hand, 0.028, _mixed(colour, 255, 0.12))
        draw(hand, hand, 0.030, light)
        return _Sprite(top, left, _to_planes(piece))

    def _brush(self, piece: NDArray[np.float64], top: int, left: int) -> Callable[[Point, Point, float, Colour], None]:
        """Give a function that paints a thick line with round ends; lengths in picture heights, edges smooth."""
        y, x = np.mgrid[top : top + piece.shape[0], left : left + piece.shape[1]] / self.height

        def draw(start: Point, end: Point, radius: float, colour: Colour) -> None:
            along = np.array([end[0] - start[0], end[1] - start[1]])
            length2 = max(float(along @ along), 1e-12)
            share = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length2, 0, 1)
            distance = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1]) - radius
            cover = np.clip(0.5 - distance * self.height, 0, 1)[..., None]
            piece[:] = piece * (1 - cover) + np.array(colour) * cover

        return draw


def _mixed(colour: Colour, other: float, share: float) -> Colour:
    red, green, blue = ((1 - share) * part + share * other for part in colour)
    return red, green, blue


def _to_planes(rgb: NDArray[np.float64]) -> Planes:
    """Turn R'G'B' 0 … 255 into Y'CbCr of ITU-R BT.601, studio range, colour at half size."""
    red, green, blue = np.moveaxis(np.clip(rgb, 0, 255), -1, 0) / 255
    luma = 16 + 65.481 * red + 128.553 * green + 24.966 * blue
    cb = 128 - 37.797 * red - 74.203 * green + 112.0 * blue
    cr = 128 + 112.0 * red - 93.786 * green - 18.214 * blue
    halves = [part.reshape(part.shape[0] // 2, 2, part.shape[1] // 2, 2).mean(axis=(1, 3)) for part in (cb, cr)]
    planes = [np.round(part).astype(np.uint8) for part in (luma, *halves)]
    return planes[0], planes[1], planes[2]
