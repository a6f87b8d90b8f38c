import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram.analysis.correlation import Floats
from dialogram.analysis.effective_n import effective_n_of_mean
from dialogram.analysis.plain import plain
from dialogram.timeline import Trace


@dataclass(frozen=True, kw_only=True)
class VarianceSplit:
    """How much of one person's ratings differs between sessions, and how much within them.

    Parameters
    ----------
    sessions, bins
        How many sessions, and how many bins were rated in all of them together.
    mean
        Over all bins, in scale units.
    between, within
        Components of variance, in squared scale units, as they are usually estimated, every bin taken for independent.
    share_between
        ``between / (between + within)``, the ICC(1) of bins in sessions.
    between_effective, within_effective, share_between_effective
        The same from the bins' effective number. Believe these.
    """

    sessions: int
    bins: int
    mean: float
    between: float
    within: float
    share_between: float
    between_effective: float
    within_effective: float
    share_between_effective: float

    def to_dict(self) -> dict[str, Any]:
        """Fields by name: unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.share_between_effective):
            return f"Of {self.sessions} sessions it cannot be said how much lies between and how much within them."
        return (
            f"Over {self.sessions} sessions, {self.share_between_effective:.0%} of the variance lies between sessions"
            f" (SD {math.sqrt(self.between_effective):.1f}) and the rest within them"
            f" (SD {math.sqrt(self.within_effective):.1f})."
        )


def split_variance(sessions: Sequence[Trace]) -> VarianceSplit:
    r"""Split the variance of one rater's ratings of several sessions into between and within sessions.

    Parameters
    ----------
    sessions
        One rater, one scale, a trace a session; of any length. A session without a rated bin does not count.

    Returns
    -------
    VarianceSplit
        NaN where fewer than two sessions were rated, or none has two bins. A component that comes out negative is 0.

    Raises
    ------
    ValueError
        When the scales or the steps differ.

    Notes
    -----
    Session i has n_i bins worth N*_i independent ones (:func:`dialogram.analysis.effective_n.effective_n_of_mean`). Of
    a one-way random model the sums of squares are expected to be

    .. math::
        E\,SS_W = \sigma_w^2 \sum_i n_i (1 - 1/N^*_i), \qquad
        E\,SS_B = \sigma_b^2 \Bigl(N - \frac{\sum n_i^2}{N}\Bigr)
                  + \sigma_w^2 \sum_i \frac{n_i}{N^*_i} \Bigl(1 - \frac{n_i}{N}\Bigr)

    and the components solve that. With N* = n it is the usual analysis of variance for unequal groups (Searle, Casella
    & McCulloch 1992, Variance Components, ch. 3, doi 10.1002/9780470316856), which takes a slow wandering of the dial
    for a difference of sessions.

    Examples
    --------
    >>> flat = [Trace(values=[level - 1.0, level + 1.0] * 50, step_s=1.0) for level in (40, 50, 60)]
    >>> split = split_variance(flat)
    >>> round(split.between, 1), round(split.within, 2), round(split.share_between, 2)
    (100.0, 1.01, 0.99)
    """
    rated = [trace for trace in sessions if trace.present.any()]
    for trace in rated[1:]:
        _check_alike(rated[0], trace)
    values = [trace.values[trace.present] for trace in rated]
    n = np.array([each.size for each in values], dtype=np.float64)
    total = n.sum()
    means = np.array([each.mean() for each in values])
    mean = float(n @ means / total) if total else math.nan
    within_squares = float(sum(((each - each.mean()) ** 2).sum() for each in values))
    between_squares = float(n @ (means - mean) ** 2)
    effective = np.array([effective_n_of_mean(trace.values) for trace in rated])
    # Of a session that does not vary nobody can tell how slowly it would have.
    effective = np.where(np.isnan(effective), n, effective)
    usual = _components(n, n, between_squares, within_squares)
    honest = _components(n, effective, between_squares, within_squares)
    return VarianceSplit(
        sessions=len(rated),
        bins=int(total),
        mean=mean,
        between=usual[0],
        within=usual[1],
        share_between=_share(usual),
        between_effective=honest[0],
        within_effective=honest[1],
        share_between_effective=_share(honest),
    )


def _components(n: Floats, effective: Floats, between_squares: float, within_squares: float) -> tuple[float, float]:
    free = float(n @ (1 - 1 / effective))
    if n.size < 2 or free <= 0:
        return math.nan, math.nan
    total = n.sum()
    within = within_squares / free
    by_chance = within * float((n / effective) @ (1 - n / total))
    return max(0.0, (between_squares - by_chance) / float(total - n @ n / total)), within


def _share(components: tuple[float, float]) -> float:
    between, within = components
    return between / (between + within) if between + within > 0 else math.nan


def _check_alike(first: Trace, other: Trace) -> None:
    if not math.isclose(first.step_s, other.step_s, rel_tol=1e-9):
        raise ValueError(f"sessions: expected one step, got {first.step_s:g} s and {other.step_s:g} s")
    if (first.scale.low, first.scale.neutral, first.scale.high) != (
        other.scale.low,
        other.scale.neutral,
        other.scale.high,
    ):
        raise ValueError(
            f"sessions: expected one scale, got {first.scale.name!r} and {other.scale.name!r} with other ends"
        )
