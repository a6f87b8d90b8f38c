"""Dyads of a text, which only the one who reads it whole can part: held here, laid out in files for other workers."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any, Self

import numpy as np

from dialogram.analysis import JudgedDyad
from dialogram.timeline import Trace


@dataclass(frozen=True)
class HeldPart:
    """Some dyads in memory."""

    dyads: tuple[JudgedDyad, ...]

    def read(self) -> tuple[JudgedDyad, ...]:
        """Give them."""
        return self.dyads


@dataclass(frozen=True)
class LaidOutPart:
    """Some dyads in a file of their own, number for number."""

    path: Path

    @classmethod
    def write(cls, path: Path, dyads: Sequence[JudgedDyad]) -> Self:
        """Lay them out."""
        about = json.dumps([_describe(dyad) for dyad in dyads]).encode()
        with path.open("wb") as file:
            np.savez(
                file,
                about=np.frombuffer(about, dtype=np.uint8),
                judge=np.concatenate([dyad.judge.values for dyad in dyads]),
                truth=np.concatenate([dyad.truth.values for dyad in dyads]),
            )
        return cls(path)

    def read(self) -> tuple[JudgedDyad, ...]:
        """Read them again."""
        with np.load(self.path, allow_pickle=False) as laid_out:
            about = json.loads(laid_out["about"].tobytes())
            judges, truths = laid_out["judge"], laid_out["truth"]
        ends = np.cumsum([dyad["bins"] for dyad in about])[:-1]
        return tuple(
            JudgedDyad(
                name=dyad["name"],
                judge=Trace(values=judge, name=dyad["judge"], **dyad["grid"]),
                truth=Trace(values=truth, name=dyad["truth"], **dyad["grid"]),
                therapist=dyad["therapist"],
                moderators=dyad["moderators"],
            )
            for dyad, judge, truth in zip(about, np.split(judges, ends), np.split(truths, ends), strict=True)
        )


class HeldDyads:
    """The dyads of a table of text.

    Parameters
    ----------
    path
        The table.
    dyads
        What was read from it, both ratings of a dyad on one grid.
    folder
        Where to lay them out for workers; None for those who work here.
    """

    def __init__(self, path: Path, dyads: tuple[JudgedDyad, ...], folder: Path | None) -> None:
        self.paths, self.dyads, self._folder = [path], dyads, folder

    def part(self, first: int, end: int) -> HeldPart | LaidOutPart:
        """Give some of the dyads, in the order in which they first appear."""
        dyads = self.dyads[first:end]
        return LaidOutPart.write(self._folder / f"{first}-{end}.npz", dyads) if self._folder else HeldPart(dyads)


@contextmanager
def seal_off(path: Path) -> Iterator[Path]:
    """Make a folder beside a file, where workers on a cluster see it too, for its owner alone; remove it afterwards."""
    folder = path.parent / f".{path.name}.dyads"
    rmtree(folder, ignore_errors=True)  # of a run that was killed
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise OSError(
            f"{path.name}: several workers share a text through a folder beside it, which cannot be made:"
            f" {error.strerror}"
        ) from error
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def _describe(dyad: JudgedDyad) -> dict[str, Any]:
    return {
        "name": dyad.name,
        "judge": dyad.judge.name,
        "truth": dyad.truth.name,
        "therapist": dyad.therapist,
        "moderators": dict(dyad.moderators),
        "grid": {"step_s": dyad.judge.step_s, "start_s": dyad.judge.start_s},
        "bins": len(dyad.judge),
    }
