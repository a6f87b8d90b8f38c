import math
from collections.abc import Sequence
from dataclasses import dataclass

from dialogram.capture.event_log import MOST_MEDIA_S, Event, EventLog

MEDIA_KINDS = frozenset({"clock", "play", "playing", "pause", "seeked", "waiting", "ended", "heartbeat"})
"""Events that say where the recording was."""


@dataclass(frozen=True)
class Saved:
    """How far a sitting is safe: its records are there without a gap up to here.

    Parameters
    ----------
    media_s
        Where the recording was, or None when it had not yet begun.
    value
        Where the dial stood, or None when it had not yet been touched.
    left
        Whether the newest page said that it was being left.
    """

    media_s: float | None
    value: float | None
    left: bool = False


def saved(log: EventLog) -> Saved:
    """Return from where a sitting can go on: the last place and value of the newest stream that has them.

    Examples
    --------
    >>> from dialogram.capture import LoggedRecord
    >>> opened = ["open", 0, {"epoch": 1}]
    >>> records = [
    ...     LoggedRecord("a" * 32, 0, [opened, ["dial", 90, 55, "wheel"], ["clock", 100, 7.5, "frame"]]),
    ...     LoggedRecord("a" * 32, 2, [["clock", 600, 8.0, "frame"]]),
    ... ]
    >>> saved(EventLog.from_records(records))
    Saved(media_s=7.5, value=55.0, left=False)
    """
    media_s = value = None
    left = False
    for stream in log.streams:
        if stream.is_phone:
            continue  # the page's heartbeats tell what it heard of the phone
        known = stream.prefix().events
        media_s = first_known(last_media_s(known), media_s)
        value = first_known(last_value(known), value)
        left = any(event.kind == "close" for event in stream.events)
    return Saved(media_s, value, left)


def last_media_s(events: Sequence[Event]) -> float | None:
    """Return where the recording was at the last clock pair, without any at the last event that says it."""
    otherwise = None
    for event in events[::-1]:
        if event.kind in MEDIA_KINDS:
            media_s = event.number(0)
            if 0 <= media_s <= MOST_MEDIA_S:
                if event.kind == "clock":
                    return media_s
                otherwise = first_known(otherwise, media_s)
    return otherwise


def last_value(events: Sequence[Event]) -> float | None:
    """Return where the dial stood in the end, or None before it was touched."""
    for event in events[::-1]:
        told = event.number({"dial": 0, "heartbeat": 1}.get(event.kind, len(event.fields)))
        if not math.isnan(told):
            return told
    return None


def first_known(newer: float | None, older: float | None) -> float | None:
    """Return the newer, or where it is not known the older."""
    return older if newer is None else newer
