from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dialogram.analysis.correlation import Floats
from dialogram.analysis.plain import Result
from dialogram.analysis.runs import runs_of
from dialogram.analysis.states import BAND_SHARE, classify, neutral_band
from dialogram.timeline import Scale, Segment

type DiscrepancyKind = Literal[
    "a_helpful_b_hindering",
    "a_hindering_b_helpful",
    "a_higher",
    "b_higher",
    "relative_a_higher",
    "relative_b_higher",
]


@dataclass(frozen=True, kw_only=True)
class Discrepancy(Result):
    """A segment in which two raters part.

    Parameters
    ----------
    kind
        By state (``a_helpful_b_hindering``) where their means are in opposite states, else by side (``a_higher``);
        ``relative_…`` where it was found with each person's own mean taken out.
    start_s, end_s
        Half-open, in media seconds.
    mean_a, mean_b
        Over the segment, in scale units; for ``relative_…`` as distances from the person's own mean.
    """

    kind: DiscrepancyKind
    start_s: float
    end_s: float
    mean_a: float
    mean_b: float

    @property
    def segment(self) -> Segment:
        """The stretch of media time."""
        return Segment(self.start_s, self.end_s)

    @property
    def relative(self) -> bool:
        """Whether each person's own mean was taken out."""
        return self.kind.startswith("relative_")

    @property
    def weight(self) -> float:
        """Size of it, ``|mean_a − mean_b| × duration``, in scale units × seconds."""
        return abs(self.mean_a - self.mean_b) * (self.end_s - self.start_s)

    def summary(self) -> str:
        """Say the result in one sentence."""
        own = ", each one's own mean taken out" if self.relative else ""
        return f"From {self.start_s:g} to {self.end_s:g} s the two part: a {self.mean_a:.1f}, b {self.mean_b:.1f}{own}."


@dataclass(frozen=True, kw_only=True)
class DiscrepancyRule:
    """The rule by which discrepancies are found.

    Parameters
    ----------
    name
        Name and version of the rule.
    threshold_share
        A difference of this share of the range opens one; so do opposite states.
    end_share
        It lasts while the difference is at least this share of the threshold.
    merge_gap_s
        Two on the same side with less than this between them are one, unless they would then part by less, on average,
        than keeps one open.
    least_s
        Shorter ones are left out.

    Raises
    ------
    ValueError
        For a parameter outside what is allowed.
    """

    name: str = "discrepancies/1"
    threshold_share: float = 0.2
    end_share: float = 0.5
    merge_gap_s: float = 5.0
    least_s: float = 10.0

    def __post_init__(self) -> None:
        for parameter in ("threshold_share", "end_share"):
            value = getattr(self, parameter)
            if not 0 < value <= 1:
                raise ValueError(f"discrepancy rule: {parameter} must lie in (0, 1], got {value!r}")
        for parameter in ("merge_gap_s", "least_s"):
            value = getattr(self, parameter)
            if not (np.isfinite(value) and value >= 0):
                raise ValueError(f"discrepancy rule: {parameter} must be 0 or more, got {value!r}")


def find_discrepancies(
    a: Floats,
    b: Floats,
    *,
    step_s: float,
    scale: Scale,
    start_s: float = 0.0,
    band_share: float = BAND_SHARE,
    rule: DiscrepancyRule | None = None,
) -> tuple[Discrepancy, ...]:
    """Find where two raters part, the worst first.

    Where they are in opposite states or differ by the threshold a discrepancy opens; it lasts while they stay apart
    on the same side by half of that. A missing bin ends it. All is done twice: with the ratings as they are, and
    (``relative_…``) with each person's own mean over the common bins taken out, without looking at states.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        On one grid, NaN where missing.
    step_s, start_s
        Width of a bin and start of the grid, in seconds.
    scale
        Gives range and neutral.
    band_share
        Half width of the neutral band as a share of the range.
    rule
        Default: ``DiscrepancyRule()``.

    Returns
    -------
    tuple of Discrepancy
        By falling ``|mean_a − mean_b| × duration``; ties by start.

    Examples
    --------
    >>> from dialogram.timeline import HELPFULNESS
    >>> a = np.array([50.0] * 20 + [80.0] * 20 + [50.0] * 20)
    >>> for found in find_discrepancies(a, np.full(60, 50.0), step_s=1.0, scale=HELPFULNESS):
    ...     print(found.kind, found.start_s, found.end_s, found.mean_a, found.mean_b)
    a_higher 20.0 40.0 80.0 50.0
    relative_a_higher 20.0 40.0 20.0 0.0
    """
    rule = rule or DiscrepancyRule()
    both = ~(np.isnan(a) | np.isnan(b))
    if not both.any():
        return ()
    band = neutral_band(scale, band_share)
    state_a, state_b = classify(a, band), classify(b, band)
    found: list[Discrepancy] = []
    for relative in (False, True):
        rating_a, rating_b = (a - a[both].mean(), b - b[both].mean()) if relative else (a, b)
        for side in (1, -1):
            ahead = np.where(both, side * (rating_a - rating_b), -np.inf)
            opposite = both & (state_a * state_b == -1) & (state_a == side) & (not relative)
            for first, end in _stretches(ahead, opposite, step_s=step_s, scale=scale, rule=rule):
                inside = first + np.flatnonzero(both[first:end])
                means = float(rating_a[inside].mean()), float(rating_b[inside].mean())
                found.append(
                    Discrepancy(
                        kind=_kind(side, np.array(means), band, relative=relative),
                        start_s=start_s + step_s * first,
                        end_s=start_s + step_s * end,
                        mean_a=means[0],
                        mean_b=means[1],
                    )
                )
    return tuple(sorted(found, key=lambda one: (-one.weight, one.start_s, one.kind)))


def _stretches(
    ahead: Floats, opposite: NDArray[np.bool_], *, step_s: float, scale: Scale, rule: DiscrepancyRule
) -> list[tuple[int, int]]:
    threshold = rule.threshold_share * scale.range
    # Ratings are often whole numbers: a difference of exactly the threshold must not depend on rounding.
    edge = 1e-9 * scale.range
    opens = opposite | (ahead >= threshold - edge)
    stays = opposite | (ahead >= rule.end_share * threshold - edge)
    runs = runs_of(stays)
    openings = np.append(np.flatnonzero(opens), ahead.size)
    first_opening = openings[np.searchsorted(openings, runs[:, 0])]
    opened = np.stack([first_opening, runs[:, 1]], axis=1)[first_opening < runs[:, 1]]
    merged: list[tuple[int, int, float, int]] = []
    """First and end, and sum and number of the bins that both rated."""
    for first, end in opened.tolist():
        total, count = float(ahead[first:end].sum()), end - first
        if merged and (first - merged[-1][1]) * step_s < rule.merge_gap_s:
            first_before, end_before, total_before, count_before = merged[-1]
            gap = ahead[end_before:first]
            gap = gap[np.isfinite(gap)]
            total_joined, count_joined = total_before + float(gap.sum()) + total, count_before + gap.size + count
            # Where the other one is far ahead in the gap, the two would part on neither side.
            if total_joined / count_joined >= rule.end_share * threshold - edge:
                merged[-1] = (first_before, end, total_joined, count_joined)
                continue
        merged.append((first, end, total, count))
    return [(first, end) for first, end, *_ in merged if (end - first) * step_s >= rule.least_s - 1e-9 * step_s]


def _kind(side: int, means: Floats, band: tuple[float, float], *, relative: bool) -> DiscrepancyKind:
    if relative:
        return "relative_a_higher" if side > 0 else "relative_b_higher"
    states = classify(means, band)
    if states[0] * states[1] == -1:
        return "a_helpful_b_hindering" if side > 0 else "a_hindering_b_helpful"
    return "a_higher" if side > 0 else "b_higher"
