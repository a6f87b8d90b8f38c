from dataclasses import dataclass

import numpy as np

from dialogram.capture.event_log import EventLog
from dialogram.capture.pace import change_interval_ms
from dialogram.capture.rating import Gap, gaps, rate
from dialogram.capture.saved import saved
from dialogram.timeline import Scale, Trace

RULE = "assemble/3"


@dataclass(frozen=True)
class Assembly:
    """A trace, and how it came about.

    Parameters
    ----------
    trace
        Time-weighted means of the dial over the covered part of each bin.
    touched_s
        Media time at which the dial first had a value while the recording ran; None when it never had.
    gaps
        Where nothing was rated, and why, in order; breaks under 0.05 s are not named.
    longest_unchanged_s
        Longest stretch, in media seconds, over which the hand held still.
    played_s
        Seconds of the stretch that were played in view, each counted once, touched or not.
    streams
        Number of page loads; a phone used as the dial is none.
    saved_to_s
        Media time up to which records are there without a gap.
    clock
        ``frame``, ``current_time`` (audio; up to 50 ms off), ``mixed``, or ``none``.
    resolution
        Coarsest step of the dials used, in scale units, as they declared it; None when none did.
    change_interval_ms
        Time between two changes of the dial at its quickest, in milliseconds: how soon it tells that it was turned;
        None where too little was turned to say.
    phone_uncertainty_ms
        By how much, at most, changes made on a phone used as the dial may be out; None when there was none.
    rule
        Name and version of the rule.
    """

    trace: Trace
    touched_s: float | None
    gaps: tuple[Gap, ...]
    longest_unchanged_s: float
    played_s: float
    streams: int
    saved_to_s: float | None
    clock: str
    resolution: float | None
    change_interval_ms: float | None
    phone_uncertainty_ms: float | None
    rule: str = RULE


def assemble(
    log: EventLog, *, scale: Scale, start_s: float, end_s: float, step_s: float = 1.0, name: str = "rater"
) -> Assembly:
    """Make the trace of a sitting out of its event log, by rule ``assemble/3``.

    The dial is a step function of the browser's monotonic clock; pairs (monotonic time, media time) carry each of
    its changes into media time, piecewise linear, in every stretch the player ran without a break, which begins no
    earlier than where the recording was sought to. A moment is
    covered when the recording played, the page could be seen, something was heard from it (at most 2.5 s of
    silence), no record is missing and the dial had been touched. While a phone was the dial its stream tells the
    values, placed by the server's clock, and it must have been heard. Where a stretch was played again, the later time
    counts. A bin is ``sum(v * w) / sum(w)`` over the values held in its covered part, w their length in media time;
    its coverage is ``sum(w) / step_s``.

    Parameters
    ----------
    log
        What the browser wrote down, complete or not.
    scale
        The rated dimension; values beyond its ends count as the end.
    start_s, end_s
        The stretch of the recording that was to be rated, in media seconds.
    step_s
        Width of a bin, in seconds.
    name
        Who rated, as it is to be shown.

    Returns
    -------
    Assembly
        The same for the same records, however they were split into posts, repeated or shuffled.

    Raises
    ------
    ValueError
        When ``start_s < end_s`` or ``step_s > 0`` does not hold.

    Examples
    --------
    >>> from dialogram.capture import LoggedRecord
    >>> from dialogram.timeline import HELPFULNESS
    >>> events = [
    ...     ["open", 0, {"format": 1, "epoch": 1}], ["dial", 900, 50, "pointer"], ["playing", 1000, 0],
    ...     ["clock", 1000, 0.0, "frame"], ["dial", 2500, 70, "pointer"], ["clock", 3000, 2.0, "frame"],
    ...     ["pause", 3000, 2.0],
    ... ]
    >>> log = EventLog.from_records([LoggedRecord("a" * 32, 0, events)])
    >>> assembly = assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=3.0, name="client")
    >>> assembly.trace.values
    array([50., 60., nan])
    >>> assembly.gaps
    (Gap(start_s=2.0, end_s=3.0, reason='not-played'),)
    """
    rating = rate(log, scale=scale)
    values, coverage = rating.dial.bins(start_s=start_s, end_s=end_s, step_s=step_s)
    facts = [stream.facts() for stream in log.streams]
    return Assembly(
        trace=Trace(values=values, step_s=step_s, start_s=start_s, coverage=coverage, scale=scale, name=name),
        touched_s=rating.touched_s,
        gaps=gaps(rating, start_s=start_s, end_s=end_s),
        longest_unchanged_s=rating.dial.clip(start_s, end_s).longest_unchanged_s(),
        played_s=_union_s(np.clip(rating.played_s, start_s, end_s)),
        streams=sum(not stream.is_phone for stream in log.streams),
        saved_to_s=saved(log).media_s,
        clock=_clock(log),
        resolution=max((step for fact in facts if (step := _resolution(fact)) is not None), default=None),
        change_interval_ms=change_interval_ms(log),
        phone_uncertainty_ms=rating.phone_uncertainty_ms,
    )


def _union_s(bounds: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    by_start = bounds[np.argsort(bounds[:, 0])]
    reached = np.maximum.accumulate(np.concatenate([[-np.inf], by_start[:, 1]]))[:-1]
    return float(np.sum(np.maximum(by_start[:, 1] - np.maximum(by_start[:, 0], reached), 0.0)))


def _clock(log: EventLog) -> str:
    sources = {event.text(1) for stream in log.streams for event in stream.of_kind("clock")}
    known = sorted(sources & {"frame", "current_time"})
    return known[0] if len(known) == 1 else ("mixed" if known else "none")


def _resolution(facts: object) -> float | None:
    match facts:
        case {"device": {"resolution": int() | float() as step}} if not isinstance(step, bool):
            return float(step)
    return None
