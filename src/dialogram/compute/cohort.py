from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from dialogram._version import __version__
from dialogram.analysis import (
    COHORT_RULES,
    CohortBlock,
    CohortResult,
    MeasuredDyad,
    measure_block,
    part_into_blocks,
    study_blocks,
    study_cohort,
)
from dialogram.archive import (
    CohortColumns,
    CohortPart,
    CohortParts,
    TableError,
    holds_parts,
    read_cohort,
    read_moderators,
    read_part,
)
from dialogram.compute.kept import KeptBlocks
from dialogram.compute.runner import Here, Runner

type Progress = Callable[[int, int], None]


def study_table(
    path: str | Path,
    columns: CohortColumns,
    *,
    moderators_path: str | Path | None = None,
    moderators: Sequence[str] = (),
    whole_rating: str | None = None,
    outcome: str | None = None,
    runner: Runner | None = None,
    progress: Progress = lambda _done, _all: None,
) -> CohortResult:
    r"""Study a cohort where its table lies, without ever holding all of it.

    Parameters
    ----------
    path
        A long table as :func:`dialogram.archive.cohort_table.read_cohort` reads; Parquet, also as a folder of files, is
        read block by block.
    columns
        What stands where; with a column of therapists, dyads lie within therapists.
    moderators_path, moderators
        As of `read_cohort`.
    whole_rating, outcome
        Columns beside the moderators that the truth's rows tell, see :func:`dialogram.analysis.cohort.study_cohort`.
    runner
        Where blocks are measured; default: here.
    progress
        Called with how many dyads are measured, and of how many.

    Returns
    -------
    CohortResult
        From every runner the same, because each block is measured by the same steps and blocks are put together in
        their order: to the last bit on one machine, but that sums over many pairs may differ in the last digits (1e-12)
        where a worker adds with another number of threads, as Dask's do, or on another processor.

    Raises
    ------
    TableError
        As `read_cohort`, and for text that several workers should read.
    ValueError
        As :func:`dialogram.analysis.cohort.study_cohort`.
    ModuleNotFoundError
        Without the extra ``figures`` for Parquet, ``cluster`` for Dask.
    OSError
        When a file cannot be opened, or no scheduler answers.

    Notes
    -----
    Blocks that are done are kept in a folder beside the table until the last one is, so that a run that was broken off
    goes on from there; a change of the data, the columns or the rules begins anew.

    Examples
    --------
    >>> import tempfile
    >>> rows = ["dyad,who,second,dial"]
    >>> for dyad, who, dials in (("1", "c", "13524"), ("1", "t", "14523"), ("2", "c", "31254"), ("2", "t", "41235")):
    ...     rows += [f"{dyad},{who},{second},{dial}" for second, dial in enumerate(dials)]
    >>> columns = CohortColumns(dyad="dyad", role="who", judge="t", truth="c", time="second", value="dial")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "cohort.csv"
    ...     _ = path.write_text("\n".join(rows))
    ...     study_table(path, columns).dyads
    2
    """
    path = Path(path).resolve()
    told = tuple(dict.fromkeys(name for name in (whole_rating, outcome) if name))
    if twice := [name for name in told if name in moderators]:
        raise ValueError(
            f"moderators: expected none that is also what the truth tells of the session, got {twice[0]!r}"
        )
    columns = replace(columns, of_truth=told)
    known_of = (*moderators, *told)
    within_therapists = columns.therapist is not None
    if not holds_parts(path):
        if not isinstance(runner, Here | None):
            raise TableError(f"{path.name}: expected Parquet, which several workers can read in parts, found text")
        dyads = read_cohort(path, columns, moderators_path=moderators_path, moderators=known_of)
        return study_cohort(
            dyads,
            moderators=moderators,
            within_therapists=within_therapists,
            whole_rating=whole_rating,
            outcome=outcome,
        )
    known = read_moderators(moderators_path, columns, known_of) if moderators_path else None
    beside_ratings = () if moderators_path else known_of
    parts = CohortParts(path, columns)
    depends_on = {
        "columns": asdict(columns),
        "moderators": beside_ratings,
        "rules": COHORT_RULES,
        "version": __version__,
    }
    with KeptBlocks.beside(path, parts.paths, depends_on) as kept:
        measure = partial(measure_part, columns=columns, moderators=beside_ratings)
        blocks = measure_parts(parts, measure, kept=kept, runner=runner or Here(), progress=progress)
        if known is not None:
            blocks = [_with_moderators(block, known) for block in blocks]
        return study_blocks(
            blocks,
            moderators=moderators,
            within_therapists=within_therapists,
            whole_rating=whole_rating,
            outcome=outcome,
        )


def measure_parts(
    parts: CohortParts,
    measure: Callable[[CohortPart], CohortBlock],
    *,
    kept: KeptBlocks,
    runner: Runner,
    progress: Progress,
) -> list[CohortBlock]:
    """Measure those blocks of a cohort that are not kept already, and give all in their order."""
    blocks = kept.load()
    measured, count = sum(len(block.dyads) for block in blocks.values()), len(parts.dyads)
    progress(measured, count)
    cuts = part_into_blocks(count)
    missing = [place for place in range(len(cuts)) if place not in blocks]
    with closing(runner.run(measure, [parts.part(*cuts[place]) for place in missing])) as done:
        for at, block in done:
            kept.keep(missing[at], block)
            blocks[missing[at]] = block
            measured += len(block.dyads)
            progress(measured, count)
    return [blocks[place] for place in range(len(cuts))]


def measure_part(part: CohortPart, *, columns: CohortColumns, moderators: Sequence[str]) -> CohortBlock:
    """Read the dyads of a part and measure them."""
    return measure_block(read_part(part, columns, moderators=moderators))


def _with_moderators(block: CohortBlock, known: dict[str, dict[str, float]]) -> CohortBlock:
    dyads = tuple(
        replace(dyad, sums=replace(dyad.sums, moderators=known.get(dyad.name, {})))
        if isinstance(dyad, MeasuredDyad)
        else dyad
        for dyad in block.dyads
    )
    return replace(block, dyads=dyads)
