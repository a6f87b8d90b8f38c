"""Many dyads in a folder, a file a dyad in any format of ratings, or a folder a dyad with a file a rater."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dialogram.analysis import JudgedDyad
from dialogram.archive.cohort_table import open_table
from dialogram.archive.formats import read_traces
from dialogram.archive.source import TableError, listed
from dialogram.timeline import Trace


def read_cohort_folder(
    path: str | Path,
    *,
    judge: str,
    truth: str,
    moderators_path: str | Path | None = None,
    moderators: Sequence[str] = (),
    dyad: str = "dyad",
    therapist: str | None = None,
) -> tuple[JudgedDyad, ...]:
    r"""Read the ratings of many dyads from a folder, and what is known of each from a table.

    Parameters
    ----------
    path
        A folder. Each file in it is a dyad, named by the file's name without its ending, and holds both ratings in any
        format that :func:`dialogram.archive.formats.read_traces` reads; each folder in it is a dyad of that name, with
        a file for the judge and one for the truth, named so without their endings. Hidden names and the table of
        moderators are passed over.
    judge, truth
        What either's ratings are called in a dyad's file, or their file is called.
    moderators_path
        A table with a row per dyad.
    moderators
        Columns of numbers in it; empty cells are unknown.
    dyad, therapist
        Its columns of the dyad's name and of the therapist's, if dyads lie within therapists.

    Returns
    -------
    tuple of JudgedDyad
        In the order of their names.

    Raises
    ------
    TableError
        For a folder without dyads, two dyads of one name, a dyad without either rating, a file that cannot be read as
        ratings, and a table with two rows for a dyad or without a therapist.
    OSError
        When a file cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("7", "12"):
    ...         _ = (Path(folder) / f"{name}.csv").write_text("second,client,therapist\n0,50,40\n2,55,41\n4,60,61\n")
    ...     dyads = read_cohort_folder(folder, judge="therapist", truth="client")
    >>> [dyad.name for dyad in dyads], dyads[0].judge.values
    (['12', '7'], array([40., 41., 61.]))
    """
    folder = Path(path)
    table = Path(moderators_path) if moderators_path else None
    entries = [
        entry
        for entry in sorted(folder.iterdir())
        if not entry.name.startswith(".") and not (table and table.exists() and entry.samefile(table))
    ]
    if not entries:
        raise TableError(f"{folder.name}: expected a file or a folder for each dyad, found none")
    known, therapists = _read_known(table, dyad, moderators, therapist) if table else ({}, {})
    found: dict[str, JudgedDyad] = {}
    for entry in entries:
        name = entry.name if entry.is_dir() else entry.stem
        if name in found:
            raise TableError(f"{folder.name}: expected one dyad {name!r}, found several files of that name")
        if therapist is not None and name not in therapists:
            raise TableError(
                f"{table.name if table else folder.name}: expected a therapist of dyad {name!r}, found none"
            )
        of_judge, of_truth = (
            (_only(entry, judge), _only(entry, truth)) if entry.is_dir() else read_traces(entry, (judge, truth))
        )
        found[name] = JudgedDyad(
            name=name,
            judge=replace(of_judge, name=judge),
            truth=replace(of_truth, name=truth),
            therapist=therapists.get(name),
            moderators=known.get(name, {}),
        )
    return tuple(found.values())


def _only(folder: Path, role: str) -> Trace:
    """Read the one rating in the one file of a role."""
    there = [file for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith(".")]
    files = [file for file in there if file.stem == role]
    if len(files) != 1:
        names = listed([file.name for file in (files or there)])
        raise TableError(f"{folder.name}: expected one file called {role!r}, found {names or 'none'}")
    traces = read_traces(files[0])
    if len(traces) != 1:
        names = listed([trace.name for trace in traces])
        raise TableError(f"{folder.name}/{files[0].name}: expected the ratings of one, found {names}")
    return traces[0]


def _read_known(
    path: Path, dyad: str, moderators: Sequence[str], therapist: str | None
) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    table = open_table(path)
    names = table.texts(dyad)
    for at, name in enumerate(names):
        if name in names[:at]:
            raise table.error(table.lines[at], f"one row of dyad {name!r}", "a second one")
    columns = {name: table.numbers(name, what=f"a number or an empty cell in {name!r}") for name in moderators}
    known = {name: {key: float(column[at]) for key, column in columns.items()} for at, name in enumerate(names)}
    therapists = dict(zip(names, table.texts(therapist), strict=True)) if therapist else {}
    return known, {name: of_dyad for name, of_dyad in therapists.items() if of_dyad}
