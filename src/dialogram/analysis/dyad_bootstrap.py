from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram.analysis.correlation import Floats
from dialogram.analysis.dyad_groups import Unit
from dialogram.analysis.mixed_model import MixedFit
from dialogram.analysis.plain import Result, plain
from dialogram.analysis.sentences import say_p

REPLICATES = 1000
SEED = 1
LEAST_UNITS = 5
"""Fewer dyads, clients or therapists are too few to draw from; each moderator takes one more."""
FEW_UNITS = 2000
"""Of more both intervals are long the same to the digit that is read, and drawing them takes longer than the model."""
_BLOCK = 100
"""Replicates that are worked on at once."""
_SINGULAR = 1e10
"""Condition number from which on a draw cannot tell its coefficients apart."""

_ALIKE = 1e-6
"""Share of the standard error below which the units of a draw do not differ at all."""


@dataclass(frozen=True, kw_only=True)
class BootstrapCoefficient(Result):
    """A coefficient with what drawing dyads anew says of it.

    Parameters
    ----------
    name
        What it belongs to.
    b, se
        Estimate, and its standard error by how far dyads, clients or therapists lie apart; in units of the outcome per
        unit of what it belongs to.
    ci95
        From the studentised replicates.
    p
        Two-sided, from the same.
    """

    name: str
    b: float
    se: float
    ci95: tuple[float, float]
    p: float

    def __str__(self) -> str:
        low, high = self.ci95
        return f"{self.name} [{low:.3f}, {high:.3f}], {say_p(self.p)}"

    def summary(self) -> str:
        """Say the result in one sentence."""
        low, high = self.ci95
        return f"{self.name} b = {self.b:.3f} [{low:.3f}, {high:.3f}], {say_p(self.p)}, by drawing anew."


@dataclass(frozen=True, kw_only=True)
class DyadBootstrap:
    """A model over dyads, with these, or clients or therapists with all of theirs, drawn anew many times.

    Parameters
    ----------
    drawn, units
        What was drawn, and how many of them there are.
    replicates, skipped
        How often, and how many draws were left out because they hold too few different units, ones that cannot tell
        the moderators apart, or only ones that are alike.
    seed
        Of the draws: the same seed gives the same numbers.
    coefficients
        In the order of the model.
    """

    drawn: Unit
    units: int
    replicates: int
    skipped: int
    seed: int
    coefficients: tuple[BootstrapCoefficient, ...]

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        told = "; ".join(map(str, self.coefficients))
        return f"With {self.units} {self.drawn} drawn anew {self.replicates} times: {told}."


def draw_units(
    fits: Sequence[tuple[MixedFit, Mapping[str, int]]],
    *,
    drawn: Unit,
    moderators: int,
    seed: int,
    replicates: int = REPLICATES,
) -> DyadBootstrap:
    r"""Draw the units of fitted models anew to see how far their coefficients can be trusted.

    Parameters
    ----------
    fits
        Models of the same units, each with the places of the coefficients that are asked for, by their names.
    drawn
        What the units are.
    moderators
        How many there are: a draw that holds fewer than three different units and one more for each is left out.
    seed
        Of the draws; the same units are drawn of every model.
    replicates
        How many draws.

    Raises
    ------
    ValueError
        For fewer than five units and one for each moderator, or 99 replicates.

    Notes
    -----
    With :math:`A_g = X_g'V_g^{-1}X_g` and :math:`c_g = X_g'V_g^{-1}y_g` of unit g at the variances that were found, a
    draw that holds unit g :math:`w_g` times gives

    .. math:: b^* = \Big(\sum_g w_g A_g\Big)^{-1} \sum_g w_g c_g, \quad
              S^* = \Big(\sum_g w_g A_g\Big)^{-1} \sum_g w_g r_g r_g' \Big(\sum_g w_g A_g\Big)^{-1}, \quad
              r_g = c_g - A_g b^*

    and :math:`t^* = (b^* - b)/se^*` with se* from the diagonal of S*. With the quantiles of these, and se from the data
    by the same formula,

    .. math:: [\,b - t^*_{.975}\, se,\; b - t^*_{.025}\, se\,], \quad
              p = \frac{1 + \#\{|t^*| \ge |b / se|\}}{1 + \#}

    S is that of Liang & Zeger 1986, Biometrika 73, 13–22, doi 10.1093/biomet/73.1.13: it holds however residuals hang
    together within a unit. Studentised, because percentiles of b* are too narrow where units are few; no normal
    distribution is assumed of bias or tracking over dyads. Davison & Hinkley 1997, Bootstrap Methods and their
    Application, sections 2.4 and 3.8; Cameron, Gelbach & Miller 2008, The Review of Economics and Statistics 90,
    414–427, doi 10.1162/rest.90.3.414.
    """
    units = len(fits[0][0].squares)
    if replicates < 99:
        raise ValueError(f"replicates: expected 99 or more, got {replicates}")
    enough = LEAST_UNITS + moderators
    if units < enough:
        raise ValueError(f"{drawn}: expected at least {enough} to draw from, got {units}")
    rng = np.random.default_rng(seed)
    times = rng.multinomial(units, np.full(units, 1 / units), size=replicates).astype(np.float64)
    whole = (times > 0).sum(axis=1) >= 3 + moderators
    for fit, _ in fits:
        unit = np.sqrt(np.diag(fit.squares.sum(axis=0)))
        whole &= np.linalg.cond(np.tensordot(times, fit.squares / np.outer(unit, unit), axes=1)) < _SINGULAR
    times = times[whole]
    drawn_anew = []
    sound = np.ones(len(times), dtype=bool)
    for fit, _ in fits:
        _, se = _solve(np.ones((1, units)), fit)
        blocks = [_solve(some, fit) for some in np.split(times, range(_BLOCK, len(times), _BLOCK))]
        b_drawn, se_drawn = (np.concatenate(each) for each in zip(*blocks, strict=True))
        sound &= (se_drawn > _ALIKE * se).all(axis=1)
        drawn_anew.append((b_drawn, se_drawn))
    found = []
    for (fit, named), (b_drawn, se_drawn) in zip(fits, drawn_anew, strict=True):
        (b,), (se,) = _solve(np.ones((1, units)), fit)
        t = (b_drawn[sound] - b) / se_drawn[sound]
        low, high = np.quantile(t, [0.975, 0.025], axis=0)
        beyond = 1 + (np.abs(t) >= np.abs(b / se)).sum(axis=0)
        found += [
            BootstrapCoefficient(
                name=name,
                b=float(b[at]),
                se=float(se[at]),
                ci95=(float(b[at] - low[at] * se[at]), float(b[at] - high[at] * se[at])),
                p=float(beyond[at] / (1 + len(t))),
            )
            for name, at in named.items()
        ]
    return DyadBootstrap(
        drawn=drawn,
        units=units,
        replicates=replicates,
        skipped=int(replicates - sound.sum()),
        seed=seed,
        coefficients=tuple(found),
    )


def _solve(times: Floats, fit: MixedFit) -> tuple[Floats, Floats]:
    """Give b and se of draws that hold each unit so many `times`, shape (draws, units)."""
    inverse = np.linalg.inv(np.tensordot(times, fit.squares, axes=1))
    b = np.einsum("dpq,dq->dp", inverse, times @ fit.crosses)
    moves = (fit.crosses - np.einsum("gpq,dq->dgp", fit.squares, b)) @ inverse
    return b, np.sqrt(np.einsum("dg,dgp->dp", times, moves**2))
