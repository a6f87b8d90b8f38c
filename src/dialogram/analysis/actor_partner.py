import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram.analysis.coefficient import Coefficient, weigh_coefficient
from dialogram.analysis.correlation import Floats, correlate, varies
from dialogram.analysis.plain import plain


@dataclass(frozen=True, kw_only=True)
class ActorPartner:
    """How what each of two reports goes with the one's own and the other's standing.

    Parameters
    ----------
    role
        Whose outcome it is, or None for both, where the two cannot be told apart by a role.
    dyads
        Whole dyads.
    intercept
        Outcome of somebody with 0 in both.
    actor, partner
        Change of the outcome per unit of one's own predictor, and of the other's.
    rho
        Correlation of the two's outcomes beyond that.
    """

    role: str | None
    dyads: int
    intercept: Coefficient
    actor: Coefficient
    partner: Coefficient
    rho: float

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        whose = f" for the outcome of the {self.role}" if self.role else ""
        return f"Over {self.dyads} dyads{whose}: {self.actor}; {self.partner}; residuals correlate {self.rho:.2f}."


def fit_actor_partner(x: Sequence[Sequence[float]] | Floats, y: Sequence[Sequence[float]] | Floats) -> ActorPartner:
    r"""Fit the actor–partner model of dyads whose two members have no different roles.

    Parameters
    ----------
    x, y : shape (k, 2)
        Predictor and outcome of the two members of each dyad, in any order; dyads with a missing value (NaN) are left
        out.

    Returns
    -------
    ActorPartner

    Raises
    ------
    ValueError
        For other shapes, fewer than three whole dyads, or predictors whose sums or differences do not vary.

    Notes
    -----
    .. math:: Y_A = b_0 + a X_A + p X_P + e_A, \quad \operatorname{cor}(e_A, e_P) = \rho

    Sum and difference of the two members are independent, so restricted maximum likelihood is two least-squares
    regressions: ``Y₁ + Y₂ = 2 b₀ + (a + p)(X₁ + X₂)`` with residual variance ``2σ²(1 + ρ)``, and ``Y₁ − Y₂ =
    (a − p)(X₁ − X₂)`` with ``2σ²(1 − ρ)``. Degrees of freedom of a and p are Satterthwaite's of the two. Kenny, Kashy
    & Cook 2006, Dyadic Data Analysis, chapter 7.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> x = rng.normal(size=(200, 2))
    >>> y = 0.5 * x + 0.2 * x[:, ::-1] + rng.normal(size=(200, 2))
    >>> fit = fit_actor_partner(x, y)
    >>> round(fit.actor.b, 1), round(fit.partner.b, 1)
    (0.5, 0.1)
    """
    xs, ys = _whole(x, y)
    k = len(xs)
    sums = np.stack([np.ones(k), xs.sum(axis=1)], axis=1)
    differences = xs[:, :1] - xs[:, 1:]
    if k < 3 or not varies(sums[:, 1]) or not differences.any():
        raise ValueError("x: expected at least three whole dyads whose sums and differences vary")
    (half, of_sum), covariance, left_of_sum = _least_squares(sums, ys.sum(axis=1))
    (of_difference,), variance, left_of_difference = _least_squares(differences, ys[:, 0] - ys[:, 1])
    parts = np.array([covariance[1, 1], variance[0, 0]]) / 4
    df = float(parts.sum() ** 2 / (parts**2 / (k - 2, k - 1)).sum()) if parts.any() else math.nan
    se, spread = math.sqrt(parts.sum()), left_of_sum + left_of_difference
    return ActorPartner(
        role=None,
        dyads=k,
        intercept=weigh_coefficient("intercept", float(half / 2), math.sqrt(covariance[0, 0]) / 2, k - 2),
        actor=weigh_coefficient("actor", float(of_sum + of_difference) / 2, se, df),
        partner=weigh_coefficient("partner", float(of_sum - of_difference) / 2, se, df),
        rho=(left_of_sum - left_of_difference) / spread if spread > 0 else math.nan,
    )


def fit_actor_partner_by_role(
    x: Sequence[Sequence[float]] | Floats, y: Sequence[Sequence[float]] | Floats, roles: tuple[str, str]
) -> tuple[ActorPartner, ActorPartner]:
    r"""Fit the actor–partner model of dyads whose two members have different roles, client and therapist.

    Parameters
    ----------
    x, y : shape (k, 2)
        Predictor and outcome of the two members of each dyad, columns in the order of `roles`; dyads with a missing
        value (NaN) are left out.
    roles
        Names of the two.

    Returns
    -------
    tuple of ActorPartner
        The outcome of the first, and of the second.

    Raises
    ------
    ValueError
        For other shapes, fewer than four whole dyads, or predictors that do not vary apart.

    Notes
    -----
    Each outcome on both predictors. Both equations have the same predictors, so that seemingly unrelated regressions
    are least squares one by one (Zellner 1962, Journal of the American Statistical Association 57, 348–368,
    doi 10.1080/01621459.1962.10480664), on k − 3 degrees of freedom.

    Examples
    --------
    >>> x = [[1.0, 4.0], [2.0, 1.0], [3.0, 3.0], [4.0, 1.0], [5.0, 2.0]]
    >>> y = [[2.1, 3.0], [3.9, 1.2], [6.0, 2.9], [8.1, 0.8], [9.9, 2.1]]
    >>> client, therapist = fit_actor_partner_by_role(x, y, ("client", "therapist"))
    >>> round(client.actor.b, 1), round(therapist.actor.b, 1)
    (2.0, 0.8)
    """
    xs, ys = _whole(x, y)
    design = np.column_stack([np.ones(len(xs)), xs])
    if len(xs) < 4 or np.linalg.matrix_rank(design) < 3:
        raise ValueError("x: expected at least four whole dyads in which the two predictors vary apart")
    fits = [_least_squares(design, ys[:, member]) for member in (0, 1)]
    rho = correlate(*(ys[:, member] - design @ fits[member][0] for member in (0, 1)))
    found = []
    for member, (b, covariance, _) in enumerate(fits):
        coefficients = [
            weigh_coefficient(name, float(b[at]), math.sqrt(covariance[at, at]), len(xs) - 3)
            for name, at in (("intercept", 0), ("actor", 1 + member), ("partner", 2 - member))
        ]
        intercept, actor, partner = coefficients
        found.append(
            ActorPartner(role=roles[member], dyads=len(xs), intercept=intercept, actor=actor, partner=partner, rho=rho)
        )
    return found[0], found[1]


def _whole(x: Sequence[Sequence[float]] | Floats, y: Sequence[Sequence[float]] | Floats) -> tuple[Floats, Floats]:
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if xs.ndim != 2 or xs.shape[1] != 2 or xs.shape != ys.shape:
        raise ValueError(f"x and y: expected two numbers a dyad each, got shapes {xs.shape} and {ys.shape}")
    whole = np.isfinite(xs).all(axis=1) & np.isfinite(ys).all(axis=1)
    return xs[whole], ys[whole]


def _least_squares(design: Floats, outcome: Floats) -> tuple[Floats, Floats, float]:
    inverse = np.linalg.inv(design.T @ design)
    b = inverse @ (design.T @ outcome)
    left = outcome - design @ b
    variance = float(left @ left) / (len(design) - design.shape[1])
    return b, variance * inverse, variance
