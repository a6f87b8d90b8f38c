import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram.analysis.clustered import weigh_clusters
from dialogram.analysis.coefficient import Coefficient, weigh_coefficient
from dialogram.analysis.correlation import Floats
from dialogram.analysis.plain import plain

_SLOPES = {
    "a1": (0, 1, 1, 0, 0, 0),
    "a2": (0, 0, 0, 1, 1, 1),
    "a3": (0, 1, -1, 0, 0, 0),
    "a4": (0, 0, 0, 1, -1, 1),
}


@dataclass(frozen=True, kw_only=True)
class ResponseSurface:
    """How an outcome depends on two ratings and on their agreement.

    Parameters
    ----------
    n, clusters
        Cases, and how many persons they come from, where some have several; None where each stands for itself.
    r2
        Share of the outcome's variance that the surface explains.
    b
        Intercept and b1 … b5, of x, y, x², xy and y².
    a1, a2
        Slope and curvature along the line of agreement, x = y.
    a3, a4
        Slope and curvature along the line of disagreement, x = −y; a4 below 0 says that the outcome falls as the two
        part.
    """

    n: int
    clusters: int | None
    r2: float
    b: tuple[Coefficient, ...]
    a1: Coefficient
    a2: Coefficient
    a3: Coefficient
    a4: Coefficient

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        slopes = "; ".join(str(slope) for slope in (self.a1, self.a2, self.a3, self.a4))
        return f"The surface explains {self.r2:.0%} of the outcome in {self.n} cases; {slopes}."


def fit_response_surface(
    x: Sequence[float] | Floats,
    y: Sequence[float] | Floats,
    outcome: Sequence[float] | Floats,
    *,
    clusters: Sequence[Hashable] | None = None,
) -> ResponseSurface:
    r"""Fit the surface of a quadratic regression on two ratings.

    Parameters
    ----------
    x, y, outcome : sequence of float, length n
        The two ratings, on one scale and centred on a point that means the same in both (the neutral point, or the mean
        of both together), and what may depend on them; cases with a missing value (NaN) are left out.

    Returns
    -------
    ResponseSurface

    Raises
    ------
    ValueError
        For unequal lengths, fewer than seven whole cases, or ratings too few different values of which are there.

    Notes
    -----
    .. math:: z = b_0 + b_1 x + b_2 y + b_3 x^2 + b_4 xy + b_5 y^2, \quad
              a_1 = b_1 + b_2, \; a_2 = b_3 + b_4 + b_5, \; a_3 = b_1 - b_2, \; a_4 = b_3 - b_4 + b_5

    by least squares, with the usual t on n − 6 degrees of freedom for the b and, by their covariances, for the a; with
    clusters with errors and degrees of freedom of :func:`dialogram.analysis.clustered.weigh_clusters`.
    Edwards & Parry 1993, Academy of Management Journal 36, 1577–1613, doi 10.2307/256822; Shanock et al. 2010, Journal
    of Business and Psychology 25, 543–554, doi 10.1007/s10869-010-9183-4.

    Examples
    --------
    >>> x, y = np.meshgrid([-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0])
    >>> surface = fit_response_surface(x.ravel(), y.ravel(), ((x - y) ** 2).ravel())
    >>> round(surface.a4.b, 6), round(surface.r2, 6)
    (4.0, 1.0)
    """
    columns = [np.asarray(each, dtype=np.float64) for each in (x, y, outcome)]
    if not columns[0].ndim == 1 or len({each.shape for each in columns}) > 1:
        raise ValueError(f"x, y and outcome: expected as many numbers each, got {[each.shape for each in columns]}")
    whole = np.isfinite(columns).all(axis=0)
    x, y, z = (each[whole] for each in columns)
    if z.size < 7:
        raise ValueError(f"x, y and outcome: expected at least 7 whole cases for 6 coefficients, got {z.size}")
    design = np.stack([np.ones(z.size), x, y, x**2, x * y, y**2], axis=1)
    scale = np.abs(design).max(axis=0)
    if not scale.all() or np.linalg.matrix_rank(design / scale) < 6:
        raise ValueError("x and y: expected at least three different values of each, not in one line")
    inverse = np.linalg.inv((design / scale).T @ (design / scale)) / np.outer(scale, scale)
    b = inverse @ (design.T @ z)
    left = z - design @ b
    if clusters is None:
        errors, covariance = None, float(left @ left) / (z.size - 6) * inverse
    else:
        errors = weigh_clusters(design, np.ones(z.size), left, [clusters[int(at)] for at in np.flatnonzero(whole)])
        covariance = errors.covariance
    total = float((z - z.mean()) @ (z - z.mean()))
    found = {
        name: weigh_coefficient(
            name,
            float(of @ b),
            math.sqrt(max(0.0, of @ covariance @ of)),
            errors.df(of) if errors else z.size - 6.0,
        )
        for name, of in [
            *((f"b{index}", np.eye(6)[index]) for index in range(6)),
            *((name, np.array(slope, dtype=np.float64)) for name, slope in _SLOPES.items()),
        ]
    }
    return ResponseSurface(
        n=z.size,
        clusters=errors.clusters if errors else None,
        r2=1 - float(left @ left) / total if total > 0 else math.nan,
        b=tuple(found[f"b{index}"] for index in range(6)),
        **{name: found[name] for name in _SLOPES},
    )
