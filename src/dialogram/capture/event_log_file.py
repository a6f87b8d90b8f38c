import json
from collections.abc import Iterable, Iterator
from typing import Any, Never

from dialogram.capture.event_log import Event, EventLog, EventLogError, Stream
from dialogram.capture.sequence import ranges

FORMAT = "dialogram-event-log"
VERSION = 1
MOST_RECORDS = 1_000_000
"""Some seventy hours; a file that claims more is refused before memory is taken for it."""


def write_event_log(log: EventLog) -> Iterator[str]:
    """Yield the lines of an event log file, each with its newline: a header, then one event a line.

    The format is told in full in ``docs/reference/event-log.md``.

    Examples
    --------
    >>> from dialogram.capture import LoggedRecord
    >>> record = LoggedRecord("a" * 32, 0, [["open", 3.5, {"epoch": 1}]])
    >>> for line in write_event_log(EventLog.from_records([record])):
    ...     print(line, end="")
    {"format":"dialogram-event-log","version":1,"streams":[{"stream":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","epoch":1,"records":[[0,0]]}]}
    {"stream":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","seq":0,"event":["open",3.5,{"epoch":1}]}
    """
    streams = [
        {
            "stream": stream.stream,
            "epoch": stream.epoch,
            "records": [[run.start, run.stop - 1] for run in ranges(stream.seqs)],
        }
        for stream in log.streams
    ]
    yield _line({"format": FORMAT, "version": VERSION, "streams": streams})
    for stream in log.streams:
        for event in stream.events:
            content = [event.kind, event.t_ms, *event.fields]
            yield _line({"stream": stream.stream, "seq": event.seq, "event": content})


def read_event_log(lines: Iterable[str]) -> EventLog:
    """Read an event log file, given as its lines (an open text file will do).

    Raises
    ------
    EventLogError
        Naming the line, what was expected there and what sort of thing was found.

    Examples
    --------
    >>> read_event_log(['{"format": "dialogram-event-log", "version": 1, "streams": []}'])
    EventLog(streams=())
    """
    numbered = ((number, text) for number, text in enumerate(lines, start=1) if text.strip())
    number, text = next(numbered, (1, "null"))
    streams = _header(number, text)
    events: dict[str, list[Event]] = {name: [] for name in streams}
    for number, text in numbered:
        name, event = _event(number, text)
        if name not in events or event.seq not in streams[name][1]:
            _refuse(number, "an event of a stream and record named in the header", "another")
        events[name].append(event)
    built = (
        Stream(name, epoch, tuple(sorted(seqs)), tuple(sorted(events[name], key=lambda event: event.seq)))
        for name, (epoch, seqs) in streams.items()
    )
    return EventLog(tuple(sorted(built, key=lambda stream: (stream.epoch, stream.stream))))


def _header(number: int, text: str) -> dict[str, tuple[int, set[int]]]:
    header = _object(number, text)
    if header.get("format") != FORMAT:
        _refuse(number, f'a header with "format": "{FORMAT}"', "none")
    if header.get("version") != VERSION:
        _refuse(number, f'"version": {VERSION}', "another version")
    streams: dict[str, tuple[int, set[int]]] = {}
    left = MOST_RECORDS
    for stream in header.get("streams") or ():
        match stream:
            case {"stream": str(name), "epoch": int(epoch), "records": list(runs)} if name not in streams:
                seqs: set[int] = set()
                for run in runs:
                    match run:
                        case [int(first), int(last)] if 0 <= first <= last < first + left:
                            seqs.update(range(first, last + 1))
                            left -= last - first + 1
                        case _:
                            _refuse(number, '"records" as [first, last] pairs', "something else, or too many records")
                streams[name] = (epoch, seqs)
            case _:
                _refuse(number, 'streams as {"stream", "epoch", "records"}, each once', "something else")
    return streams


def _event(number: int, text: str) -> tuple[str, Event]:
    match _object(number, text):
        case {"stream": str(name), "seq": int(seq), "event": [str(kind), int() | float() as t_ms, *fields]} if (
            0 <= t_ms <= 1e12
        ):
            return name, Event(seq, kind, t_ms, tuple(fields))
    return _refuse(number, '{"stream", "seq", "event": [kind, t_ms, …]}', "something else")


def _object(number: int, text: str) -> dict[str, Any]:
    try:
        content = json.loads(text, parse_constant=_not_a_number)
    except (ValueError, RecursionError):
        _refuse(number, "one JSON object with finite numbers", "none")
    if not isinstance(content, dict):
        _refuse(number, "a JSON object", type(content).__name__)
    return content


def _not_a_number(token: str) -> Never:
    raise ValueError(token)


def _refuse(number: int, expected: str, found: str) -> Never:
    raise EventLogError(f"event log: line {number}: expected {expected}, found {found}")


def _line(content: object) -> str:
    return json.dumps(content, separators=(",", ":"), allow_nan=False) + "\n"
