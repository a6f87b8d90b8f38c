from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from dialogram.analysis.correlation import Floats, varies
from dialogram.analysis.judged_dyad import JudgedDyad
from dialogram.analysis.mixed_model import Products, sum_products


@dataclass(frozen=True, kw_only=True)
class DyadSums:
    """All that the Truth-and-Bias model needs of a dyad, however long its session was.

    Parameters
    ----------
    name, therapist, client, moderators
        As of :class:`dialogram.analysis.judged_dyad.JudgedDyad`.
    step_s
        Width of its bins.
    products
        Of the columns 1, truth and judge, both centred on the mean truth, at the bins that both rated; lags in bins.
    spreads : tuple of float
        SD of truth and of judge.
    """

    name: str
    therapist: str | None
    client: str | None
    moderators: Mapping[str, float]
    step_s: float
    products: Products
    spreads: tuple[float, float]

    def seen_through(self, basis: Floats, *, step_s: float) -> Products:
        """Give the products of other columns, ``rows @ basis``, with lags in steps of `step_s`."""
        lags = (self.products.lags * (self.step_s / step_s)).round(9)
        return replace(self.products, lags=lags).seen_through(basis)


def sum_dyad(dyad: JudgedDyad) -> DyadSums:
    """Sum up a dyad.

    Raises
    ------
    ValueError
        For ratings that do not vary over at least three bins that both rated, or do not lie on one grid.

    Examples
    --------
    >>> from dialogram.timeline import Trace
    >>> judge, truth = Trace(values=[1, 3, 4, 8], step_s=2), Trace(values=[0, 1, 2, 3], step_s=2)
    >>> sum_dyad(JudgedDyad(name="a", judge=judge, truth=truth)).products.n
    4
    """
    judge, truth = dyad.pairs()
    present = np.flatnonzero(~np.isnan(judge))
    judge, truth = judge[present], truth[present]
    if present.size < 3 or not (varies(judge) and varies(truth)):
        raise ValueError(f"dyad {dyad.name!r}: expected two ratings that vary over at least three bins both rated")
    mean = truth.mean()
    rows = np.stack([np.ones(present.size), truth - mean, judge - mean], axis=1)
    return DyadSums(
        name=dyad.name,
        therapist=dyad.therapist,
        client=dyad.client,
        moderators=dyad.moderators,
        step_s=dyad.judge.step_s,
        products=sum_products(rows, present.astype(np.float64)),
        spreads=(float(truth.std(ddof=1)), float(judge.std(ddof=1))),
    )
