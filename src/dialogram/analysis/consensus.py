from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram.analysis.alignment import align
from dialogram.analysis.correlation import Floats, correlate
from dialogram.analysis.delay import take_out_delay
from dialogram.analysis.plain import none_for_nan
from dialogram.analysis.rater_lags import estimate_rater_lags
from dialogram.timeline import Trace


@dataclass(frozen=True, kw_only=True, eq=False)
class Consensus:
    """One trace from several observers.

    Parameters
    ----------
    raters
        Who rated.
    lags_s
        By how much each was set back, in seconds.
    agreement
        Mean correlation of each with the others, after that; NaN where a rating does not vary.
    weights
        What each counts for; they sum to 1, or are NaN where nobody agrees with the others.
    trace
        The consensus; None where nobody agrees with the others. Its coverage is the share of the weights that is there.
    """

    raters: tuple[str, ...]
    lags_s: tuple[float, ...]
    agreement: tuple[float, ...]
    weights: tuple[float, ...]
    trace: Trace | None

    def to_dict(self) -> dict[str, Any]:
        """Each rater's numbers by name, and the bins of the consensus; None where a number is not defined."""
        by_rater = {
            name: dict(zip(self.raters, none_for_nan(getattr(self, name)), strict=True))
            for name in ("lags_s", "agreement", "weights")
        }
        trace = self.trace and {
            "start_s": self.trace.start_s,
            "step_s": self.trace.step_s,
            "values": none_for_nan(self.trace.values.tolist()),
        }
        return by_rater | {"trace": trace}

    def summary(self) -> str:
        """Say the result in one sentence."""
        if self.trace is None:
            return "There is no consensus: nobody's ratings go with those of the others."
        told = ", ".join(f"{name} {weight:.0%}" for name, weight in zip(self.raters, self.weights, strict=True))
        late = [f"{name} by {lag:.1f} s" for name, lag in zip(self.raters, self.lags_s, strict=True) if lag > 0]
        return f"In the consensus count {told}" + (f"; set back were {', '.join(late)}." if late else ".")


def build_consensus(traces: Sequence[Trace], *, name: str = "consensus") -> Consensus:
    r"""Make one trace of several observers' ratings, each counting as far as it goes with the others.

    Parameters
    ----------
    traces
        At least two ratings of one recording, on one scale and one grid of bins.
    name
        What the consensus is called.

    Returns
    -------
    Consensus

    Raises
    ------
    ValueError
        For fewer than two traces, or ones that :func:`dialogram.compare` would not compare.

    Notes
    -----
    Raters who answer later are set back first (:func:`dialogram.analysis.rater_lags.estimate_rater_lags`). Then, with
    :math:`r_k` the mean correlation of rater k with each of the others, negative ones put to 0,

    .. math:: x(t) = \frac{\sum_k r_k x_k(t)}{\sum_k r_k}

    over those who rated the bin; where these have less than half of the weight it is missing. Evaluator-weighted
    estimator: Grimm & Kroschel 2005, IEEE Workshop on Automatic Speech Recognition and Understanding, 381–385,
    doi 10.1109/ASRU.2005.1566530.

    Examples
    --------
    >>> hand = np.convolve(np.random.default_rng(2).normal(size=940), np.hanning(40), "valid")
    >>> ratings = {"a": hand[3:], "b": 2 * hand[3:], "late": hand[:-3], "contrary": -hand[3:]}
    >>> consensus = build_consensus([Trace(values=row, step_s=1.0, name=name) for name, row in ratings.items()])
    >>> consensus.summary()
    'In the consensus count a 33%, b 33%, late 33%, contrary 0%; set back were late by 3.0 s.'
    """
    if len(traces) < 2:
        raise ValueError(f"traces: expected at least two, got {len(traces)}")
    _, ratings = align(*traces)
    lags = estimate_rater_lags(ratings, step_s=traces[0].step_s)
    traces = [take_out_delay(trace, float(lag)) if lag > 0 else trace for trace, lag in zip(traces, lags, strict=True)]
    start_s, ratings = align(*traces)
    agreement = agree_with_others(ratings)
    weights = weigh(agreement)
    trace = None
    if not np.isnan(weights).any():
        there = ~np.isnan(ratings)
        covered = weights @ there
        values = np.full(covered.size, np.nan)
        np.divide(weights @ np.nan_to_num(ratings), covered, out=values, where=covered > 0)
        trace = Trace(
            values=values,
            step_s=traces[0].step_s,
            start_s=start_s,
            coverage=np.clip(covered, 0.0, 1.0),
            scale=traces[0].scale,
            name=name,
        )
    return Consensus(
        raters=tuple(each.name for each in traces),
        lags_s=tuple(lags.tolist()),
        agreement=tuple(agreement.tolist()),
        weights=tuple(weights.tolist()),
        trace=trace,
    )


def agree_with_others(ratings: Floats) -> Floats:
    """Mean correlation of each rater with each of the others, shape (raters,); NaN where there is none.

    Examples
    --------
    >>> agree_with_others(np.array([[1.0, 2, 3], [1.0, 2, 3], [3.0, 2, 1]]))
    array([ 0.,  0., -1.])
    """
    count = len(ratings)
    r = np.full((count, count), np.nan)
    for i in range(count):
        for j in range(i):
            r[i, j] = r[j, i] = correlate(ratings[i], ratings[j])
    told = ~np.isnan(r)
    means = np.full(count, np.nan)
    np.divide(np.nan_to_num(r).sum(axis=1), told.sum(axis=1), out=means, where=told.any(axis=1))
    return means


def weigh(agreement: Floats) -> Floats:
    """Weights that sum to 1, from agreements of which negative ones count nothing; NaN where all are.

    Examples
    --------
    >>> weigh(np.array([0.6, 0.2, -0.1, np.nan]))
    array([0.75, 0.25, 0.  , 0.  ])
    """
    counted = np.maximum(np.nan_to_num(agreement), 0.0)
    total = float(counted.sum())
    return counted / total if total > 0 else np.full(agreement.shape, np.nan)
