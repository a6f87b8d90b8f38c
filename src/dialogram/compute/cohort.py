from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol, TypedDict, Unpack

from dialogram._version import __version__
from dialogram.analysis import (
    COHORT_RULES,
    CohortBlock,
    CohortResult,
    DyadSums,
    JudgedDyad,
    MeasuredDyad,
    measure_block,
    part_into_blocks,
    study_blocks,
)
from dialogram.archive import (
    CohortColumns,
    CohortFolder,
    CohortParts,
    holds_parts,
    read_cohort,
    read_moderators,
)
from dialogram.compute.held import HeldDyads, seal_off
from dialogram.compute.kept import KeptBlocks
from dialogram.compute.runner import Here, Runner

type Progress = Callable[[int, int], None]


class Questions(TypedDict, total=False):
    """What is asked of a cohort, see :func:`dialogram.analysis.cohort.study_cohort`."""

    moderators: Sequence[str]
    whole_rating: str | None
    outcome: str | None
    profile: bool


class _OfDyads(TypedDict):
    moderators: Sequence[str]
    whole_rating: str | None
    outcome: str | None


_MADE_BY = {"rules": COHORT_RULES, "version": __version__}


class Part(Protocol):
    """Some dyads, small to send: whoever works reads them himself."""

    def read(self) -> tuple[JudgedDyad, ...]:
        """Read them."""


class Parts(Protocol):
    """The dyads of a cohort in their order, and the files they are read from."""

    @property
    def paths(self) -> Sequence[Path]:
        """The files."""

    @property
    def dyads(self) -> Sequence[object]:
        """What there is of each before it is read."""

    def part(self, first: int, end: int) -> Part:
        """Give some of the dyads."""


def study_table(
    path: str | Path,
    columns: CohortColumns,
    *,
    moderators_path: str | Path | None = None,
    runner: Runner | None = None,
    progress: Progress = lambda _done, _all: None,
    **questions: Unpack[Questions],
) -> CohortResult:
    r"""Study a cohort where its table lies; of Parquet without ever holding all of it.

    Parameters
    ----------
    path
        A long table as :func:`dialogram.archive.cohort_table.read_cohort` reads; Parquet, also as a folder of files, is
        read block by block. Text is read here and whole; for other workers the dyads are laid out in a folder beside
        it that only its owner can enter, and that is removed afterwards.
    columns
        What stands where; with a column of therapists, dyads lie within therapists.
    moderators_path
        As of `read_cohort`.
    runner
        Where blocks are measured; default: here.
    progress
        Called with how many dyads are measured, and of how many.
    **questions
        As of :func:`dialogram.analysis.cohort.study_cohort`: `moderators`, `whole_rating` and `outcome` are columns, of
        the latter two the truth's rows tell.

    Returns
    -------
    CohortResult
        From every runner the same, because each block is measured by the same steps and blocks are put together in
        their order: to the last bit on one machine, but that sums over many pairs may differ in the last digits (1e-12)
        where a worker adds with another number of threads, as Dask's do, or on another processor.

    Raises
    ------
    TableError
        As `read_cohort`.
    ValueError
        As :func:`dialogram.analysis.cohort.study_cohort`.
    ModuleNotFoundError
        Without the extra ``figures`` for Parquet, ``cluster`` for Dask.
    OSError
        When a file cannot be opened, no scheduler answers, or workers are lost.

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
    asked = _Asked(**questions)
    columns = replace(columns, of_truth=asked.of_session)
    known = read_moderators(moderators_path, columns, asked.names) if moderators_path else None
    beside_ratings = () if moderators_path else asked.names
    runner = runner or Here()
    with ExitStack() as stack:
        parts: Parts
        if holds_parts(path):
            parts = CohortParts(path, columns, moderators=beside_ratings)
        else:
            dyads = read_cohort(path, columns, moderators=beside_ratings)
            folder = None if isinstance(runner, Here) else stack.enter_context(seal_off(path))
            parts = HeldDyads(path, dyads, folder)
        depends_on = {"columns": asdict(columns), "moderators": beside_ratings, "profile": asked.profile}
        kept = stack.enter_context(KeptBlocks.beside(path, parts.paths, depends_on | _MADE_BY))
        blocks = measure_parts(parts, kept=kept, runner=runner, progress=progress, profile=asked.profile)
        if known is not None:
            blocks = [_with_moderators(block, known) for block in blocks]
        return study_blocks(blocks, within_therapists=columns.therapist is not None, **asked.of_dyads)


def study_folder(
    folder: CohortFolder,
    *,
    runner: Runner | None = None,
    progress: Progress = lambda _done, _all: None,
    **questions: Unpack[Questions],
) -> CohortResult:
    r"""Study a cohort that lies in a folder, a file or a folder a dyad.

    Parameters
    ----------
    folder
        Where, and what is known of the dyads; where their therapists are, dyads lie within therapists.
    runner, progress
        As of :func:`study_table`.
    **questions
        Of what is known, see :func:`dialogram.analysis.cohort.study_cohort`.

    Returns
    -------
    CohortResult
        From every runner the same; what :func:`study_table` says of that, and of what is kept, holds here too.

    Raises
    ------
    TableError, OSError, ValueError, ModuleNotFoundError
        As :func:`dialogram.archive.cohort_folder.read_cohort_folder` and :func:`study_table`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, ratings in (("7", "0,5,4\n2,1,2\n4,3,3\n6,2,1\n"), ("12", "0,1,2\n2,2,1\n4,5,5\n6,4,3\n")):
    ...         _ = (Path(folder) / f"{name}.csv").write_text(f"second,client,therapist\n{ratings}")
    ...     study_folder(CohortFolder(folder, judge="therapist", truth="client")).dyads
    2
    """
    asked = _Asked(**questions)
    known = [(each.name, each.therapist, each.client, dict(each.moderators)) for each in folder.dyads]
    depends_on = {"roles": [folder.judge, folder.truth], "known": known, "profile": asked.profile} | _MADE_BY
    with KeptBlocks.beside(folder.path, folder.paths, depends_on) as kept:
        blocks = measure_parts(folder, kept=kept, runner=runner or Here(), progress=progress, profile=asked.profile)
        return study_blocks(blocks, within_therapists=folder.within_therapists, **asked.of_dyads)


@dataclass(frozen=True)
class _Asked:
    """Columns of what is known of the dyads."""

    moderators: Sequence[str] = ()
    whole_rating: str | None = None
    outcome: str | None = None
    profile: bool = False

    def __post_init__(self) -> None:
        if twice := [name for name in self.of_session if name in self.moderators]:
            raise ValueError(
                f"moderators: expected none that is also what the truth tells of the session, got {twice[0]!r}"
            )

    @property
    def of_session(self) -> tuple[str, ...]:
        """What the truth tells of the session, each once."""
        return tuple(dict.fromkeys(name for name in (self.whole_rating, self.outcome) if name))

    @property
    def of_dyads(self) -> "_OfDyads":
        """What is asked of dyads that were measured already."""
        return {"moderators": self.moderators, "whole_rating": self.whole_rating, "outcome": self.outcome}

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.moderators, *self.of_session)


def measure_parts(
    parts: Parts, *, kept: KeptBlocks, runner: Runner, progress: Progress, profile: bool = False
) -> list[CohortBlock]:
    """Measure those blocks of a cohort that are not kept already, and give all in their order."""
    blocks = kept.load()
    measured, count = sum(len(block.dyads) for block in blocks.values()), len(parts.dyads)
    progress(measured, count)
    cuts = part_into_blocks(count)
    missing = [place for place in range(len(cuts)) if place not in blocks]
    with closing(
        runner.run(partial(measure_part, profile=profile), [parts.part(*cuts[place]) for place in missing])
    ) as done:
        for at, block in done:
            kept.keep(missing[at], block)
            blocks[missing[at]] = block
            measured += len(block.dyads)
            progress(measured, count)
    return [blocks[place] for place in range(len(cuts))]


def measure_part(part: Part, *, profile: bool = False) -> CohortBlock:
    """Read the dyads of a part and measure them."""
    return measure_block(part.read(), profile=profile)


def _with_moderators(block: CohortBlock, known: dict[str, dict[str, float]]) -> CohortBlock:
    dyads = tuple(
        replace(
            dyad,
            sums=_knowing(dyad.sums, known),
            profile=tuple(sums and _knowing(sums, known) for sums in dyad.profile),
        )
        if isinstance(dyad, MeasuredDyad)
        else dyad
        for dyad in block.dyads
    )
    return replace(block, dyads=dyads)


def _knowing(sums: DyadSums, known: dict[str, dict[str, float]]) -> DyadSums:
    return replace(sums, moderators=known.get(sums.name, {}))
