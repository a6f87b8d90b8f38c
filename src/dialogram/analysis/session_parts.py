import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dialogram.analysis.clustered import ClusteredErrors, weigh_clusters
from dialogram.analysis.coefficient import Coefficient, t_quantile, weigh_coefficient
from dialogram.analysis.correlation import Floats, varies
from dialogram.analysis.plain import Result, plain
from dialogram.analysis.segment_mean import mean_over
from dialogram.analysis.sentences import say_p
from dialogram.analysis.student import correlation_interval, correlation_p, two_sided_p
from dialogram.timeline import Segment, Trace

type Part = Literal["mean", "peak", "trough", "end"]
PARTS: tuple[Part, ...] = ("mean", "peak", "trough", "end")
WINDOW_S = 30.0
LEAST_SESSIONS = 8
"""With fewer sessions there is hardly a degree of freedom left."""
COLLINEAR = 5.0
"""From this variance inflation on, a coefficient of its own says hardly anything."""


@dataclass(frozen=True, kw_only=True)
class PartOfSession(Result):
    """What the rating of a session as a whole has to do with one part of its trace.

    Parameters
    ----------
    part
        Mean of the trace, its highest and lowest window, and its last one.
    r, p, ci95
        Correlation over sessions.
    beta
        Regression coefficient beside the other parts, all in units of their SD.
    vif
        Variance inflation: how many times the variance of beta is what it would be if the parts were unrelated.
    """

    part: Part
    r: float
    p: float
    ci95: tuple[float, float]
    beta: Coefficient
    vif: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        return f"{self.part}: r = {self.r:.2f} ({say_p(self.p)}); beside the other parts {self.beta}."


@dataclass(frozen=True, kw_only=True)
class PeakEnd:
    """Which parts of a session its rating as a whole goes with.

    Parameters
    ----------
    n, clusters
        Sessions, and how many persons they come from, where some have several; None where each stands for itself.
    window_s
        Length of peak, trough and end in seconds.
    parts
        One by one, and beside each other.
    r2, r2_mean
        Share of the variance of global ratings that all parts explain, and that the mean explains alone.
    """

    n: int
    clusters: int | None
    window_s: float
    parts: tuple[PartOfSession, ...]
    r2: float
    r2_mean: float

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in plain sentences, and what may not be read from it."""
        told = "; ".join(
            f"{each.part} r = {each.r:.2f} [{each.ci95[0]:.2f}, {each.ci95[1]:.2f}], beta = {each.beta.b:.2f}"
            for each in self.parts
        )
        worst = max(each.vif for each in self.parts)
        sentence = (
            f"Over {self.n} sessions the rating as a whole goes with: {told}. Together they explain {self.r2:.0%}, the"
            f" mean alone {self.r2_mean:.0%}."
        )
        if worst >= COLLINEAR:
            sentence += (
                f" The parts come from one trace and hang together (variance inflation up to {worst:.0f}): which of"
                " them counts cannot be told from these betas. Read what they explain together."
            )
        return sentence


def regress_on_parts(
    ratings: Sequence[float] | Floats,
    traces: Sequence[Trace],
    *,
    window_s: float = WINDOW_S,
    clusters: Sequence[Hashable] | None = None,
) -> PeakEnd:
    r"""Hold the rating of sessions as a whole against the mean, the peak, the trough and the end of their traces.

    Is a session remembered as its average, or as its best moment and its end?

    Parameters
    ----------
    ratings : sequence of float, length n
        One of each session, of one rater each; sessions without a rating (NaN) are left out.
    traces
        The trace of each, by the same rater.
    window_s
        Length of the windows that are peak (highest mean), trough (lowest) and end (last), each rated for half of it
        or more.
    clusters : sequence, length n
        Whose each session is, where a person has several and these are alike.

    Returns
    -------
    PeakEnd

    Raises
    ------
    ValueError
        For unequal numbers, a window that no trace holds, fewer than eight sessions, or a part or ratings that do not
        vary.

    Notes
    -----
    With all columns in units of their SD, by least squares,

    .. math:: z_G = \beta_1 z_{mean} + \beta_2 z_{peak} + \beta_3 z_{trough} + \beta_4 z_{end} + e, \quad
              VIF_j = (R^{-1})_{jj}

    where R holds the correlations of the parts, t on n − 5 degrees of freedom; r with Fisher's interval. Without
    clusters a session counts once: where a person rated several, all intervals are then too narrow. With clusters,
    errors and degrees of freedom are those of :func:`dialogram.analysis.clustered.weigh_clusters`, of r by its slope on
    the part alone, by which share Fisher's interval widens. Peak and end: Kahneman, Fredrickson, Schreiber & Redelmeier
    1993, Psychological Science 4, 401–405, doi 10.1111/j.1467-9280.1993.tb00589.x; variance inflation: Marquardt 1970,
    Technometrics 12, 591–612, doi 10.1080/00401706.1970.10488699.

    Examples
    --------
    >>> rng = np.random.default_rng(8)
    >>> traces = [Trace(values=50 + 9 * rng.normal(size=120).cumsum() / 10, step_s=1) for _ in range(40)]
    >>> ratings = [trace.values[-30:].mean() + rng.normal() for trace in traces]
    >>> found = regress_on_parts(ratings, traces)
    >>> max(found.parts, key=lambda each: each.beta.b).part
    'end'
    """
    if not 0 < window_s < math.inf:
        raise ValueError(f"window_s: expected a positive number of seconds, got {window_s!r}")
    return regress_on_measured(
        ratings, [measure_parts(trace, window_s) for trace in traces], window_s=window_s, clusters=clusters
    )


def regress_on_measured(
    ratings: Sequence[float] | Floats,
    measured: Sequence[Sequence[float]],
    *,
    window_s: float,
    clusters: Sequence[Hashable] | None = None,
) -> PeakEnd:
    """Hold ratings against parts that were measured already, as :func:`measure_parts` gives them."""
    whole = np.asarray(ratings, dtype=np.float64)
    if whole.ndim != 1 or whole.size != len(measured):
        raise ValueError(f"ratings: expected one for each of {len(measured)} traces, got {whole.size}")
    parts = np.array(measured, dtype=np.float64).reshape(len(measured), len(PARTS))
    used = np.isfinite(whole) & np.isfinite(parts).all(axis=1)
    whole, parts = whole[used], parts[used]
    n = whole.size
    if n < LEAST_SESSIONS:
        raise ValueError(
            f"ratings: expected at least {LEAST_SESSIONS} sessions with a rating and a whole window, got {n}"
        )
    for name, column in (("rating", whole), *zip(PARTS, parts.T, strict=True)):
        if not varies(column):
            raise ValueError(f"ratings: expected sessions that differ, got the same {name} {column[0]:g} in all")
    z = (parts - parts.mean(axis=0)) / parts.std(axis=0, ddof=1)
    outcome = (whole - whole.mean()) / whole.std(ddof=1)
    together = z.T @ z / (n - 1)
    if np.linalg.matrix_rank(together, tol=1e-9) < len(PARTS):
        raise ValueError("traces: expected mean, peak, trough and end to differ, got one that follows from the others")
    inverse = np.linalg.inv(together)
    r = z.T @ outcome / (n - 1)
    beta = inverse @ r
    r2 = float(beta @ r)
    df = np.full(len(PARTS), n - 1.0 - len(PARTS))
    errors = np.sqrt(max(0.0, 1 - r2) / df * np.diag(inverse))
    alone = [(correlation_p(float(each), n), correlation_interval(float(each), n)) for each in r]
    if clusters is not None:
        whose = [clusters[int(at)] for at in np.flatnonzero(used)]
        by_cluster = _weigh(z, outcome, beta, whose)
        errors = np.sqrt(np.diag(by_cluster.covariance)[1:])
        df = np.array([by_cluster.df(each) for each in np.eye(1 + len(PARTS))[1:]])
        alone = [_weigh_alone(column, outcome, float(each), whose) for column, each in zip(z.T, r, strict=True)]
    return PeakEnd(
        n=n,
        clusters=None if clusters is None else len(set(whose)),
        window_s=window_s,
        parts=tuple(
            PartOfSession(
                part=part,
                r=float(r[at]),
                p=alone[at][0],
                ci95=alone[at][1],
                beta=weigh_coefficient(part, float(beta[at]), float(errors[at]), float(df[at])),
                vif=float(inverse[at, at]),
            )
            for at, part in enumerate(PARTS)
        ),
        r2=r2,
        r2_mean=float(r[0] ** 2),
    )


def _weigh(parts: Floats, outcome: Floats, beta: Floats, whose: Sequence[Hashable]) -> ClusteredErrors:
    design = np.column_stack([np.ones(outcome.size), parts])
    return weigh_clusters(design, np.ones(outcome.size), outcome - parts @ beta, whose)


def _weigh_alone(
    part: Floats, outcome: Floats, r: float, whose: Sequence[Hashable]
) -> tuple[float, tuple[float, float]]:
    """Give p and interval of a correlation whose cases come in clusters, by those of the slope that it is."""
    errors = _weigh(part[:, np.newaxis], outcome, np.array([r]), whose)
    se, df, n = math.sqrt(errors.covariance[1, 1]), errors.df(np.array([0.0, 1.0])), outcome.size
    usual = math.sqrt(max(0.0, 1 - r * r) / (n - 2))
    if not (usual > 0 and se > 0 and df > 0):
        return math.nan, (math.nan, math.nan)
    z, half = math.atanh(r), t_quantile(df) * se / usual / math.sqrt(n - 3)
    return two_sided_p(r / se, df), (math.tanh(z - half), math.tanh(z + half))


def measure_parts(trace: Trace, window_s: float = WINDOW_S) -> tuple[float, float, float, float]:
    """Mean, highest and lowest window, and last window; NaN where none is rated for half of it."""
    bins = round(window_s / trace.step_s)
    if not 1 <= bins <= len(trace) or not trace.present.any():
        return math.nan, math.nan, math.nan, math.nan
    present = np.concatenate([[0.0], np.cumsum(trace.present)])
    sums = np.concatenate([[0.0], np.cumsum(np.where(trace.present, trace.values, 0.0))])
    counts = present[bins:] - present[:-bins]
    enough = 2 * counts >= bins
    means = (sums[bins:] - sums[:-bins])[enough] / counts[enough]
    if not means.size:
        return math.nan, math.nan, math.nan, math.nan
    end_s = trace.start_s + trace.duration_s
    end, coverage = mean_over(trace, Segment(end_s - bins * trace.step_s, end_s))
    return (
        float(trace.values[trace.present].mean()),
        float(means.max()),
        float(means.min()),
        end if coverage >= 0.5 else math.nan,
    )
