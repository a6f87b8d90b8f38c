"""Digits and marks five dots wide and seven high, for clocks burned into simulated pictures."""

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 5, 7
ROWS = {
    "0": ".###. #...# #..## #.#.# ##..# #...# .###.",
    "1": "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    "2": ".###. #...# ....# ...#. ..#.. .#... #####",
    "3": "##### ...#. ..#.. ...#. ....# #...# .###.",
    "4": "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "5": "##### #.... ####. ....# ....# #...# .###.",
    "6": "..##. .#... #.... ####. #...# #...# .###.",
    "7": "##### ....# ...#. ..#.. .#... .#... .#...",
    "8": ".###. #...# #...# .###. #...# #...# .###.",
    "9": ".###. #...# #...# .#### ....# ...#. .##..",
    ":": "..... ..#.. ..#.. ..... ..#.. ..#.. .....",
    ".": "..... ..... ..... ..... ..... .##.. .##..",
    " ": "..... ..... ..... ..... ..... ..... .....",
}


def draw_text(text: str, *, dot_px: int) -> NDArray[np.bool_]:
    """Give the pixels of a line of digits, ``:``, ``.`` and spaces; one empty column follows each.

    Examples
    --------
    >>> draw_text("1", dot_px=1).astype(int)[:3]
    array([[0, 0, 1, 0, 0, 0],
           [0, 1, 1, 0, 0, 0],
           [0, 0, 1, 0, 0, 0]])
    """
    columns = [[[dot == "#" for dot in row] + [False] for row in ROWS[character].split()] for character in text]
    dots = np.concatenate([np.array(character, dtype=np.bool_) for character in columns], axis=1)
    return dots.repeat(dot_px, axis=0).repeat(dot_px, axis=1)
