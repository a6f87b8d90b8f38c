import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from dialogram.analysis.clustered import weigh_clusters
from dialogram.analysis.coefficient import Coefficient, t_quantile, weigh_coefficient
from dialogram.analysis.correlation import Floats
from dialogram.analysis.moderators import find_fault_of_moderators
from dialogram.analysis.plain import plain

_GRID = np.concatenate([[0.0], np.geomspace(1e-10, 1.0, 101)])
"""Where the score of τ² is looked at for changes of sign, as shares of the largest τ² there can be."""


@dataclass(frozen=True, kw_only=True)
class MetaAnalysis:
    """The congruence of many dyads in one number, and how much dyads differ.

    Parameters
    ----------
    k
        Dyads.
    clusters
        How many persons the dyads come from, where some have several; None where each dyad stands for itself.
    z, se
        Mean Fisher z and its standard error (Knapp & Hartung; with clusters CR2).
    df, p
        Degrees of freedom and two-sided p of ``t = z / se``.
    ci95
        Interval of the mean, on the scale of z.
    prediction95
        Between what the true z of 95 of 100 further dyads would lie, on the scale of z.
    tau2
        Variance of the true z over dyads (REML).
    i2
        Percent of the variance of the observed z that is not sampling error.
    q, q_p
        Cochran's Q, and its p on k − 1 degrees of freedom.
    r
        ``tanh z``.
    """

    k: int
    clusters: int | None
    z: float
    se: float
    df: float
    p: float
    ci95: tuple[float, float]
    prediction95: tuple[float, float]
    tau2: float
    i2: float
    q: float
    q_p: float
    r: float

    def to_dict(self) -> dict[str, Any]:
        """As `dialogram cohort --json` prints it: unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        low, high = (math.tanh(z) for z in self.ci95)
        lowest, highest = (math.tanh(z) for z in self.prediction95)
        return (
            f"Over {self.k} dyads the two raters correlate r = {self.r:.2f} on average (95 % interval {low:.2f} to"
            f" {high:.2f}); of 100 further dyads some 95 would have an r between {lowest:.2f} and {highest:.2f}."
        )


@dataclass(frozen=True, kw_only=True)
class MetaRegression:
    """What the congruence of a dyad goes with.

    Parameters
    ----------
    k, clusters
        Dyads, and how many persons they come from, where some have several.
    coefficients
        The intercept, then each moderator: change of Fisher z per unit of the moderator, tested by Knapp & Hartung's
        t, with clusters by CR2's.
    tau2
        Variance of the true z that the moderators leave (REML).
    i2
        Percent of the variance of the observed z round the regression that is not sampling error.
    q, q_p
        Residual heterogeneity, and its p.
    """

    k: int
    clusters: int | None
    coefficients: tuple[Coefficient, ...]
    tau2: float
    i2: float
    q: float
    q_p: float

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        return f"Over {self.k} dyads: {'; '.join(map(str, self.coefficients[1:]))}."


def meta_analyse(z: Floats, v: Floats, *, clusters: Sequence[Hashable] | None = None) -> MetaAnalysis:
    r"""Pool the Fisher z of many dyads, each dyad with a true z of its own.

    Parameters
    ----------
    z : ndarray, shape (k,)
        ``atanh r`` of each dyad.
    v : ndarray, shape (k,)
        Its sampling variance, ``1/(N* − 3)`` with the effective number of pairs.
    clusters : sequence, length k
        Whose each dyad is, where dyads are sessions of a client or clients of a therapist and so are alike; at least
        two different.

    Returns
    -------
    MetaAnalysis

    Raises
    ------
    ValueError
        For fewer than two dyads, a z that is not finite or a v that is not positive.

    Notes
    -----
    With ``w_i = 1/(v_i + τ²)``,

    .. math:: \hat z = \frac{\sum w_i z_i}{\sum w_i}, \quad
              se^2 = \frac{\sum w_i (z_i - \hat z)^2}{(k - 1) \sum w_i}

    τ² maximises the restricted likelihood (Viechtbauer 2005, Journal of Educational and Behavioral Statistics 30,
    261–293, doi 10.3102/10769986030003261); se: Knapp & Hartung 2003, Statistics in Medicine 22, 2693–2710,
    doi 10.1002/sim.1482, on k − 1 degrees of freedom; prediction interval ``ẑ ± t √(τ² + se²)`` (Higgins, Thompson &
    Spiegelhalter 2009, Journal of the Royal Statistical Society A 172, 137–159, doi 10.1111/j.1467-985X.2008.00552.x)
    on as many, as metafor has it beside Knapp and Hartung's test, where Higgins et al. take k − 2; I² = 100 τ²/(τ² +
    s²), s² the typical sampling variance (Higgins & Thompson 2002, Statistics in Medicine 21, 1539–1558,
    doi 10.1002/sim.1186). With clusters se and degrees of freedom are those of
    :func:`dialogram.analysis.clustered.weigh_clusters`.

    Examples
    --------
    >>> pooled = meta_analyse(np.array([0.1, 0.5, 0.9]), np.array([0.02, 0.02, 0.02]))
    >>> round(pooled.z, 3), round(pooled.tau2, 3), round(pooled.se, 3)
    (0.5, 0.14, 0.231)
    """
    z, v = _checked(z, v)
    fit = _fit(z, v, np.ones((z.size, 1)), clusters)
    (mean,) = _weigh(["mean"], fit)
    half = t_quantile(mean.df) * math.sqrt(fit.tau2 + mean.se**2)
    return MetaAnalysis(
        k=z.size,
        clusters=fit.clusters,
        z=mean.b,
        se=mean.se,
        df=mean.df,
        p=mean.p,
        ci95=mean.ci95,
        prediction95=(mean.b - half, mean.b + half),
        tau2=fit.tau2,
        i2=fit.i2,
        q=fit.q,
        q_p=fit.q_p,
        r=math.tanh(mean.b),
    )


def meta_regress(
    z: Floats,
    v: Floats,
    moderators: Mapping[str, Sequence[float] | Floats],
    *,
    clusters: Sequence[Hashable] | None = None,
) -> MetaRegression:
    r"""Regress the Fisher z of many dyads on what is known of each.

    Parameters
    ----------
    z, v : ndarray, shape (k,)
        As for :func:`meta_analyse`.
    moderators
        By name, a number for each dyad; nothing missing. They enter as they are: the intercept is the z of a dyad
        with 0 in each.
    clusters
        As for :func:`meta_analyse`.

    Returns
    -------
    MetaRegression

    Raises
    ------
    ValueError
        As :func:`meta_analyse`, and for fewer dyads than coefficients and one, a moderator that does not vary or is
        told by the others, or one with another number of values.

    Notes
    -----
    As :func:`meta_analyse`, with ``X`` of an intercept and the moderators:

    .. math:: \hat b = (X'WX)^{-1} X'Wz, \quad
              \operatorname{cov} \hat b = \frac{(z - X\hat b)' W (z - X\hat b)}{k - p} (X'WX)^{-1}

    Knapp & Hartung 2003, doi 10.1002/sim.1482.

    Examples
    --------
    >>> z, v = np.array([0.1, 0.3, 0.4, 0.8]), np.array([0.02, 0.02, 0.02, 0.02])
    >>> print(meta_regress(z, v, {"alliance": [1.0, 2.0, 3.0, 4.0]}).summary())
    Over 4 dyads: alliance b = 0.220 [0.037, 0.403], t(2.0), p = .035.
    """
    z, v = _checked(z, v)
    names = ["intercept", *moderators]
    columns = [np.ones(z.size), *(np.asarray(values, dtype=np.float64) for values in moderators.values())]
    for name, column in zip(names[1:], columns[1:], strict=True):
        if column.shape != z.shape or not np.isfinite(column).all():
            raise ValueError(f"moderators: expected {z.size} finite numbers of {name!r}, one a dyad, got {column}")
    design = np.stack(columns, axis=1)
    if fault := find_fault_of_moderators(design[:, 1:], names[1:]):
        raise ValueError(f"moderators: {fault}")
    fit = _fit(z, v, design, clusters)
    return MetaRegression(
        k=z.size,
        clusters=fit.clusters,
        coefficients=_weigh(names, fit),
        tau2=fit.tau2,
        i2=fit.i2,
        q=fit.q,
        q_p=fit.q_p,
    )


@dataclass(frozen=True)
class _Fit:
    b: Floats
    covariance: Floats
    df: Floats
    clusters: int | None
    tau2: float
    i2: float
    q: float
    q_p: float


def _checked(z: Floats, v: Floats) -> tuple[Floats, Floats]:
    z, v = np.asarray(z, dtype=np.float64), np.asarray(v, dtype=np.float64)
    if z.ndim != 1 or z.shape != v.shape or z.size < 2:
        raise ValueError(f"z and v: expected one of each for at least two dyads, got shapes {z.shape} and {v.shape}")
    if not (np.isfinite(z).all() and np.isfinite(v).all() and (v > 0).all()):
        raise ValueError("z and v: expected finite numbers and positive variances; is a correlation 1?")
    return z, v


def _weigh(names: Sequence[str], fit: _Fit) -> tuple[Coefficient, ...]:
    return tuple(
        weigh_coefficient(name, float(b), math.sqrt(variance), float(df))
        for name, b, variance, df in zip(names, fit.b, np.diag(fit.covariance), fit.df, strict=True)
    )


def _fit(z: Floats, v: Floats, design: Floats, clusters: Sequence[Hashable] | None) -> _Fit:
    tau2 = _find_tau2(z, v, design)
    b, inverse, residuals = _regress(z, 1 / (v + tau2), design)
    k, p = design.shape
    if clusters is None:
        scale = float(residuals**2 @ (1 / (v + tau2))) / (k - p)
        covariance, df = scale * inverse, np.full(p, float(k - p))
    else:
        errors = weigh_clusters(design, 1 / (v + tau2), residuals, clusters)
        covariance, df = errors.covariance, np.array([errors.df(each) for each in np.eye(p)])
    _, fixed, apart = _regress(z, 1 / v, design)
    typical = (k - p) / _trace_of_projection(1 / v, design, fixed)
    q = float(apart**2 @ (1 / v))
    return _Fit(
        b=b,
        covariance=covariance,
        df=df,
        clusters=None if clusters is None else len(set(clusters)),
        tau2=tau2,
        i2=100 * tau2 / (tau2 + typical),
        q=q,
        q_p=float(scipy.special.chdtrc(k - p, q)),
    )


def _find_tau2(z: Floats, v: Floats, design: Floats) -> float:
    """Maximise the restricted likelihood: its score changes from + to − at every maximum but one at 0."""
    _, _, apart = _regress(z, np.ones(z.size), design)
    grid = _GRID * (float(apart @ apart) + float(v.max()))
    scores = [_score(tau2, z, v, design) for tau2 in grid]
    maxima = [0.0] if scores[0] <= 0 else []
    maxima += [
        float(scipy.optimize.brentq(_score, low, high, args=(z, v, design), xtol=1e-15, rtol=1e-14))
        for low, high, before, after in zip(grid, grid[1:], scores, scores[1:], strict=False)
        if before > 0 >= after
    ]
    return max(maxima, key=lambda tau2: _log_likelihood(tau2, z, v, design))


def _score(tau2: float, z: Floats, v: Floats, design: Floats) -> float:
    weights = 1 / (v + tau2)
    _, inverse, residuals = _regress(z, weights, design)
    return float((weights * residuals) @ (weights * residuals)) - _trace_of_projection(weights, design, inverse)


def _log_likelihood(tau2: float, z: Floats, v: Floats, design: Floats) -> float:
    weights = 1 / (v + tau2)
    _, inverse, residuals = _regress(z, weights, design)
    return float(np.log(weights).sum() + np.linalg.slogdet(inverse)[1] - weights @ residuals**2) / 2


def _regress(z: Floats, weights: Floats, design: Floats) -> tuple[Floats, Floats, Floats]:
    weighted = weights[:, np.newaxis] * design
    inverse = np.linalg.inv(design.T @ weighted)
    b = inverse @ (weighted.T @ z)
    return b, inverse, z - design @ b


def _trace_of_projection(weights: Floats, design: Floats, inverse: Floats) -> float:
    weighted = weights[:, np.newaxis] * design
    return float(weights.sum() - np.trace(inverse @ (weighted.T @ weighted)))
