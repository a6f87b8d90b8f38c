"""The formats of ratings under their names: which one a file has, and reading and writing it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dialogram.archive import carma, darma, nova, pagan, parquet, samples, tables
from dialogram.archive.source import Source, TableError, Wanted, listed
from dialogram.archive.writing import replace_files
from dialogram.timeline import Scale, Trace


@dataclass(frozen=True, kw_only=True)
class Format:
    """One way in which a tool writes ratings down."""

    name: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source, Wanted], tuple[Trace, ...]]
    write: Callable[[Sequence[Trace], Path], dict[Path, bytes]]
    suffixes: tuple[str, ...] = (".csv",)
    takes: frozenset[str] = frozenset()
    """Of ``"step_s"`` and ``"time_column"``, what may be told when it is read: what the file does not tell itself."""


_TABLE = frozenset({"step_s", "time_column"})
_CHANGES = frozenset({"step_s"})
FORMATS = (
    Format(
        name="parquet",
        recognises=parquet.recognises,
        read=parquet.read,
        write=parquet.write,
        suffixes=(".parquet",),
        takes=_TABLE,
    ),
    Format(name="nova", recognises=nova.recognises, read=nova.read, write=nova.write, suffixes=(nova.SUFFIX,)),
    Format(name="carma", recognises=carma.is_quoted, read=carma.read_frame, write=carma.write_quoted),
    Format(name="carma-14.00", recognises=carma.has_frame, read=carma.read_frame, write=carma.write_bare),
    Format(name="carma-12", recognises=carma.is_table, read=carma.read_table, write=carma.write_table),
    Format(
        name="carma-dump",
        recognises=lambda source: samples.is_samples(source, 2),
        read=samples.read_dump,
        write=samples.write_dump,
        takes=_CHANGES,
    ),
    Format(name="darma", recognises=darma.recognises, read=darma.read, write=darma.write),
    Format(
        name="darma-log",
        recognises=lambda source: samples.is_samples(source, 4),
        read=samples.read_log,
        write=samples.write_log,
        takes=_CHANGES,
    ),
    Format(name="pagan", recognises=pagan.recognises, read=pagan.read, write=pagan.write, takes=_CHANGES),
    Format(
        name="long",
        recognises=tables.is_long,
        read=tables.read,
        write=tables.write_long,
        suffixes=(".csv", ".tsv"),
        takes=_TABLE,
    ),
    Format(
        name="wide",
        recognises=lambda _source: True,
        read=tables.read,
        write=tables.write_wide,
        suffixes=(".csv", ".tsv"),
        takes=_TABLE,
    ),
)
"""In the order in which a file is asked whether it is one: what any file could be stands last."""
_BY_SUFFIX = {".csv": "wide", ".tsv": "wide", ".parquet": "parquet", nova.SUFFIX: "nova"}


def recognise(path: str | Path) -> str:
    """Name the format of a file, by its content.

    Raises
    ------
    TableError
        For a file that is neither text nor Parquet.
    OSError
        When the file cannot be opened.
    """
    return _format_of(Source(Path(path))).name


def read_traces(
    path: str | Path,
    columns: Sequence[str] | None = None,
    *,
    time_column: str | None = None,
    step_s: float | None = None,
    scale: Scale | None = None,
) -> tuple[Trace, ...]:
    r"""Read ratings from a file of any format of ``docs/reference/formats.md``, told by its content.

    Parameters
    ----------
    path
        A table with a header row: UTF-8 or UTF-16 with or without a byte order mark, else Windows-1252; any line ends;
        cells parted by tab, semicolon or comma; decimal point or comma (in quotes where commas part the cells); a
        column per rater, or all below each other with columns ``rater`` and ``value``. Or a file of CARMA, DARMA,
        PAGAN, NOVA, or Parquet (extra ``figures``).
    columns
        Which ratings to read, by the names they have in the file; default: all.
    time_column
        Column of a table with the start of each bin in media seconds; default: the first of
        :data:`~dialogram.archive.columns.TIME_COLUMNS` there is.
    step_s
        Width of a bin, for a table without times, whose first bin then starts at 0, and for files of changes, whose
        bins are made here (default there: 1 s).
    scale
        What was rated; default: what the file says, else :data:`~dialogram.timeline.HELPFULNESS`.

    Returns
    -------
    tuple of Trace
        In the order of `columns`, named by them, with the step of the file. An empty cell, ``NA`` or ``NaN`` is a
        missing bin and stays in its place; so does a row of empty cells in a table without times.

    Raises
    ------
    TableError
        For a file that is none of these, a column that is not there, a cell that is neither a number nor missing,
        times that do not rise or whose step is uneven.
    OSError
        When the file cannot be opened.
    TypeError
        For one name instead of a list of columns.
    ValueError
        When both `time_column` and `step_s` are given, or one of them for a file that tells its times itself; and for a
        step that is not positive.
    ModuleNotFoundError
        For Parquet without pyarrow.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "dyad.csv"
    ...     _ = path.write_text("second;client;therapist\n0;50,5;NA\n6,5;61;48\n")
    ...     client, therapist = read_traces(path, ["client", "therapist"])
    >>> client.values, client.step_s, therapist.present
    (array([50.5, 61. ]), 6.5, array([False,  True]))
    """
    if isinstance(columns, str):
        raise TypeError(f"columns: expected a list of names, got {columns!r}; write [{columns!r}]")
    if time_column is not None and step_s is not None:
        raise ValueError("time_column and step_s: expected one of the two, got both")
    if step_s is not None and not (math.isfinite(step_s) and step_s > 0):
        raise ValueError(f"step_s: expected a positive number of seconds, got {step_s!r}")
    source = Source(Path(path))
    found = _format_of(source)
    for parameter, given in (("time_column", time_column), ("step_s", step_s)):
        if given is not None and parameter not in found.takes:
            raise ValueError(
                f"{parameter}: {source.path.name} is of the format {found.name!r} and tells its times itself"
            )
    wanted = Wanted(columns=tuple(columns) if columns else None, time_column=time_column, step_s=step_s)
    traces = found.read(source, wanted)
    return traces if scale is None else tuple(replace(trace, scale=scale) for trace in traces)


def write_traces(path: str | Path, traces: Sequence[Trace], *, format: str | None = None) -> Path:  # noqa: A002  # the word for it
    """Write ratings, whole or not at all.

    Parameters
    ----------
    path
        What stands there is replaced.
    traces
        As many as the format holds; what it cannot hold is refused, never bent.
    format
        The name of one of :data:`FORMATS`; default: by the suffix, ``.csv`` or ``.tsv`` with the raters beside each
        other, ``.parquet`` or ``.annotation``.

    Raises
    ------
    TableError
        When the format cannot hold the traces: too many, on other bins, missing values, other scales.
    ValueError
        For no trace, or a format or suffix that is none of these.
    OSError
        When there is no such folder, or it cannot be written.
    ModuleNotFoundError
        For Parquet without pyarrow.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "client.csv"
    ...     _ = write_traces(path, [Trace(values=[50, None, 61.5], step_s=0.5, name="client")])
    ...     print(path.read_text())
    second,client
    0,50
    0.5,
    1,61.5
    """
    target = Path(path)
    if not traces:
        raise ValueError("traces: expected at least one")
    chosen = format_for(target, format)
    try:
        files = chosen.write(traces, target)
    except TableError as error:
        raise TableError(f"{target.name}: {error}") from error
    replace_files(files)
    return target


def format_for(path: Path, name: str | None) -> Format:
    """Find the format to write a file in, by its name, else by the file's suffix.

    Raises
    ------
    ValueError
        When there is none, or the suffix is not one of the format's.
    """
    suffix = path.suffix.lower()
    if name is None:
        if suffix not in _BY_SUFFIX:
            raise ValueError(f"path: expected a name that ends in {', '.join(_BY_SUFFIX)}, got {path.name!r}")
        name = _BY_SUFFIX[suffix]
    found = next((format_ for format_ in FORMATS if format_.name == name), None)
    if found is None:
        raise ValueError(f"format: expected one of {listed([format_.name for format_ in FORMATS])}, got {name!r}")
    if suffix not in found.suffixes:
        raise ValueError(f"path: a file of {name!r} ends in {' or '.join(found.suffixes)}, got {path.name!r}")
    return found


def _format_of(source: Source) -> Format:
    return next(format_ for format_ in FORMATS if format_.recognises(source))
