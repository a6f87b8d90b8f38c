from dataclasses import dataclass

import numpy as np

from dialogram.analysis.correlation import LEAST_OVERLAP, Floats
from dialogram.analysis.discrepancies import Discrepancy, DiscrepancyRule, find_discrepancies
from dialogram.analysis.plain import Result
from dialogram.analysis.sentences import say_p
from dialogram.analysis.states import BAND_SHARE
from dialogram.timeline import Scale

MOST_SHIFTS = 200
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class DiscrepancyChance(Result):
    """Whether a discrepancy stands out from what two unrelated ratings would show.

    Parameters
    ----------
    kind, start_s, end_s
        Which one.
    weight
        Its ``|mean difference| × duration``, in scale units × seconds.
    p
        How often the heaviest discrepancy of shifted ratings is as heavy; NaN where no shift counts.
    shifts
        How many counted.
    """

    kind: str
    start_s: float
    end_s: float
    weight: float
    p: float
    shifts: int

    def summary(self) -> str:
        """Say the result in one sentence."""
        if not self.shifts:
            return f"Whether {self.start_s:g} to {self.end_s:g} s stands out cannot be said: no shift leaves enough."
        verdict = "stands out" if self.p <= 0.05 else "is no more than unrelated ratings show"
        return f"How the two part from {self.start_s:g} to {self.end_s:g} s {verdict} ({say_p(self.p)})."


def weigh_discrepancies(
    discrepancies: tuple[Discrepancy, ...],
    a: Floats,
    b: Floats,
    *,
    step_s: float,
    scale: Scale,
    band_share: float = BAND_SHARE,
    rule: DiscrepancyRule | None = None,
) -> tuple[DiscrepancyChance, ...]:
    r"""Compare each discrepancy with the heaviest that shifted ratings show.

    Parameters
    ----------
    discrepancies
        As :func:`dialogram.analysis.find_discrepancies` found them in `a` and `b`, by the same rule.
    a, b : ndarray, shape (n,)
        On one grid, NaN where missing.
    step_s, scale, band_share, rule
        As there.

    Returns
    -------
    tuple of DiscrepancyChance
        One for each, in their order.

    Notes
    -----
    ``p = (1 + #{W_s ≥ w}) / (1 + S)``, ``W_s`` the weight of the heaviest discrepancy between a and b shifted
    circularly by s, over up to 200 evenly spaced shifts s that leave at least half the overlap. Because every shift
    shows its heaviest, the p already pays for looking at the whole session: the maximum cluster mass of Bullmore et al.
    1999, IEEE Transactions on Medical Imaging 18, 32–42, doi 10.1109/42.750253, and Maris & Oostenveld 2007, Journal of
    Neuroscience Methods 164, 177–190, doi 10.1016/j.jneumeth.2007.03.024. Absolute and ``relative_…`` ones are each
    compared with their own. A shift keeps both levels, so a difference in level alone is no evidence; two who go
    together part *less* than chance gives, and then no p is small. Like circular shifts elsewhere it is honest without
    drift.

    Examples
    --------
    >>> from dialogram.timeline import HELPFULNESS
    >>> a = np.tile(np.repeat([40.0, 60.0], 20), 10)
    >>> b = a.copy()
    >>> b[100:200] = 100 - b[100:200]
    >>> found = find_discrepancies(a, b, step_s=1.0, scale=HELPFULNESS)
    >>> weighed = weigh_discrepancies(found, a, b, step_s=1.0, scale=HELPFULNESS)
    >>> len(weighed) == len(found), weighed[0].shifts
    (True, 199)
    """
    if not discrepancies:
        return ()
    heaviest: dict[bool, list[float]] = {False: [], True: []}
    pairs = np.count_nonzero(~(np.isnan(a) | np.isnan(b)))
    shifts = np.unique(np.linspace(0, a.size, min(a.size, MOST_SHIFTS) + 1).astype(np.intp)[1:-1])
    for shift in shifts:
        shifted = np.roll(b, -shift)
        if np.count_nonzero(~(np.isnan(a) | np.isnan(shifted))) < max(1, LEAST_OVERLAP * pairs):
            continue
        found = find_discrepancies(a, shifted, step_s=step_s, scale=scale, band_share=band_share, rule=rule)
        for relative, weights in heaviest.items():
            weights.append(max((one.weight for one in found if one.relative == relative), default=0.0))
    return tuple(_weigh(one, np.array(heaviest[one.relative])) for one in discrepancies)


def _weigh(one: Discrepancy, heaviest: Floats) -> DiscrepancyChance:
    as_heavy = int(np.count_nonzero(heaviest >= one.weight * (1 - _ROUNDING)))
    return DiscrepancyChance(
        kind=one.kind,
        start_s=one.start_s,
        end_s=one.end_s,
        weight=one.weight,
        p=(1 + as_heavy) / (1 + heaviest.size) if heaviest.size else float("nan"),
        shifts=int(heaviest.size),
    )
