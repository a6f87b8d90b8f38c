"""A recording of any length, quickly made: the same minute over and over."""

from pathlib import Path

from dialogram.archive.recording import make_rendition
from dialogram.simulate.recording import make_recording

SIZE, FPS = (320, 180), 10
PART_S = 60


def make_long_film(folder: Path, *, minutes: int) -> Path:
    """Write a recording of so many minutes."""
    part, film = folder / "part.mp4", folder / "film.mp4"
    make_recording(part, duration_s=PART_S, seed=1, size=SIZE, fps=FPS)
    with part.open("rb") as one, film.open("w+b") as out:
        make_rendition([one] * minutes, out, progress=lambda _share: None, cancelled=lambda: False)
    return film
