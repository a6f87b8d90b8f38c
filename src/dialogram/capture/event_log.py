import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from dialogram.capture.sequence import contiguous

MOST_MEDIA_S = 1e7
"""Four months: a media time beyond it is a fault of the player, and ignored."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "open": ("facts",),
    "dial": ("value", "source"),
    "raw": ("raw",),
    "clock": ("media_s", "source"),
    "play": ("media_s",),
    "playing": ("media_s",),
    "pause": ("media_s",),
    "seeking": ("media_s",),
    "seeked": ("media_s",),
    "waiting": ("media_s",),
    "ended": ("media_s",),
    "rate": ("rate",),
    "hidden": (),
    "visible": (),
    "focus": (),
    "blur": (),
    "heartbeat": ("media_s", "value"),
    "picture": ("state",),
    "awake": ("state",),
    "device": ("state", "name"),
    "sync": ("server_ms", "round_trip_ms"),
    "resize": ("width", "height"),
    "break": ("state",),
    "stop": (),
    "close": (),
    "finish": (),
}
"""Every kind of event of format 1, and the names of the fields behind kind and `t_ms`."""

PHONE_KINDS = frozenset(
    ("open", "dial", "heartbeat", "sync", "hidden", "visible", "focus", "blur", "awake", "close", "finish")
)
"""What a phone used as the dial can write down."""


class EventLogError(ValueError):
    """An event log that cannot be what it says it is."""


class LoggedRecord(NamedTuple):
    """A record as it was stored: its stream, its number, and its events ``[kind, t_ms, …]``."""

    stream: str
    seq: int
    events: Sequence[Sequence[Any]]


class Event(NamedTuple):
    """Something that happened in the browser, `t_ms` on its monotonic clock."""

    seq: int
    kind: str
    t_ms: float
    fields: tuple[Any, ...]

    def number(self, field: int) -> float:
        """Return the field as a number; NaN when it is absent or none, so that one bad event spoils nothing."""
        return _number(self.fields[field] if field < len(self.fields) else None)

    def text(self, field: int) -> str:
        """Return the field as text; empty when it is absent or none."""
        value = self.fields[field] if field < len(self.fields) else None
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Stream:
    """One page load, or one of a phone used as the dial: its events in the order in which they were written down.

    Parameters
    ----------
    stream
        Its random id.
    epoch
        What the server granted; of two streams the one with the higher epoch is the later.
    seqs
        Numbers of the records that are there, in order.
    events
        In the order of (seq, place in the record). `t_ms` need not rise: a frame is announced before it is shown,
        an input may be handled late.
    """

    stream: str
    epoch: int
    seqs: tuple[int, ...]
    events: tuple[Event, ...]

    def of_kind(self, *kinds: str) -> list[Event]:
        """Return the events of these kinds, in order."""
        return [event for event in self.events if event.kind in kinds]

    def times_ms(self) -> NDArray[np.float64]:
        """Return `t_ms` of every event, in order, shape (n,)."""
        return np.fromiter((event.t_ms for event in self.events), dtype=np.float64, count=len(self.events))

    def clock_pairs(self, source: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (monotonic ms, media s) of the clock events of a source, ``frame`` or ``current_time``."""
        pairs = [
            (event.t_ms, event.number(0)) for event in self.events if event.kind == "clock" and event.text(1) == source
        ]
        table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
        table = table[(table[:, 1] >= 0) & (table[:, 1] <= MOST_MEDIA_S)]
        return table[:, 0], table[:, 1]

    def facts(self) -> Mapping[str, Any]:
        """Return what the page said about itself when it opened; empty when that record is not there."""
        for event in self.events:
            if event.kind == "open":
                facts = event.fields[0] if event.fields else None
                return facts if isinstance(facts, dict) else {}
        return {}

    def resumed_at_s(self) -> float:
        """Return where in the recording the page went on, NaN when it began it or does not say."""
        return _number(self.facts().get("resumed_at_s"))

    @property
    def is_phone(self) -> bool:
        """Whether it is that of a phone used as the dial, not of a page that plays the recording."""
        device = self.facts().get("device")
        return isinstance(device, dict) and device.get("kind") == "phone"

    def prefix(self) -> Self:
        """Return the stream up to the first record that is not there."""
        until = contiguous(self.seqs)
        if until == len(self.seqs):
            return self
        events = tuple(event for event in self.events if event.seq < until)
        return type(self)(self.stream, self.epoch, self.seqs[:until], events)


@dataclass(frozen=True)
class EventLog:
    """All that was written down during a sitting: its streams, the earliest first.

    Examples
    --------
    >>> record = LoggedRecord("a" * 32, 0, [["open", 3.5, {"format": 1, "epoch": 1}], ["dial", 900, 55, "wheel"]])
    >>> log = EventLog.from_records([record, record])
    >>> log.streams[0].epoch, [event.kind for event in log.streams[0].events]
    (1, ['open', 'dial'])
    """

    streams: tuple[Stream, ...]

    @classmethod
    def from_records(cls, records: Iterable[LoggedRecord], *, epochs: Mapping[str, int] | None = None) -> Self:
        """Build a log from records in any order, repeats allowed.

        Parameters
        ----------
        records
            What is there; some may be missing.
        epochs
            Epoch of each stream as the server granted it. Without it, what the stream's `open` event says.

        Raises
        ------
        EventLogError
            When one (stream, seq) comes with two contents, or a stream's epoch is not to be found.
        """
        kept: dict[str, dict[int, Sequence[Sequence[Any]]]] = {}
        for stream, seq, events in records:
            known = kept.setdefault(stream, {}).setdefault(seq, events)
            if known is not events and list(map(list, known)) != list(map(list, events)):
                raise EventLogError(f"event log: record {seq} of stream {stream} is there with two contents")
        streams = [_stream(stream, numbered, (epochs or {}).get(stream)) for stream, numbered in kept.items()]
        return cls(tuple(sorted(streams, key=lambda stream: (stream.epoch, stream.stream))))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e300:
        return math.nan
    return float(value)


def _stream(stream: str, numbered: Mapping[int, Sequence[Sequence[Any]]], epoch: int | None) -> Stream:
    seqs = tuple(sorted(numbered))
    events = tuple(Event(seq, raw[0], raw[1], tuple(raw[2:])) for seq in seqs for raw in numbered[seq])
    built = Stream(stream, 0 if epoch is None else epoch, seqs, events)
    if epoch is not None:
        return built
    said = built.facts().get("epoch")
    if isinstance(said, bool) or not isinstance(said, int):
        raise EventLogError(f"event log: stream {stream} has no epoch; its first record is missing")
    return Stream(stream, said, seqs, events)
