import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dialogram.analysis.coefficient import Coefficient, weigh_coefficient
from dialogram.analysis.correlation import Floats, varies
from dialogram.analysis.plain import Result, plain
from dialogram.analysis.segment_mean import mean_over
from dialogram.analysis.sentences import say_p
from dialogram.analysis.student import correlation_interval, correlation_p
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
    n
        Sessions.
    window_s
        Length of peak, trough and end in seconds.
    parts
        One by one, and beside each other.
    r2, r2_mean
        Share of the variance of global ratings that all parts explain, and that the mean explains alone.
    """

    n: int
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
    ratings: Sequence[float] | Floats, traces: Sequence[Trace], *, window_s: float = WINDOW_S
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

    where R holds the correlations of the parts, t on n − 5 degrees of freedom; r with Fisher's interval. A session
    counts once: where a person rated several, sessions are not independent, and all intervals are too narrow. Peak and
    end: Kahneman, Fredrickson, Schreiber & Redelmeier 1993, Psychological Science 4, 401–405,
    doi 10.1111/j.1467-9280.1993.tb00589.x; variance inflation: Marquardt 1970, Technometrics 12, 591–612,
    doi 10.1080/00401706.1970.10488699.

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
    return regress_on_measured(ratings, [measure_parts(trace, window_s) for trace in traces], window_s=window_s)


def regress_on_measured(
    ratings: Sequence[float] | Floats, measured: Sequence[Sequence[float]], *, window_s: float
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
    df = n - 1 - len(PARTS)
    errors = np.sqrt(max(0.0, 1 - r2) / df * np.diag(inverse))
    return PeakEnd(
        n=n,
        window_s=window_s,
        parts=tuple(
            PartOfSession(
                part=part,
                r=float(r[at]),
                p=correlation_p(float(r[at]), n),
                ci95=correlation_interval(float(r[at]), n),
                beta=weigh_coefficient(part, float(beta[at]), float(errors[at]), df),
                vif=float(inverse[at, at]),
            )
            for at, part in enumerate(PARTS)
        ),
        r2=r2,
        r2_mean=float(r[0] ** 2),
    )


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
