"""A stream's own clock tied to the server's, by questions and answers that were timed on both sides."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dialogram.capture.event_log import Stream

MOST_DRIFT = 1e-4
"""How far two clocks of ordinary make part: 0.1 ms in a second."""

STEADY_DRIFT = 1e-3
"""Clocks that part faster than this were set, or one of them slept."""


@dataclass(frozen=True, eq=False)
class _Run:
    """A stretch in which neither clock jumped: from `from_ms` on, through anchors (t_ms, server_ms)."""

    from_ms: float
    t_ms: NDArray[np.float64]
    server_ms: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ServerClock:
    """Where the server's clock stood when a stream's stood at `t_ms`.

    An exchange (sync event) says: at `t_ms`, half way between question and answer, the server's clock showed
    `server_ms`, give or take half the round trip, for the answer was written somewhere between the two. Of exchanges
    that follow one another the ones that would still be improved on by a shorter one near by (half its round trip plus
    0.1 ms for each second between them) are left out; between those that stay the offset is linear, beyond the first
    and the last it is held. Where two neighbours cannot both be true, one of the clocks jumped: the line is broken in
    the longest silence of the stream between them.

    Parameters
    ----------
    runs
        The stretches between jumps, in order.
    uncertainty_ms
        Half the longest round trip of those that stayed, and what the clocks may have parted from the first and the
        last of them to the first and the last exchange: so far off a moment between exchanges can be, at most.
    """

    runs: tuple[_Run, ...]
    uncertainty_ms: float

    @classmethod
    def of(cls, stream: Stream) -> Self | None:
        """Build it from a stream's sync events; None when it has none.

        Examples
        --------
        >>> from dialogram.capture import EventLog, LoggedRecord
        >>> events = [["open", 0, {"epoch": 1}], ["sync", 1000, 501000, 8], ["sync", 2000, 502150, 300]]
        >>> clock = ServerClock.of(EventLog.from_records([LoggedRecord("a" * 32, 0, events)]).streams[0])
        >>> clock.to_server([1500.0]), clock.to_stream([501500.0]), clock.uncertainty_ms
        (array([501500.]), array([1500.]), 4.1)
        """
        told = [(event.t_ms, event.number(0), event.number(1) / 2) for event in stream.of_kind("sync")]
        table = np.array(told, dtype=np.float64).reshape(-1, 3)
        table = table[np.isfinite(table).all(axis=1) & (table[:, 2] >= 0)]
        table = table[np.argsort(table[:, 0], kind="stable")]
        if not table.size:
            return None
        asked = np.split(table, _jumps(table))
        parts = [_undominated(part) for part in asked]
        times = np.sort(stream.times_ms())
        breaks = [_longest_silence(times, before[-1, 0], after[0, 0]) for before, after in pairwise(parts)]
        runs = tuple(
            _Run(from_ms, part[:, 0], part[:, 1]) for from_ms, part in zip([-np.inf, *breaks], parts, strict=True)
        )
        return cls(runs, max(_uncertainty_ms(part, every) for part, every in zip(parts, asked, strict=True)))

    def to_server(self, t_ms: ArrayLike) -> NDArray[np.float64]:
        """Return where the server's clock stood at moments of the stream."""
        times = np.asarray(t_ms, dtype=np.float64)
        which = np.searchsorted([run.from_ms for run in self.runs], times, side="right") - 1
        found = np.empty_like(times)
        for number, run in enumerate(self.runs):
            here = which == number
            found[here] = _along(times[here], run.t_ms, run.server_ms)
        return found

    def to_stream(self, server_ms: ArrayLike) -> NDArray[np.float64]:
        """Return moments of the stream at which the server's clock stood so; of two, the later."""
        moments = np.asarray(server_ms, dtype=np.float64)
        found = np.empty_like(moments)
        ends = [run.from_ms for run in self.runs[1:]] + [np.inf]
        for run, end_ms in zip(self.runs, ends, strict=True):
            begins = -np.inf if np.isinf(run.from_ms) else float(_along(run.from_ms, run.t_ms, run.server_ms))
            here = moments >= begins
            found[here] = np.minimum(_along(moments[here], run.server_ms, run.t_ms), end_ms)
        return found


def _jumps(table: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the places of exchanges that cannot be true together with the one before."""
    offset = table[:, 1] - table[:, 0]
    allowed = table[1:, 2] + table[:-1, 2] + STEADY_DRIFT * np.diff(table[:, 0])
    return np.flatnonzero(np.abs(np.diff(offset)) > allowed) + 1


def _undominated(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep the exchanges that no other tells better, that one's age counted in; one of those at the same moment."""
    drift, half = MOST_DRIFT * table[:, 0], table[:, 2]
    from_before = np.minimum.accumulate(half - drift)
    from_after = np.minimum.accumulate((half + drift)[::-1])[::-1]
    kept = table[(half - drift <= from_before) & (half + drift <= from_after)]
    return kept[np.unique(kept[:, 0], return_index=True)[1]]


def _uncertainty_ms(kept: NDArray[np.float64], every: NDArray[np.float64]) -> float:
    """Return how far off the line through the kept exchanges is at most; beyond the first and the last it is held."""
    before = kept[0, 2] + MOST_DRIFT * (kept[0, 0] - every[0, 0])
    after = kept[-1, 2] + MOST_DRIFT * (every[-1, 0] - kept[-1, 0])
    return float(max(kept[:, 2].max(), before, after))


def _longest_silence(times: NDArray[np.float64], from_ms: float, to_ms: float) -> float:
    """Return when the longest time without an event between two moments ended."""
    inside = np.concatenate([[from_ms], times[(times > from_ms) & (times < to_ms)], [to_ms]])
    return float(inside[np.argmax(np.diff(inside)) + 1])


def _along(at: ArrayLike, known: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interpolate the offset linearly, and hold it beyond the ends."""
    moments = np.asarray(at, dtype=np.float64)
    rising = np.maximum.accumulate(known)  # an exchange's error can turn two of them round by a hair
    return moments + np.interp(moments, rising, wanted - known)
