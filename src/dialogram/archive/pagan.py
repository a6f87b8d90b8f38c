"""PAGAN: a row per change of each session, times in milliseconds, whole numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dialogram.archive.changes import bin_changes, check_time
from dialogram.archive.source import Source, TableError, Wanted
from dialogram.archive.writing import check_names, check_text, digits, from_zero
from dialogram.timeline import Scale, Trace

LOG_HEADER = "OriginalName,DatabaseName,Participant,SessionID,Timestamp,VideoTime,Value"
TEST_HEADER = "Timestamp,VideoTime,Value"
SCALE = Scale(name="rating", low=-100.0, neutral=0.0, high=100.0, low_label="low", high_label="high")
"""The bounded dial; a log does not tell whether it was that, the binary one (−1, 1) or the one without bounds."""


@dataclass(frozen=True)
class _Session:
    """Rows of one participant's pass over one video."""

    key: tuple[str, str, str]
    lines: list[int] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)


def recognises(source: Source) -> bool:
    """Whether this is a project's log, or what the test mode downloads."""
    return source.first_line.rstrip(", ") in {LOG_HEADER, TEST_HEADER}


def read(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    """Read a trace per session: the first row's 0 is PAGAN's own and the last row only says when it ended."""
    sessions = _sessions(source)
    names = _names([session.key for session in sessions])
    chosen = wanted.choose(dict(zip(names, zip(names, sessions, strict=True), strict=True)), source, what="a session")
    return tuple(_trace(source, name, session, wanted.step_s) for name, session in chosen)


def write(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write a project's log with a session per trace."""
    check_names(traces)
    lines = [LOG_HEADER]
    for trace in traces:
        check_text(trace.name, without=",")
        changes = _changes(trace)
        video = f"recording - {math.ceil(changes[-1][0] / 1000)},dialogram_1,{trace.name},1"
        # The wall clock is not known: the epoch stands for the moment the recording began.
        lines += [f"{video},{media_ms},{media_ms},{value}" for media_ms, value in changes]
    return {path: "".join(f"{line}\n" for line in lines).encode("utf-8")}


def _changes(trace: Trace) -> list[tuple[int, int]]:
    """Give changes as milliseconds and whole numbers, PAGAN's own two 0 round them."""
    if (trace.scale.low, trace.scale.neutral, trace.scale.high) != (SCALE.low, SCALE.neutral, SCALE.high):
        found = f"{trace.scale.low:g} to {trace.scale.high:g} round {trace.scale.neutral:g}"
        raise TableError(f"expected a scale from -100 to 100 round 0, as PAGAN's dial has, found {found}")
    values = from_zero(trace, "PAGAN").tolist()
    changes = [(0, 0)]
    held = math.nan
    for bin_, value in enumerate(values):
        if math.isnan(value) and not math.isnan(held):
            raise TableError(
                f"{_at(trace, bin_)}: expected no missing bin after the first rating, for PAGAN knows none"
            )
        if not math.isnan(value) and not value.is_integer():
            raise TableError(f"{_at(trace, bin_)}: expected a whole number, as PAGAN keeps, found {digits(value)}")
        if value != held and not math.isnan(value):
            changes.append((round(bin_ * trace.step_s * 1000), int(value)))
            held = value
    return [*changes, (round(len(values) * trace.step_s * 1000), 0)]


def _at(trace: Trace, bin_: int) -> str:
    return f"{trace.name!r}, bin at {bin_ * trace.step_s:g} s"


def _sessions(source: Source) -> list[_Session]:
    lines = source.text.split("\n")
    header = next(index for index, line in enumerate(lines) if line.strip())
    width = len(lines[header].rstrip())
    named = lines[header].rstrip(", ")
    fields, empty = named.count(","), "," * (width - len(named))
    sessions: dict[tuple[str, str, str], _Session] = {}
    for number, line in enumerate(lines[header + 1 :], start=header + 2):
        if not line.strip(", "):
            continue
        # A video's name may hold commas, and nothing is quoted: the last fields are the fixed ones.
        cells = [cell.strip() for cell in line.rstrip().removesuffix(empty).rsplit(",", fields)]
        if len(cells) != fields + 1:
            raise source.error(number, f"{fields + 1} cells", f"{len(cells)}")
        _, database_name, participant, session_id = cells[:4] if fields > 2 else ("", "", source.path.stem, "")
        media_ms, value = (source.number(cell, number, "a number") for cell in cells[-2:])
        key = (participant, database_name, session_id)
        session = sessions.setdefault(key, _Session(key))
        check_time(source, number, media_ms / 1000, session.times_s[-1] if session.times_s else 0.0)
        if math.isnan(value):
            raise source.error(number, "a value", "none")
        session.lines.append(number)
        session.times_s.append(media_ms / 1000)
        session.values.append(value)
    if not sessions:
        raise source.error(header + 2, "a row per change", "the end of the file")
    return list(sessions.values())


def _names(keys: Sequence[tuple[str, str, str]]) -> list[str]:
    """Name each session by its participant, and by video and session where one has several."""
    participants = [key[0] for key in keys]
    return [
        participant if participants.count(participant) == 1 else " ".join((participant, *rest))
        for participant, *rest in keys
    ]


def _trace(source: Source, name: str, session: _Session, step_s: float | None) -> Trace:
    times_s, values = session.times_s, list(session.values)
    if times_s[-1] == 0:
        raise source.error(session.lines[-1], f"a row of {name!r} after 0 s, to know when it ended", "none")
    if values[0] == 0:
        # Nobody had touched the dial yet.
        values[0] = math.nan
    return bin_changes(times_s, values, end_s=times_s[-1], step_s=step_s, scale=SCALE, name=name)
