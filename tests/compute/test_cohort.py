import json
import multiprocessing
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.compute.tables import COLUMNS, rows, write

from dialogram import CohortColumns, CohortFolder, read_cohort, read_cohort_folder, study_cohort, study_folder
from dialogram.analysis import CohortBlock, measure_block, part_into_blocks
from dialogram.archive import CohortParts
from dialogram.compute import Cluster, Here, Processes, Runner, study_table
from dialogram.compute.cohort import measure_parts
from dialogram.compute.held import HeldDyads, seal_off
from dialogram.compute.kept import KeptBlocks
from dialogram.compute.runner import WorkersLostError

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
    parts = CohortParts(path, columns, moderators=["alliance"])
    with KeptBlocks.beside(path, parts.paths, asdict(columns)) as kept:
        return written(measure_parts(parts, kept=kept, runner=runner or Here(), progress=progress))


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


def kill_a_child(done: int, _count: int) -> None:
    """When the first block is done, kill a process that works on others."""
    if done == 200:
        child = multiprocessing.active_children()[0]
        child.kill()
        child.join()


def test_a_process_that_dies_ends_the_run_and_the_next_one_goes_on(table: Path, expected: list[str]) -> None:
    with pytest.raises(WorkersLostError, match="a process ended before its work was done"):
        measure(table, runner=Processes(1), progress=kill_a_child)
    told: list[int] = []
    assert measure(table, runner=Processes(1), progress=lambda done, _: told.append(done)) == expected
    assert told == [200, 400, 600]


def test_what_a_worker_of_dask_leaves_undone_another_one_does(table: Path, expected: list[str]) -> None:
    told: list[int] = []

    def kill(done: int, count: int) -> None:
        told.append(done)
        kill_a_child(done, count)

    found = measure(table, runner=Cluster(workers=1), progress=kill)
    assert told == [0, 200, 400, 600]
    assert [json.loads(block)["dyads"] for block in found] == [json.loads(block)["dyads"] for block in expected]
    assert list(table.parent.iterdir()) == [table]


def test_text_is_read_here_and_laid_out_for_others_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    rng = np.random.default_rng(3)
    lines = [
        f"{dyad},{who},{s / 3},{rng.normal()},T{dyad < 'c'},{ord(dyad) % 3}"
        for dyad in "abcdef"
        for who in "ct"
        for s in range(30)
        if (dyad, who, s) != ("b", "t", 4)
    ]
    path.write_text("\n".join(["dyad,who,s,dial,by,alliance", *lines]))
    columns = replace(COLUMNS, therapist="by")
    dyads = read_cohort(path, columns, moderators=["alliance"])
    expected = study_cohort(dyads, moderators=["alliance"], within_therapists=True).to_dict()
    told: list[int] = []
    for runner in (Here(), Processes(2)):
        found = study_table(
            path, columns, moderators=["alliance"], runner=runner, progress=lambda done, _: told.append(done)
        )
        assert found.to_dict() == expected
        assert list(tmp_path.iterdir()) == [path]
    assert told == [0, 6, 0, 6]
    with seal_off(path) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "left behind").write_text("by a run that was killed")
        assert written([measure_block(HeldDyads(path, dyads, folder).part(1, 4).read())]) == written(
            [measure_block(dyads[1:4])]
        )
        with seal_off(path):
            assert not list(folder.iterdir())
    assert not folder.exists()


def test_a_folder_is_measured_file_by_file_and_again_when_one_or_what_is_known_changes(tmp_path: Path) -> None:
    folder, rng = tmp_path / "dyads", np.random.default_rng(3)
    folder.mkdir()
    for name in NAMES[:260]:
        rows = "".join(f"{2 * at},{c:.3f},{t:.3f}\n" for at, (c, t) in enumerate(rng.normal(size=(20, 2))))
        (folder / f"{name}.csv").write_text(f"second,c,t\n{rows}")
    known = tmp_path / "known.csv"
    known.write_text("dyad,alliance\n" + "".join(f"{name},{at % 7}\n" for at, name in enumerate(NAMES)))

    def study(stop_at: int | None = None) -> tuple[dict[str, Any], list[int]]:
        told: list[int] = []

        def progress(done: int, _count: int) -> None:
            told.append(done)
            if done == stop_at:
                raise KeyboardInterrupt

        of = CohortFolder(folder, judge="t", truth="c", moderators_path=known, moderators=["alliance"])
        return study_folder(of, moderators=["alliance"], progress=progress).to_dict(), told

    found, told = study()
    dyads = read_cohort_folder(folder, judge="t", truth="c", moderators_path=known, moderators=["alliance"])
    assert (found, told) == (study_cohort(dyads, moderators=["alliance"]).to_dict(), [0, 130, 260])
    with pytest.raises(KeyboardInterrupt):
        study(stop_at=130)
    assert study() == (found, [130, 260])
    for changed in (known, folder / "d7.csv"):
        with pytest.raises(KeyboardInterrupt):
            study(stop_at=130)
        changed.write_text(changed.read_text().replace(",1", ",2"))
        assert study()[1] == [0, 130, 260]
