import math
from collections.abc import Sequence

import numpy as np

from dialogram.analysis import (
    DyadCongruence,
    StudyOutcomes,
    SupposedCohort,
    measure_congruence,
    pool_congruences,
)
from dialogram.simulate.raters import simulate_noise

STEP_S = 1.0
"""Width of the bins of a trace."""


def simulate_studies(
    numbers: Sequence[int], *, seed: int, supposed: SupposedCohort, dyads: Sequence[int], minutes: Sequence[float]
) -> StudyOutcomes:
    r"""Simulate some of many studies, each at every size, and find what each finds.

    Parameters
    ----------
    numbers
        Which of the studies; a study of one seed and number is always the same one.
    seed
        Of all studies.
    supposed
        What is true of their dyads.
    dyads, minutes
        The sizes. The smaller studies are parts of the largest, its first dyads and their first minutes.

    Returns
    -------
    StudyOutcomes

    Notes
    -----
    In dyad i, in bins of a second, with X and E apart from one another, stationary, of variance 1, and correlated
    ``exp(−lag / memory)``, the truth is :math:`X_t` and the judge, l seconds later,

    .. math:: \rho_i X_{t-l} + \sqrt{1 - \rho_i^2} E_t, \quad
              \operatorname{artanh} \rho_i \sim N(\operatorname{artanh} \rho, \text{between\_sd}^2)

    A study is found out about as `dialogram cohort` does it: correlation and effective number of pairs of each dyad,
    dyads worth fewer than six left out, random-effects meta-analysis with Knapp and Hartung's t. The same dyads with
    ρ = 0 say how often something is found where there is nothing.

    Examples
    --------
    >>> supposed = SupposedCohort(tracking=0.5)
    >>> outcomes = simulate_studies(range(3), seed=1, supposed=supposed, dyads=[5, 10], minutes=[20])
    >>> outcomes.p.shape, bool((outcomes.p[..., 1] < 0.05).all())
    ((3, 1, 2), True)
    """
    found = np.full((3, len(numbers), len(minutes), len(dyads)), math.nan)
    for place, number in enumerate(numbers):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
        of_dyads = [simulate_congruence(rng, supposed, minutes) for _ in range(max(dyads))]
        for row in range(len(minutes)):
            for column, count in enumerate(dyads):
                meta = pool_congruences([tracked[row] for tracked, _ in of_dyads[:count]])
                nothing = pool_congruences([untracked[row] for _, untracked in of_dyads[:count]])
                if meta is not None:
                    low, high = meta.ci95
                    found[::2, place, row, column] = meta.p, math.tanh(high) - math.tanh(low)
                if nothing is not None:
                    found[1, place, row, column] = nothing.p
    return StudyOutcomes(p=found[0], p_of_nothing=found[1], width=found[2])


def simulate_congruence(
    rng: np.random.Generator, supposed: SupposedCohort, minutes: Sequence[float]
) -> tuple[list[DyadCongruence], list[DyadCongruence]]:
    """Measure a dyad over its first minutes, of each length: as supposed, and as if the average judge did not track."""
    lag = round(supposed.lag_s / STEP_S)
    lengths = [round(60.0 * length / STEP_S) for length in minutes]
    apart = supposed.between_sd * float(rng.normal())
    happening, own = simulate_noise(
        rng, size=(2, max(lengths) + lag), step_s=STEP_S, sd=1.0, memory_s=supposed.memory_s
    )
    truth, own = happening[lag:], own[lag:]

    def measure(z: float) -> list[DyadCongruence]:
        r = math.tanh(z)
        judge = r * happening[: truth.size] + math.sqrt(1.0 - r * r) * own
        return [measure_congruence("", judge[:length], truth[:length]) for length in lengths]

    return measure(math.atanh(supposed.tracking) + apart), measure(apart)
