"""A cohort of 10,000 simulated dyads of 3,000 bins in Parquet: end to end, by each runner, on this machine.

`python -m benchmarks.cohort [FOLDER]`. Writing the data (a few minutes, into FOLDER if it is named, where a second run
finds them) is not timed. The targets (DESIGN, section 11): under 60 s on 2 cores, near-linear in Dask workers.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from dialogram import CohortColumns, CohortResult
from dialogram.compute import Cluster, Here, Processes, Runner, study_table
from dialogram.simulate import CLIENT, THERAPIST, simulate_dyad

DYADS, BINS, IN_FILE = 10_000, 3_000, 250
LIMIT_S = 60
COLUMNS = CohortColumns(dyad="dyad", role="role", judge="therapist", truth="client", time="second", value="value")


def write(first: int, folder: Path) -> None:
    """Write a file of dyads whose therapists differ in how they track, and how high they rate."""
    values = []
    for dyad in range(first, first + IN_FILE):
        rng = np.random.default_rng(dyad)
        therapist = replace(THERAPIST, tracking=rng.normal(0.6, 0.2), bias=rng.normal(-3, 5))
        pair = simulate_dyad(rng, duration_s=BINS, client=CLIENT, therapist=therapist)
        values += [pair.client.values, pair.therapist.values]
    names = np.repeat([f"dyad {dyad}" for dyad in range(first, first + IN_FILE)], 2 * BINS)
    roles = np.tile(np.repeat(["client", "therapist"], BINS), IN_FILE)
    table = pa.table(
        {
            "dyad": pa.array(names).dictionary_encode(),
            "role": pa.array(roles).dictionary_encode(),
            "second": np.tile(np.arange(BINS, dtype=np.float64), 2 * IN_FILE),
            "value": pa.array(np.concatenate(values), from_pandas=True),
        }
    )
    parquet.write_table(table, folder / f"{first:05}.parquet", compression="zstd")


def write_all(folder: Path) -> None:
    missing = [first for first in range(0, DYADS, IN_FILE) if not (folder / f"{first:05}.parquet").exists()]
    with closing(Processes(2).run(partial(write, folder=folder), missing)) as written:
        for count, _ in enumerate(written, 1):
            print(f"\rwriting {count} of {len(missing)} files", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def runners() -> Iterator[tuple[str, str, int, Runner]]:
    yield "here", "", 1, Here()
    yield "processes", f"< {LIMIT_S}", 2, Processes(2)
    yield "Dask", "", 1, Cluster(workers=1)
    yield "Dask", f"< {LIMIT_S}", 2, Cluster(workers=2)


def numbers(result: CohortResult) -> np.ndarray:
    """What comes out of all pairs and all sums."""
    assert result.pseudo_dyads is not None
    fits = [(each.bias.b, each.tracking.b, each.residual, each.loglik) for each in (result.iid, result.ar1)]
    return np.array([result.pseudo_dyads.difference, result.pseudo_dyads.se, *np.ravel(fits)])


def measure(folder: Path) -> None:
    size_mb = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    print(f"\n{DYADS:,} dyads × {BINS:,} bins, {size_mb:.0f} MB of Parquet in {DYADS // IN_FILE} files")
    heads = ("workers", "all, s", "target", "models, s", "dyads/s", "speed-up", "differs by")
    print(f"{'':<14}" + "".join(f"{head:>12}" for head in heads))
    expected: np.ndarray | None = None
    alone: dict[bool, float] = {}
    for name, target, workers, runner in runners():
        told: list[tuple[float, int]] = []
        start = time.perf_counter()
        result = study_table(
            folder,
            COLUMNS,
            runner=runner,
            progress=lambda done, _, told=told: told.append((time.perf_counter(), done)),  # type: ignore[misc]  # bound at once
        )
        end = time.perf_counter()
        # From when every worker has done its first block: until then they load what they need.
        (first_s, before), (last_s, done) = told[workers], told[-1]
        rate = (done - before) / (last_s - first_s)
        found = numbers(result)
        expected = found if expected is None else expected
        cells = (
            workers,
            f"{end - start:.1f}",
            target,
            f"{end - last_s:.1f}",
            f"{rate:.0f}",
            f"{rate / alone.setdefault(isinstance(runner, Cluster), rate):.2f}",
            f"{np.max(np.abs(found / expected - 1)):.0e}",
        )
        print(f"{name:<14}" + "".join(f"{cell:>12}" for cell in cells), flush=True)
    here, worker = (resource.getrusage(who).ru_maxrss / 1e3 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"memory at most: {here:.0f} MB here, {worker:.0f} MB in a worker")


def main() -> None:
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        folder.mkdir(exist_ok=True)
        write_all(folder)
        measure(folder)
        return
    with tempfile.TemporaryDirectory() as folder_name:
        write_all(Path(folder_name))
        measure(Path(folder_name))


if __name__ == "__main__":
    main()
