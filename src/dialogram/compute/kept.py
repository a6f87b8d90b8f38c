import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Any, Self

import numpy as np

from dialogram.analysis import CohortBlock, DyadCongruence, DyadSums, Exclusion, MeasuredDyad, Products


class KeptBlocks:
    """Blocks that are measured already, kept in a folder until all are.

    Parameters
    ----------
    folder
        Where; blocks under another key in it are of other data or rules, and go.
    key
        What the results depend on.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._folder, self._key = folder, key

    def __enter__(self) -> Self:
        """Keep blocks."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Remove the folder when all went well: the results are out."""
        if kind is None:
            rmtree(self._folder, ignore_errors=True)

    @classmethod
    def beside(cls, path: Path, paths: Sequence[Path], depends_on: Mapping[str, Any]) -> Self:
        """Keep blocks beside the data, by the digest of the files' content and of all else they depend on."""
        digest = hashlib.blake2b(json.dumps(depends_on, sort_keys=True).encode(), digest_size=16)
        for each in paths:
            with each.open("rb") as file:
                digest.update(hashlib.file_digest(file, "blake2b").digest())
        return cls(path.parent / f".{path.name}.parts", digest.hexdigest())

    def load(self) -> dict[int, CohortBlock]:
        """Give the blocks that are there by their place, and remove what is of no use any more."""
        found = {}
        for file in self._folder.glob("*"):
            key, _, place = file.stem.partition("-")
            if file.suffix == ".npz" and key == self._key:
                found[int(place)] = _read(file)
            else:
                file.unlink()
        return found

    def keep(self, place: int, block: CohortBlock) -> None:
        """Write a block down, whole or not at all."""
        half = self._folder / f"{self._key}-{place}.half"
        # Data may lie where nobody can write: then there is nothing to go on from, and no reason to stop.
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            try:
                with half.open("wb") as file:
                    dyads = json.dumps(block.dyads, default=_plain).encode()
                    np.savez(file, z=block.z, dyads=np.frombuffer(dyads, dtype=np.uint8))
                half.rename(half.with_suffix(".npz"))
            finally:
                half.unlink(missing_ok=True)


def _plain(each: Any) -> Any:
    return each.tolist() if isinstance(each, np.ndarray) else vars(each)


def _read(file: Path) -> CohortBlock:
    with np.load(file, allow_pickle=False) as kept:
        dyads = json.loads(kept["dyads"].tobytes())
        return CohortBlock(dyads=tuple(_dyad(dyad) for dyad in dyads), z=kept["z"])


def _dyad(kept: dict[str, Any]) -> MeasuredDyad | Exclusion:
    if "reason" in kept:
        return Exclusion(**kept)
    tuples = {name: tuple(kept[name]) for name in ("levels", "parts")}
    return MeasuredDyad(
        **kept
        | tuples
        | {
            "congruence": DyadCongruence(**kept["congruence"]),
            "sums": _sums(kept["sums"]),
            "profile": tuple(sums and _sums(sums) for sums in kept["profile"]),
        }
    )


def _sums(kept: dict[str, Any]) -> DyadSums:
    arrays = {name: np.array(values) for name, values in kept["products"].items() if name != "n"}
    products = Products(n=kept["products"]["n"], **arrays)
    return DyadSums(**kept | {"products": products, "spreads": tuple(kept["spreads"])})
