"""What was rated, by whom the last time, and where nothing was and why."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dialogram.capture.event_log import EventLog
from dialogram.capture.phone import Unheard, dial_of
from dialogram.capture.player import Played, holes, played
from dialogram.capture.statements import statements_of
from dialogram.capture.step_function import LEAST_GAP_S, StepFunction
from dialogram.timeline import Scale


@dataclass(frozen=True)
class Gap:
    """A stretch of media time without a rating.

    `reason` is ``untouched`` (it played, but the hand had not yet touched the dial), ``hidden`` (it played in a page
    nobody could see), ``gone`` (nothing was heard from the page), ``record-missing`` (it was written down, but has
    not arrived), ``device-lost`` (the phone that was the dial was not heard, or out of sight) or ``not-played``.
    """

    start_s: float
    end_s: float
    reason: str


@dataclass(frozen=True)
class Rating:
    """All that was rated in a sitting, over media time.

    Parameters
    ----------
    dial
        The dial while it was attended; where a stretch was played again, the later time counts.
    played_s
        Bounds of what was played in view, in the order in which it happened, shape (n, 2).
    unrated
        Stretches in which it played but counts as not attended; they may overlap the dial.
    touched_s
        Where the recording was when the dial first had a value, or None.
    phone_uncertainty_ms
        By how much, at most, the clock of a phone used as the dial was known; None without one.
    """

    dial: StepFunction
    played_s: NDArray[np.float64]
    unrated: tuple[Gap, ...]
    touched_s: float | None
    phone_uncertainty_ms: float | None


def rate(log: EventLog, *, scale: Scale) -> Rating:
    """Map the changes of the dial to media time, stream by stream.

    Values beyond the ends of the scale are taken for the end.
    """
    passages: list[_Passage] = []
    unrated: list[Gap] = []
    bounds: list[tuple[float, float]] = []
    uncertain_ms: list[float] = []
    phones = [stream for stream in log.streams if stream.is_phone]
    for stream in log.streams:
        if stream.is_phone:
            continue
        stretches = played(stream)
        lost = holes(stream)
        dial = dial_of(stream, statements_of(stream, lost, scale), phones, scale=scale)
        uncertain_ms += [] if dial.uncertainty_ms is None else [dial.uncertainty_ms]
        bounds += [(stretch.low_s, stretch.high_s) for stretch in stretches]
        unrated += _between(stretches)
        for stretch in stretches:
            passage = _passage(stretch, *dial.statements)
            rated = ~np.isnan(passage.values)
            first_s = float(passage.start_s[rated][0]) if rated.any() else stretch.high_s
            if first_s > stretch.low_s:
                reason = "record-missing" if any(hole.to_ms <= stretch.from_ms for hole in lost) else "untouched"
                unrated.append(Gap(stretch.low_s, first_s, reason))
            unrated += _unheard(stretch, dial.unheard)
            if rated.any():
                passages.append(_Passage(passage.start_s[rated], passage.end_s[rated], passage.values[rated]))
    touched_s = float(passages[0].start_s[0]) if passages else None
    return Rating(
        _latest(passages),
        np.array(bounds, dtype=np.float64).reshape(-1, 2),
        tuple(unrated),
        touched_s,
        max(uncertain_ms, default=None),
    )


def gaps(rating: Rating, *, start_s: float, end_s: float) -> tuple[Gap, ...]:
    """Return where nothing was rated between `start_s` and `end_s`, and why, in order."""
    dial = rating.dial.clip(start_s, end_s)
    edges = zip([start_s, *dial.end_s.tolist()], [*dial.start_s.tolist(), end_s], strict=True)
    found: list[Gap] = []
    for low_s, high_s in edges:
        if high_s - low_s < LEAST_GAP_S:
            continue
        inner = {edge for gap in rating.unrated for edge in (gap.start_s, gap.end_s) if low_s < edge < high_s}
        parts: list[Gap] = []
        for part_start_s, part_end_s in pairwise([low_s, *sorted(inner), high_s]):
            middle_s = (part_start_s + part_end_s) / 2
            reasons = [gap.reason for gap in rating.unrated if gap.start_s <= middle_s < gap.end_s]
            reason = reasons[-1] if reasons else "not-played"
            if parts and parts[-1].reason == reason:
                parts[-1] = Gap(parts[-1].start_s, part_end_s, reason)
            else:
                parts.append(Gap(part_start_s, part_end_s, reason))
        found += [part for part in parts if part.end_s - part.start_s >= LEAST_GAP_S]
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Passage:
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    values: NDArray[np.float64]


def _passage(stretch: Played, times_ms: NDArray[np.float64], values: NDArray[np.float64]) -> _Passage:
    first, last = np.searchsorted(times_ms, [stretch.from_ms, stretch.to_ms], side="right")
    at_ms = np.concatenate([[stretch.from_ms], times_ms[first:last], [stretch.to_ms]])
    media_s = stretch.media_at(at_ms)
    # what was turned while the player stood still counts only as the value held when it goes on
    held = np.concatenate([[values[first - 1] if first else math.nan], values[first:last]])
    longer = np.diff(media_s) > 0
    return _Passage(media_s[:-1][longer], media_s[1:][longer], held[longer])


def _unheard(stretch: Played, unheard: Sequence[Unheard]) -> list[Gap]:
    found: list[Gap] = []
    for gap in unheard:
        from_ms, to_ms = max(gap.from_ms, stretch.from_ms), min(gap.to_ms, stretch.to_ms)
        if to_ms > from_ms:
            start_s, end_s = stretch.media_at([from_ms, to_ms]).tolist()
            found.append(Gap(start_s, end_s, gap.reason))
    return found


def _between(stretches: list[Played]) -> list[Gap]:
    return [
        Gap(before.high_s, after.low_s, after.why_apart)
        for before, after in pairwise(stretches)
        if after.why_apart and before.high_s < after.low_s and (after.follows or after.why_apart == "record-missing")
    ]


def _latest(passages: list[_Passage]) -> StepFunction:
    """Lay the passages over one another, the later on top."""
    cuts = np.unique([edge for passage in passages for edge in (passage.start_s[0], passage.end_s[-1])])
    on_top = np.full(max(cuts.size - 1, 0), -1)
    for number, passage in enumerate(passages):
        low, high = np.searchsorted(cuts, [passage.start_s[0], passage.end_s[-1]])
        on_top[low:high] = number
    starts, ends, values = [np.empty(0)], [np.empty(0)], [np.empty(0)]
    changes = np.flatnonzero(np.diff(on_top, prepend=-2, append=-2))
    for first, last in pairwise(changes):
        if on_top[first] >= 0:
            passage = passages[on_top[first]]
            part = StepFunction(passage.start_s, passage.end_s, passage.values).clip(cuts[first], cuts[last])
            starts.append(part.start_s)
            ends.append(part.end_s)
            values.append(part.values)
    return StepFunction(np.concatenate(starts), np.concatenate(ends), np.concatenate(values))
