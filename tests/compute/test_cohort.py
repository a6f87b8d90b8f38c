import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from tests.compute.tables import COLUMNS, rows, write

from dialogram import CohortColumns, TableError, read_cohort, study_cohort
from dialogram.analysis import CohortBlock, measure_block, part_into_blocks
from dialogram.archive import CohortParts
from dialogram.compute import Cluster, Here, Processes, Runner, study_table
from dialogram.compute.cohort import measure_part, measure_parts
from dialogram.compute.kept import KeptBlocks

NAMES = [f"d{index}" for index in range(600)]
"""Three blocks."""
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("cohort") / "cohort.parquet", rows(NAMES))


def written(blocks: list[CohortBlock]) -> list[str]:
    """Every number of blocks, unrounded."""
    return [json.dumps(asdict(block), default=np.ndarray.tolist) for block in blocks]


def measure(
    path: Path,
    *,
    columns: CohortColumns = COLUMNS,
    runner: Runner | None = None,
    progress: Callable[[int, int], None] = lambda _done, _count: None,
) -> list[str]:
    parts = CohortParts(path, columns)
    with KeptBlocks.beside(path, parts.paths, asdict(columns)) as kept:
        work = partial(measure_part, columns=columns, moderators=["alliance"])
        return written(measure_parts(parts, work, kept=kept, runner=runner or Here(), progress=progress))


@pytest.fixture(scope="module")
def expected(table: Path) -> list[str]:
    dyads = read_cohort(table, COLUMNS, moderators=["alliance"])
    return written([measure_block(dyads[first:end]) for first, end in part_into_blocks(len(dyads))])


@pytest.mark.parametrize(
    ("runner", "tolerance"),
    [(Here(), 0), (Processes(2), 0), (Cluster(workers=2), 1e-12)],
    ids=["here", "processes", "dask"],
)
def test_every_runner_finds_the_same(table: Path, expected: list[str], runner: Runner, tolerance: float) -> None:
    """To the last bit; but Dask's workers add up the z of strangers in one thread, this process in several."""
    told: list[tuple[int, int]] = []
    found = measure(table, runner=runner, progress=lambda done, count: told.append((done, count)))
    assert told == [(0, 600), (200, 600), (400, 600), (600, 600)]
    for one, other in zip(map(json.loads, found), map(json.loads, expected), strict=True):
        assert one["dyads"] == other["dyads"]
        np.testing.assert_allclose(np.array(one["z"]), np.array(other["z"]), rtol=tolerance, atol=tolerance)
    assert list(table.parent.iterdir()) == [table]


def test_a_cohort_in_parts_is_the_same_cohort(tmp_path: Path) -> None:
    """Also with moderators, in the long table or in one of their own, and dyads within therapists."""
    path = write(tmp_path / "cohort.parquet", rows(NAMES[:30]), in_group=1_000)
    columns = replace(COLUMNS, therapist="by")
    dyads = read_cohort(path, columns, moderators=["alliance"])
    expected = study_cohort(dyads, moderators=["alliance"], within_therapists=True).to_dict()
    assert study_table(path, columns, moderators=["alliance"]).to_dict() == expected
    known = tmp_path / "known.csv"
    known.write_text("dyad,alliance\n" + "".join(f"{name},{index % 7}\n" for index, name in enumerate(NAMES)))
    assert study_table(path, columns, moderators_path=known, moderators=["alliance"]).to_dict() == expected


def test_a_run_broken_off_goes_on_from_there(table: Path, expected: list[str]) -> None:
    def stop(done: int, _count: int) -> None:
        if done == 400:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(table, progress=stop)
    (folder,) = (each for each in table.parent.iterdir() if each.is_dir())
    assert len(list(folder.iterdir())) == 2
    assert {each.suffix for each in folder.iterdir()} == {".npz"}
    told: list[int] = []
    assert measure(table, progress=lambda done, _: told.append(done)) == expected
    assert told == [400, 600]
    assert not folder.exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.compute.test_cohort import measure

def kill(done, _count):
    if done == 200:
        os.kill(os.getpid(), signal.SIGKILL)

measure(Path(sys.argv[1]), progress=kill)
"""


def test_a_killed_run_goes_on_but_not_with_other_data_or_columns(tmp_path: Path, expected: list[str]) -> None:
    path = write(tmp_path / "cohort.parquet", rows(NAMES))
    killed = subprocess.run([sys.executable, "-c", KILLED, path], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    (folder,) = (each for each in tmp_path.iterdir() if each.is_dir())
    (whole,) = folder.iterdir()
    kept = whole.read_bytes()

    def goes_on_from(columns: CohortColumns) -> tuple[int, list[str]]:
        folder.mkdir(exist_ok=True)
        whole.write_bytes(kept)
        whole.with_suffix(".half").write_bytes(kept[:100])
        told: list[int] = []
        found = measure(path, columns=columns, progress=lambda done, _: told.append(done))
        assert not folder.exists()
        return told[0], found

    assert goes_on_from(COLUMNS) == (200, expected)
    assert goes_on_from(replace(COLUMNS, judge="observer"))[0] == 0
    write(path, rows(NAMES, seed=2))
    assert goes_on_from(COLUMNS)[0] == 0


def test_where_nothing_can_be_kept_work_is_done_all_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "cohort.parquet", rows(NAMES[:9]))
    in_the_way = tmp_path / ".cohort.parquet.parts"
    in_the_way.write_text("not a folder")
    assert len(measure(path)) == 1
    assert in_the_way.read_text() == "not a folder"


def test_text_is_read_here_and_by_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    rng = np.random.default_rng(3)
    lines = [f"{dyad},{who},{s},{rng.normal():.3f}" for dyad in "abcd" for who in "ct" for s in range(30)]
    path.write_text("\n".join(["dyad,who,s,dial", *lines]))
    assert study_table(path, COLUMNS).to_dict() == study_cohort(read_cohort(path, COLUMNS)).to_dict()
    with pytest.raises(TableError, match=r"cohort\.csv: expected Parquet, which several workers can read in parts"):
        study_table(path, COLUMNS, runner=Processes(2))
