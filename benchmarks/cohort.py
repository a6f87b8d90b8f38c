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

from dialogram import CohortColumns
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


def runners() -> Iterator[tuple[str, Runner, str]]:
    yield "here", Here(), ""
    yield "2 processes", Processes(2), f"< {LIMIT_S}"
    yield "Dask, 1 worker", Cluster(workers=1), ""
    yield "Dask, 2 workers", Cluster(workers=2), f"< {LIMIT_S}"


def measure(folder: Path) -> None:
    size_mb = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    print(f"\n{DYADS:,} dyads × {BINS:,} bins, {size_mb:.0f} MB of Parquet in {DYADS // IN_FILE} files")
    print(f"{'':<18}{'all, s':>10}{'target':>10}{'dyads, s':>10}{'speed-up':>10}{'models, s':>10}{'same':>6}")
    first: dict[str, object] | None = None
    alone_s: dict[str, float] = {}
    for name, runner, target in runners():
        marks: list[float] = []
        start = time.perf_counter()
        result = study_table(
            folder, COLUMNS, runner=runner, progress=lambda *_, marks=marks: marks.append(time.perf_counter())
        )  # type: ignore[misc]
        end = time.perf_counter()
        # The first block of each worker pays for starting it: the rate is that of the rest.
        spent_s = marks[-1] - marks[0]
        kind = name.split(",")[0] if "," in name else "here"
        alone_s.setdefault(kind, spent_s)
        first = first or result.to_dict()
        print(
            f"{name:<18}{end - start:>10.1f}{target:>10}{spent_s:>10.1f}{alone_s[kind] / spent_s:>10.2f}"
            f"{end - marks[-1]:>10.1f}{'yes' if result.to_dict() == first else 'no':>6}"
        )
    most = [resource.getrusage(who).ru_maxrss / 1e3 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"memory at most: {most[0]:.0f} MB here, {most[1]:.0f} MB in a worker")


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
