from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram.analysis.dyad_sums import sum_dyad
from dialogram.analysis.judged_dyad import JudgedDyad
from dialogram.analysis.plain import plain
from dialogram.analysis.sentences import say_p
from dialogram.analysis.truth_and_bias import Residuals, build_model, centre_moderators


@dataclass(frozen=True, kw_only=True)
class BootstrapCoefficient:
    """A coefficient with what drawing dyads anew says of it.

    Parameters
    ----------
    name
        What it belongs to.
    b, se
        Estimate and its standard error from the model, in units of the outcome per unit of what it belongs to.
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
        return f"{self.name} b = {self.b:.3f} [{low:.3f}, {high:.3f}], {say_p(self.p)}"


@dataclass(frozen=True, kw_only=True)
class DyadBootstrap:
    """Truth-and-Bias with dyads, or therapists with all of theirs, drawn anew many times.

    Parameters
    ----------
    residuals
        Of the model.
    drawn, units
        What was drawn, and how many of them there are.
    replicates, skipped
        How often, and how many draws were left out because they hold fewer than three different units, or too few to
        tell the moderators apart.
    coefficients
        Bias, tracking, then bias and tracking by each moderator.
    """

    residuals: Residuals
    drawn: str
    units: int
    replicates: int
    skipped: int
    coefficients: tuple[BootstrapCoefficient, ...]

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        told = "; ".join(map(str, self.coefficients))
        return f"With {self.units} {self.drawn} drawn anew {self.replicates} times: {told}."


def bootstrap_truth_and_bias(
    dyads: Sequence[JudgedDyad],
    *,
    residuals: Residuals,
    rng: np.random.Generator,
    moderators: Sequence[str] = (),
    within_therapists: bool = False,
    replicates: int = 1000,
) -> DyadBootstrap:
    r"""Draw dyads anew to see how far Truth-and-Bias can be trusted: for few dyads, beside Satterthwaite's t.

    Parameters
    ----------
    dyads, residuals, moderators, within_therapists
        As of :func:`dialogram.analysis.truth_and_bias.fit_truth_and_bias`. Within therapists, these are drawn, with all
        their dyads. Five units at least.
    rng
        The source of chance; the same seed gives the same numbers.
    replicates
        How many draws, 99 or more.

    Returns
    -------
    DyadBootstrap

    Raises
    ------
    ValueError
        For fewer than five units or 99 replicates, and as ``fit_truth_and_bias``.

    Notes
    -----
    Each replicate draws as many units as there are, with replacement, fits the model again from the sums of products
    and gives :math:`t^* = (b^* - b)/se^*`. With the quantiles of these,

    .. math:: [\,b - t^*_{.975}\, se,\; b - t^*_{.025}\, se\,], \quad
              p = \frac{1 + \#\{|t^*| \ge |b / se|\}}{1 + \#}

    Studentised, because percentiles of b* are too narrow where units are few; no normal distribution is assumed of
    bias or tracking over dyads. Davison & Hinkley 1997, Bootstrap Methods and their Application, sections 2.4 and 3.8;
    Cameron, Gelbach & Miller 2008, The Review of Economics and Statistics 90, 414–427, doi 10.1162/rest.90.3.414.

    Examples
    --------
    >>> from dialogram.timeline import Trace
    >>> rng = np.random.default_rng(4)
    >>> dyads = []
    >>> for name in "abcdefgh":
    ...     truth = 50 + 10 * rng.normal(size=100)
    ...     judge = Trace(values=truth + 3 + 5 * rng.normal(size=100), step_s=1)
    ...     dyads.append(JudgedDyad(name=name, judge=judge, truth=Trace(values=truth, step_s=1)))
    >>> drawn = bootstrap_truth_and_bias(dyads, residuals="iid", rng=np.random.default_rng(1), replicates=99)
    >>> tracking = drawn.coefficients[1]
    >>> round(tracking.b, 1), tracking.ci95[0] < 1 < tracking.ci95[1]
    (1.0, True)
    """
    if replicates < 99:
        raise ValueError(f"replicates: expected 99 or more, got {replicates}")
    sums = [sum_dyad(dyad) for dyad in dyads]
    known = centre_moderators(sums, moderators)
    model = build_model(sums, known, residuals=residuals, within_therapists=within_therapists)
    drawn = "therapists" if within_therapists else "dyads"
    if model.units < 5:
        raise ValueError(f"{drawn}: expected at least 5 to draw from, got {model.units}")
    top = model.search()
    b, se = model.estimate(top)
    unit_of = np.arange(len(sums))
    if within_therapists:
        unit_of = np.unique([str(dyad.therapist) for dyad in sums], return_inverse=True)[1]
    found, skipped = [], 0
    for _ in range(replicates):
        times = np.bincount(rng.integers(0, model.units, size=model.units), minlength=model.units).astype(np.float64)
        there = known[times[unit_of] > 0]
        if (times > 0).sum() < 3 or np.linalg.matrix_rank(
            there / np.abs(there).max(axis=0, initial=1e-300)
        ) < known.shape[1]:
            skipped += 1
            continue
        again, error = model.count_units(times).estimate(top)
        found.append((again - b) / error)
    t = np.array(found)
    low, high = np.quantile(t, [0.975, 0.025], axis=0)
    beyond = 1 + (np.abs(t) >= np.abs(b / se)).sum(axis=0)
    count = known.shape[1]
    names = ["bias", *(f"bias × {name}" for name in moderators)]
    names += ["tracking", *(f"tracking × {name}" for name in moderators)]
    order = [0, count, *range(1, count), *range(count + 1, 2 * count)]
    return DyadBootstrap(
        residuals=residuals,
        drawn=drawn,
        units=model.units,
        replicates=replicates,
        skipped=skipped,
        coefficients=tuple(
            BootstrapCoefficient(
                name=names[at],
                b=float(b[at]),
                se=float(se[at]),
                ci95=(float(b[at] - low[at] * se[at]), float(b[at] - high[at] * se[at])),
                p=float(beyond[at] / (1 + len(t))),
            )
            for at in order
        ),
    )
