from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram.analysis.alignment import align
from dialogram.analysis.block_bootstrap import BootstrappedAgreement, bootstrap_agreement
from dialogram.analysis.discrepancies import DiscrepancyRule
from dialogram.analysis.discrepancy_chance import DiscrepancyChance, weigh_discrepancies
from dialogram.analysis.dyad import DyadResult, OfEach
from dialogram.analysis.extreme_chance import ExtremeChance, weigh_extremes
from dialogram.timeline import Trace

SEED = 1


@dataclass(frozen=True, kw_only=True)
class Resampled:
    """What it takes hundreds of drawn or shifted sessions to say about one dyad.

    Parameters
    ----------
    names
        Of a and of b.
    seed
        Of what was drawn: the same seed gives the same numbers.
    agreement
        Intervals of r, concordance and ICC(A,1).
    extremes
        Of a and of b: interval of each, and whether it stands out.
    discrepancies
        Whether each stands out.
    rules
        Name and version of each rule.
    """

    names: tuple[str, str]
    seed: int
    agreement: BootstrappedAgreement
    extremes: OfEach[tuple[ExtremeChance, ...]]
    discrepancies: tuple[DiscrepancyChance, ...]
    rules: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """As `dialogram dyad --resample --json` prints it: unrounded, None where a number is not defined."""
        return {
            "seed": self.seed,
            "agreement": self.agreement.to_dict(),
            "extremes": {
                "a": [one.to_dict() for one in self.extremes.a],
                "b": [one.to_dict() for one in self.extremes.b],
            },
            "discrepancies": [one.to_dict() for one in self.discrepancies],
            "rules": dict(self.rules),
        }

    def summary(self) -> str:
        """Say how sure the agreement is, and what stands out, in a sentence each."""
        return f"{self.agreement.summary()}\n{self._say_extremes()}\n{self._say_discrepancies()}"

    def _say_extremes(self) -> str:
        every = zip(self.names, (self.extremes.a, self.extremes.b), strict=True)
        standing = [f"{name}'s {one.kind} {one.rank}" for name, of in every for one in of if one.p <= 0.05]
        if not standing:
            return "No highest or lowest moment stands out from an ordinary wandering of the dial."
        return f"These moments stand out from an ordinary wandering of the dial: {', '.join(standing)}."

    def _say_discrepancies(self) -> str:
        standing = [f"{one.start_s:g} to {one.end_s:g} s" for one in self.discrepancies if one.p <= 0.05]
        if not standing:
            return "Nowhere do the two part more than unrelated ratings would somewhere."
        return f"More than unrelated ratings would anywhere they part at {', '.join(dict.fromkeys(standing))}."


def resample(
    a: Trace, b: Trace, result: DyadResult, *, seed: int = SEED, discrepancy_rule: DiscrepancyRule | None = None
) -> Resampled:
    """Draw and shift sessions like this one: how sure agreement is, which extremes and discrepancies stand out.

    It takes some 0.3 s for 3,000 bins, which is why it is not part of :func:`dialogram.analysis.compare`.

    Parameters
    ----------
    a, b
        The ratings.
    result
        Of comparing the two.
    seed
        Of what is drawn.
    discrepancy_rule
        As it was given to compare.

    Returns
    -------
    Resampled
        See there.

    Notes
    -----
    See :func:`dialogram.analysis.block_bootstrap.bootstrap_agreement`,
    :func:`dialogram.analysis.extreme_chance.weigh_extremes` and
    :func:`dialogram.analysis.discrepancy_chance.weigh_discrepancies`.

    Examples
    --------
    >>> from dialogram.analysis import compare
    >>> values = np.clip(50 + np.random.default_rng(3).normal(size=(2, 600)).cumsum(axis=1), 0, 100)
    >>> client, therapist = (Trace(values=each, step_s=1.0) for each in values)
    >>> result = compare(client, therapist)
    >>> drawn = resample(client, therapist, result)
    >>> len(drawn.extremes.a), len(drawn.discrepancies) == len(result.discrepancies)
    (6, True)
    """
    rng = np.random.default_rng(seed)
    _, (ratings_a, ratings_b) = align(a, b)
    scale = a.scale
    return Resampled(
        names=(a.name, b.name),
        seed=seed,
        agreement=bootstrap_agreement(ratings_a, ratings_b, step_s=a.step_s, rng=rng),
        extremes=OfEach(
            a=weigh_extremes(result.extremes.a, a, rng=rng), b=weigh_extremes(result.extremes.b, b, rng=rng)
        ),
        discrepancies=weigh_discrepancies(
            result.discrepancies,
            ratings_a,
            ratings_b,
            step_s=a.step_s,
            scale=scale,
            band_share=(result.states.band[1] - scale.neutral) / scale.range,
            rule=discrepancy_rule,
        ),
        rules={
            "agreement": "block-bootstrap/1",
            "extremes": "random-phases/1",
            "discrepancies": "heaviest-of-shifts/1",
        },
    )
