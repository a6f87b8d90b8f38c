import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from dialogram.analysis.correlation import Floats
from dialogram.analysis.guess import GuessScore
from dialogram.analysis.plain import plain
from dialogram.analysis.sentences import say_p

_NODES = 31
"""Gauss–Hermite nodes a therapist; 31 give six digits where a therapist has hundreds of guesses."""
FEW_THERAPISTS = 10
"""Fewer say hardly anything of how much therapists differ, and the interval leans on it."""
_MOST_SD = 20.0
"""Largest spread of therapists, in logits: beyond it all guesses of a therapist are right, or all wrong."""


@dataclass(frozen=True, kw_only=True)
class GuessModel:
    """How often guesses are right, with therapists who differ.

    Parameters
    ----------
    dyads, therapists, shown, right
        Guesses handed in, who made them, segments shown in all, and how many were guessed right.
    logit, se
        Log-odds of a right guess for the average therapist, and its standard error.
    z, p
        ``logit / se``, and two-sided p against ½.
    share, ci95
        Probability of a right guess for that therapist, and its 95 % interval.
    chance
        Share that would be right by chance, over all that was shown.
    corrected, corrected_ci95
        The share, and its interval, with that taken out: 0 where guesses are no better than chance, 1 where all are
        right.
    sd_therapists
        Spread of therapists' log-odds.
    loglik
        Log-likelihood.
    sorted_dyads
        In how many dyads the guesser was told how many there are of each kind: those guesses hang together.
    """

    dyads: int
    therapists: int
    shown: int
    right: int
    logit: float
    se: float
    z: float
    p: float
    share: float
    ci95: tuple[float, float]
    chance: float
    corrected: float
    corrected_ci95: tuple[float, float]
    sd_therapists: float
    loglik: float
    sorted_dyads: int

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in a sentence, and what it does not know."""
        low, high = self.ci95
        told = (
            f"The average of {self.therapists} therapists guesses {self.share:.0%} of segments right (95 % interval"
            f" {low:.0%} to {high:.0%}, {say_p(self.p)} against half; spread of therapists {self.sd_therapists:.2f} in"
            " logits)."
        )
        low, high = self.corrected_ci95
        told += (
            f" With chance taken out that is {self.corrected:.2f} ({low:.2f} to {high:.2f}; 0 is chance, 1 all right)."
        )
        if self.therapists < FEW_THERAPISTS:
            told += (
                f" {self.therapists} therapists are too few to know how much therapists differ: believe neither their"
                " spread nor, where it is 0, that this interval is wide enough."
            )
        if self.sorted_dyads:
            told += (
                f" In {self.sorted_dyads} dyads segments were sorted by known numbers: one wrong guess there brings"
                " another, so that this interval is too narrow; believe the exact p."
            )
        return told


def model_guesses(scores: Sequence[GuessScore], therapists: Sequence[str]) -> GuessModel:
    r"""Model right guesses by a logistic regression with therapists as random.

    Parameters
    ----------
    scores
        One of each dyad.
    therapists
        Who guessed in each.

    Returns
    -------
    GuessModel

    Raises
    ------
    ValueError
        For unequal numbers, fewer than two therapists, or guesses that are all right or all wrong.

    Notes
    -----
    Of dyad i, guessed by therapist j, :math:`y_{ij}` of :math:`n_{ij}` segments are right:

    .. math:: y_{ij} \sim \mathrm{Binomial}(n_{ij}, p_j), \quad \operatorname{logit} p_j = b + s u_j, \quad
              u_j \sim N(0, 1)

    With :math:`\bar p` the share right of the average therapist and :math:`\pi` that of chance (the expected number
    over the number shown), :math:`(\bar p - \pi) / (1 - \pi)` is the share with chance taken out, as in Cohen's kappa
    (Cohen 1960, Educational and Psychological Measurement 20, 37–46, doi 10.1177/001316446002000104).

    The integral over u_j is taken by adaptive Gauss–Hermite quadrature at 31 nodes round its mode (Pinheiro & Bates
    1995, Journal of Computational and Graphical Statistics 4, 12–35, doi 10.1080/10618600.1995.10474663), and b and s
    maximise the likelihood; se from its curvature in both. Where s is 0, se is that of the logistic regression.

    Of a therapist with one client, dyad and therapist are one. Somebody who sorts three and three cannot be wrong once:
    guesses come in pairs, and have up to twice the variance of six that are made apart. The model does not know that;
    :func:`dialogram.analysis.guess_pool.pool_guesses` does, exactly, but takes dyads for independent.

    Examples
    --------
    >>> from dialogram.analysis.guess import score_guess
    >>> truth = ("helpful", "hindering") * 3
    >>> one, other = truth[:5] + ("helpful",), ("hindering", "helpful") + truth[2:]
    >>> scores = [score_guess(truth, guess, numbers_told=False) for guess in (one, one, other, other, one, other)]
    >>> model = model_guesses(scores, ["a", "a", "b", "b", "c", "c"])
    >>> model.right, model.shown, round(model.share, 2), round(model.sd_therapists, 2)
    (27, 36, 0.75, 0.0)
    """
    if len(scores) != len(therapists):
        raise ValueError(f"therapists: expected one for each of {len(scores)} scores, got {len(therapists)}")
    names, whose = np.unique(np.asarray(therapists, dtype=str), return_inverse=True)
    if names.size < 2:
        raise ValueError(f"therapists: expected at least two, got {names.size}")
    right, shown = (
        np.bincount(whose, weights=[getattr(score, name) for score in scores]) for name in ("right", "shown")
    )
    total, all_shown = float(right.sum()), float(shown.sum())
    if total in {0.0, all_shown}:
        raise ValueError(f"scores: expected right and wrong guesses, got {total:g} right of {all_shown:g}")
    at = _fit(right, shown)
    b, spread = float(at[0]), float(at[1])
    curvature = _curvature(at, right, shown)
    covariance = np.linalg.inv(curvature) if spread > 0 else np.array([[1 / curvature[0, 0]]])
    se = math.sqrt(covariance[0, 0])
    half = float(scipy.special.ndtri(0.975)) * se
    share, low, high = (float(each) for each in scipy.special.expit([b, b - half, b + half]))
    chance = sum(number * p for score in scores for number, p in score.distribution) / all_shown
    corrected, corrected_low, corrected_high = ((each - chance) / (1 - chance) for each in (share, low, high))
    choices = sum(
        math.lgamma(score.shown + 1) - math.lgamma(score.right + 1) - math.lgamma(score.shown - score.right + 1)
        for score in scores
    )
    return GuessModel(
        dyads=len(scores),
        therapists=int(names.size),
        shown=int(all_shown),
        right=int(total),
        logit=b,
        se=se,
        z=b / se,
        p=float(2 * scipy.special.ndtr(-abs(b / se))),
        share=share,
        ci95=(low, high),
        chance=chance,
        corrected=corrected,
        corrected_ci95=(corrected_low, corrected_high),
        sd_therapists=spread,
        loglik=choices + _log_likelihood(at, right, shown),
        sorted_dyads=sum(score.chance == "hypergeometric" for score in scores),
    )


def _fit(right: Floats, shown: Floats) -> Floats:
    """Maximise over b and the spread, from a small and a large one: at no spread the likelihood is level."""

    def deviance(at: Floats) -> float:
        return -_log_likelihood(at, right, shown)

    plain_logit = float(scipy.special.logit(right.sum() / shown.sum()))
    best = np.array([plain_logit, 0.0])
    bounds = scipy.optimize.Bounds(np.array([-_MOST_SD, 0.0]), np.array([_MOST_SD, _MOST_SD]))
    for spread in (0.3, 1.5):
        start = np.array([plain_logit, spread])
        found = scipy.optimize.minimize(deviance, start, method="L-BFGS-B", bounds=bounds, tol=1e-14)
        if deviance(found.x) < deviance(best) - 1e-10:
            best = np.asarray(found.x)
    return _polish(best, right, shown) if best[1] > 0 else best


def _polish(at: Floats, right: Floats, shown: Floats) -> Floats:
    """Take Newton's steps to the last digits."""
    for _ in range(4):
        step = np.linalg.solve(_curvature(at, right, shown), _slope(at, right, shown))
        if np.abs(step).max() > 0.5 or at[1] + step[1] <= 0:
            break
        at = at + step
    return at


def _slope(at: Floats, right: Floats, shown: Floats) -> Floats:
    step = 1e-5
    return np.array(
        [
            (_log_likelihood(at + nudge, right, shown) - _log_likelihood(at - nudge, right, shown)) / (2 * step)
            for nudge in step * np.eye(2)
        ]
    )


def _curvature(at: Floats, right: Floats, shown: Floats) -> Floats:
    """Give minus the second derivatives of the log-likelihood, which is even in the spread."""
    step = 1e-3
    columns = np.stack(
        [
            (_slope(at + nudge, right, shown) - _slope(at - nudge, right, shown)) / (2 * step)
            for nudge in step * np.eye(2)
        ]
    )
    return np.asarray(-(columns + columns.T) / 2)


def _log_likelihood(at: Floats, right: Floats, shown: Floats) -> float:
    b, spread = float(at[0]), float(at[1])
    u, width = _modes(b, spread, right, shown)
    nodes, weights = np.polynomial.hermite.hermgauss(_NODES)
    places = u[:, np.newaxis] + math.sqrt(2) * width[:, np.newaxis] * nodes
    eta = b + spread * places
    terms = right[:, np.newaxis] * eta - shown[:, np.newaxis] * np.logaddexp(0, eta) - places**2 / 2
    logs = scipy.special.logsumexp(terms + nodes**2 + np.log(weights), axis=1)
    return float((logs + np.log(width) - math.log(math.pi) / 2).sum())


def _modes(b: float, spread: float, right: Floats, shown: Floats) -> tuple[Floats, Floats]:
    """Find each therapist's most likely u, and the width of the likelihood there."""
    u = np.zeros(right.size)
    for _ in range(60):
        p = scipy.special.expit(b + spread * u)
        slope = spread * (right - shown * p) - u
        curve = spread**2 * shown * p * (1 - p) + 1
        # The curve is at least 1 and at most that of p = ½, so that a step this long never passes the top.
        step = slope / np.where(np.abs(slope) > 0.5, spread**2 * shown / 4 + 1, curve)
        u = u + step
        if np.abs(step).max() < 1e-13:
            break
    return u, 1 / np.sqrt(curve)
