"""Many dyads in a folder, a file a dyad in any format of ratings, or a folder a dyad with a file a rater."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    client: str | None = None,
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
    dyad, therapist, client
        Its columns of the dyad's name and of the therapist's and the client's, if dyads lie within therapists or are
        sessions of clients.

    Returns
    -------
    tuple of JudgedDyad
        In the order of their names.

    Raises
    ------
    TableError
        For a folder without dyads, two dyads of one name, a dyad without either rating, a file that cannot be read as
        ratings, and a table with two rows for a dyad or without a therapist or a client.
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
    cohort = CohortFolder(
        path,
        judge=judge,
        truth=truth,
        moderators_path=moderators_path,
        moderators=moderators,
        dyad=dyad,
        therapist=therapist,
        client=client,
    )
    return cohort.part(0, len(cohort.dyads)).read()


@dataclass(frozen=True, kw_only=True)
class KnownDyad:
    """A dyad whose ratings are not read yet.

    Parameters
    ----------
    name
        The dyad.
    entry
        Its file or folder.
    therapist, client, moderators
        What is known of it.
    """

    name: str
    entry: Path
    therapist: str | None
    client: str | None
    moderators: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class FolderPart:
    """Some dyads of a folder."""

    dyads: tuple[KnownDyad, ...]
    judge: str
    truth: str

    def read(self) -> tuple[JudgedDyad, ...]:
        """Read their ratings.

        Raises
        ------
        TableError
            As :func:`read_cohort_folder`.
        OSError
            When a file cannot be opened.
        """
        return tuple(self._read(dyad) for dyad in self.dyads)

    def _read(self, dyad: KnownDyad) -> JudgedDyad:
        roles = (self.judge, self.truth)
        of_judge, of_truth = (
            (_only(dyad.entry, role) for role in roles) if dyad.entry.is_dir() else read_traces(dyad.entry, roles)
        )
        return JudgedDyad(
            name=dyad.name,
            judge=replace(of_judge, name=self.judge),
            truth=replace(of_truth, name=self.truth),
            therapist=dyad.therapist,
            client=dyad.client,
            moderators=dyad.moderators,
        )


class CohortFolder:
    """Which dyads lie in a folder, and what is known of each; parameters and errors as of :func:`read_cohort_folder`.

    Notes
    -----
    Of the ratings nothing is read before a part is.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        judge: str,
        truth: str,
        moderators_path: str | Path | None = None,
        moderators: Sequence[str] = (),
        dyad: str = "dyad",
        therapist: str | None = None,
        client: str | None = None,
    ) -> None:
        self.path = path = Path(path).resolve()
        self.judge, self.truth, self.within_therapists = judge, truth, therapist is not None
        table = Path(moderators_path) if moderators_path else None
        entries = [
            entry
            for entry in sorted(path.iterdir())
            if not entry.name.startswith(".") and not (table and table.exists() and entry.samefile(table))
        ]
        if not entries:
            raise TableError(f"{path.name}: expected a file or a folder for each dyad, found none")
        persons = {"therapist": therapist, "client": client}
        known, of_dyads = _read_known(table, dyad, moderators, persons) if table else ({}, {})
        found: dict[str, KnownDyad] = {}
        for entry in entries:
            name = entry.name if entry.is_dir() else entry.stem
            if name in found:
                raise TableError(f"{path.name}: expected one dyad {name!r}, found several files of that name")
            for who, column in persons.items():
                if column is not None and name not in of_dyads.get(who, {}):
                    raise TableError(
                        f"{table.name if table else path.name}: expected a {who} of dyad {name!r}, found none"
                    )
            found[name] = KnownDyad(
                name=name,
                entry=entry,
                therapist=of_dyads.get("therapist", {}).get(name),
                client=of_dyads.get("client", {}).get(name),
                moderators=known.get(name, {}),
            )
        self.dyads = tuple(found.values())

    @property
    def paths(self) -> list[Path]:
        """Every file that is read."""
        return [
            file for dyad in self.dyads for file in (_files_in(dyad.entry) if dyad.entry.is_dir() else (dyad.entry,))
        ]

    def part(self, first: int, end: int) -> FolderPart:
        """Give some of the dyads, in the order of their names."""
        return FolderPart(dyads=self.dyads[first:end], judge=self.judge, truth=self.truth)


def _only(folder: Path, role: str) -> Trace:
    """Read the one rating in the one file of a role."""
    there = _files_in(folder)
    files = [file for file in there if file.stem == role]
    if len(files) != 1:
        names = listed([file.name for file in (files or there)])
        raise TableError(f"{folder.name}: expected one file called {role!r}, found {names or 'none'}")
    traces = read_traces(files[0])
    if len(traces) != 1:
        names = listed([trace.name for trace in traces])
        raise TableError(f"{folder.name}/{files[0].name}: expected the ratings of one, found {names}")
    return traces[0]


def _files_in(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith(".")]


def _read_known(
    path: Path, dyad: str, moderators: Sequence[str], persons: Mapping[str, str | None]
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, str]]]:
    table = open_table(path)
    names = table.texts(dyad)
    for at, name in enumerate(names):
        if name in names[:at]:
            raise table.error(table.lines[at], f"one row of dyad {name!r}", "a second one")
    columns = {name: table.numbers(name, what=f"a number or an empty cell in {name!r}") for name in moderators}
    known = {name: {key: float(column[at]) for key, column in columns.items()} for at, name in enumerate(names)}
    of_dyads = {
        who: {name: text for name, text in zip(names, table.texts(column), strict=True) if text}
        for who, column in persons.items()
        if column is not None
    }
    return known, of_dyads
