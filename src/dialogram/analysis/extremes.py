from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dialogram.analysis.plain import Result
from dialogram.timeline import Segment, Trace

type Kind = Literal["helpful", "hindering"]
KINDS: tuple[Kind, Kind] = ("helpful", "hindering")
_ROUNDING = 1e-9
"""In bins: what a window that should end on a bin may miss it by."""


@dataclass(frozen=True, kw_only=True)
class ExtremesRule:
    """The rule by which extremes are picked, frozen with its parameters when a recall starts.

    Parameters
    ----------
    name
        Name and version of the rule.
    window_s
        Length of a segment.
    per_kind
        How many of each kind.
    warm_up_s
        No segment starts within this much of the trace's start.
    least_coverage
        Share of a segment that must have been rated.
    any_gap_share
        Least distance from any other segment, edge to edge, as a share of `window_s`.
    same_kind_gap_s
        Least distance from a segment of the same kind: two windows on one swell are one moment.
    tie_share
        Scores within this share of the scale's range are equal.

    Raises
    ------
    ValueError
        For a parameter outside what is allowed.
    """

    name: str = "extremes/1"
    window_s: float = 30.0
    per_kind: int = 3
    warm_up_s: float = 60.0
    least_coverage: float = 0.9
    any_gap_share: float = 0.5
    same_kind_gap_s: float = 60.0
    tie_share: float = 1e-9

    def __post_init__(self) -> None:
        if not (np.isfinite(self.window_s) and self.window_s > 0):
            raise ValueError(f"extremes rule: window_s must be positive, got {self.window_s!r}")
        if self.per_kind < 1:
            raise ValueError(f"extremes rule: per_kind must be at least 1, got {self.per_kind!r}")
        if not 0 < self.least_coverage <= 1:
            raise ValueError(f"extremes rule: least_coverage must lie in (0, 1], got {self.least_coverage!r}")
        for parameter in ("warm_up_s", "any_gap_share", "same_kind_gap_s", "tie_share"):
            value = getattr(self, parameter)
            if not (np.isfinite(value) and value >= 0):
                raise ValueError(f"extremes rule: {parameter} must be 0 or more, got {value!r}")

    @property
    def any_gap_s(self) -> float:
        """Least distance from any other segment, in seconds."""
        return self.any_gap_share * self.window_s


@dataclass(frozen=True, kw_only=True)
class Extreme(Result):
    """One of the highest or lowest rated segments of a trace.

    Parameters
    ----------
    kind
        Whether it is one of the highest or one of the lowest.
    rank
        1 for the best of its kind.
    start_s, end_s
        Half-open, in media seconds.
    mean
        Of the trace over the segment, in scale units.
    coverage
        Share of the segment that was rated.
    relative
        True where the mean is not beyond neutral on its side: a 78 among 90s is less helpful, not hindering.
    """

    kind: Kind
    rank: int
    start_s: float
    end_s: float
    mean: float
    coverage: float
    relative: bool

    @property
    def segment(self) -> Segment:
        """The stretch of media time."""
        return Segment(self.start_s, self.end_s)

    def summary(self) -> str:
        """Say the result in one sentence."""
        less = {"helpful": "less hindering than the rest", "hindering": "less helpful than the rest"}[self.kind]
        kind = less if self.relative else self.kind
        return f"From {self.start_s:g} to {self.end_s:g} s {kind} (rank {self.rank}): mean {self.mean:.1f}."


@dataclass(frozen=True, kw_only=True)
class Extremes(Result):
    """What a rule picked from a trace: helpful first, then hindering, each by rank; and why there are fewer."""

    rule: ExtremesRule
    extremes: tuple[Extreme, ...]
    notes: tuple[str, ...]

    def of(self, kind: Kind) -> tuple[Extreme, ...]:
        """Those of one kind, best first."""
        return tuple(extreme for extreme in self.extremes if extreme.kind == kind)

    def summary(self) -> str:
        """Say what was picked, and why there is not more, in a sentence each."""
        picked = [one.summary() for one in self.extremes]
        return "\n".join([*picked, *(f"{note[:1].upper()}{note[1:]}." for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """As `dialogram extremes --json` prints it."""
        parameters = asdict(self.rule)
        return {
            "rule": parameters.pop("name"),
            "parameters": parameters,
            "extremes": [asdict(extreme) for extreme in self.extremes],
            "notes": list(self.notes),
        }


def pick_extremes(trace: Trace, rule: ExtremesRule | None = None) -> Extremes:
    """Pick the highest and the lowest rated segments of a trace.

    Windows ``[start, start + window_s)`` that start on bins and lie within the trace are scored by the mean of the
    step function, bins at the end weighted by their part. In turn the best helpful, the best hindering, the next
    helpful … is taken, each far enough from those before it. Of equal scores the earliest wins: on a plateau that
    is its onset, which is what moved the hand. A window as low as the lowest is not among the highest, nor the other
    way round, so a flat trace has none.

    Parameters
    ----------
    trace
        The rating.
    rule
        Default: ``ExtremesRule()``.

    Returns
    -------
    Extremes
        With a note for each kind of which there are fewer than asked for.

    Notes
    -----
    Three highest and three lowest segments: Swift, Tompkins & Parkin 2017, doi 10.1002/jclp.22531. Length, warm-up,
    distances and ties are this project's own.

    Examples
    --------
    >>> values = [50.0] * 100 + [90.0] * 40 + [50.0] * 100 + [20.0] * 40 + [50.0] * 100
    >>> for extreme in pick_extremes(Trace(values=values, step_s=1.0), ExtremesRule(per_kind=1)).extremes:
    ...     print(extreme.kind, extreme.start_s, extreme.end_s, extreme.mean)
    helpful 100.0 130.0 90.0
    hindering 240.0 270.0 20.0
    """
    rule = rule or ExtremesRule()
    means, coverage = _windows(trace, rule.window_s)
    if means.size == 0:
        note = f"none: the trace lasts {trace.duration_s:g} s, shorter than one window of {rule.window_s:g} s"
        return Extremes(rule=rule, extremes=(), notes=(note,))
    starts_s = trace.times_s[: means.size]
    rated = coverage >= rule.least_coverage - _ROUNDING
    late = starts_s - trace.start_s >= rule.warm_up_s - _ROUNDING * trace.step_s
    free = rated & late
    if not free.any():
        return Extremes(rule=rule, extremes=(), notes=(_why_none(trace, rule, rated=bool(rated.any())),))
    tie = rule.tie_share * trace.scale.range
    lowest = float(means[free].min())
    highest = float(means[free].max())
    if highest - lowest <= tie:
        return Extremes(rule=rule, extremes=(), notes=(f"none: the trace is flat (every window is at {lowest:g})",))
    floors = {"helpful": lowest, "hindering": -highest}
    # A row for each kind: what is too near to one of its own kind is still open to the other.
    open_to = {kind: free.copy() for kind in KINDS}

    taken: list[Extreme] = []
    reasons: dict[Kind, str] = {}
    for rank in range(1, rule.per_kind + 1):
        for kind in KINDS:
            if kind in reasons:
                continue
            sign = 1.0 if kind == "helpful" else -1.0
            scores = np.where(open_to[kind], sign * means, -np.inf)
            best = scores.max()
            if best == -np.inf:
                reasons[kind] = (
                    f"no further window is {rule.any_gap_s:g} s from those taken"
                    f" and {rule.same_kind_gap_s:g} s from those of its kind"
                )
            elif best - floors[kind] <= tie:
                reasons[kind] = "what is left is flat"
            else:
                first = int(np.argmax(scores >= best - tie))
                start_s = float(starts_s[first])
                taken.append(
                    Extreme(
                        kind=kind,
                        rank=rank,
                        start_s=start_s,
                        end_s=start_s + rule.window_s,
                        mean=float(means[first]),
                        coverage=float(coverage[first]),
                        relative=bool(sign * (means[first] - trace.scale.neutral) <= tie),
                    )
                )
                for other in KINDS:
                    gap_s = max(rule.any_gap_s, rule.same_kind_gap_s if other == kind else 0.0)
                    clear_s = rule.window_s + gap_s - _ROUNDING * trace.step_s
                    open_to[other] &= np.abs(starts_s - start_s) >= clear_s
    extremes = sorted(taken, key=lambda extreme: (KINDS.index(extreme.kind), extreme.rank))
    notes = [
        f"{sum(extreme.kind == kind for extreme in taken)} of {rule.per_kind} {kind}: {reasons[kind]}"
        for kind in KINDS
        if kind in reasons
    ]
    return Extremes(rule=rule, extremes=tuple(extremes), notes=tuple(notes))


def _windows(trace: Trace, window_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and coverage of every window that starts on a bin and ends within the trace."""
    bins = window_s / trace.step_s
    whole = int(np.floor(bins + _ROUNDING))
    part = bins - whole if bins - whole > _ROUNDING or whole == 0 else 0.0
    count = max(0, len(trace) - whole - (part > 0) + 1)
    weights = np.where(trace.present, trace.coverage, 0.0)
    # Round neutral, so that the running sums stay small and equal windows score equal.
    weighted = weights * np.where(trace.present, trace.values - trace.scale.neutral, 0.0)

    def total(row: NDArray[np.float64]) -> NDArray[np.float64]:
        running = np.concatenate([[0.0], np.cumsum(row)])
        sums = running[whole : whole + count] - running[:count]
        return np.asarray(sums + part * row[whole : whole + count] if part else sums)

    covered = total(weights)
    has = covered > _ROUNDING * bins
    means = np.full(count, np.nan)
    means[has] = trace.scale.neutral + total(weighted)[has] / covered[has]
    return means, np.clip(covered / bins, 0.0, 1.0)


def _why_none(trace: Trace, rule: ExtremesRule, *, rated: bool) -> str:
    if not trace.present.any():
        return "none: nothing was rated"
    if not rated:
        return f"none: no window of {rule.window_s:g} s was rated for {rule.least_coverage:.0%} of it"
    return f"none: no rated window starts after the warm-up of {rule.warm_up_s:g} s"
