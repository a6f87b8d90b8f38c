import math
from collections.abc import Sequence
from contextlib import closing
from functools import partial

import numpy as np

from dialogram.analysis import PowerPlan, StudyOutcomes, SupposedCohort, weigh_power
from dialogram.compute.cohort import Progress
from dialogram.compute.runner import Here, Runner
from dialogram.simulate import simulate_studies

LEAST_DYADS = 2
LEAST_MINUTES = 1.0
_STUDIES_AT_ONCE = 5


def plan_study(
    supposed: SupposedCohort,
    *,
    dyads: Sequence[int],
    minutes: Sequence[float],
    wanted: float = 0.8,
    studies: int = 500,
    seed: int = 1,
    runner: Runner | None = None,
    progress: Progress = lambda _done, _all: None,
) -> PowerPlan:
    """Say how many dyads of how many minutes a study needs, from simulated studies of which the truth is known.

    Parameters
    ----------
    supposed
        What is taken to be true.
    dyads, minutes
        Each number of dyads, 2 at least, is looked at with each length, 1 minute at least.
    wanted
        The power that is wanted, within (0, 1).
    studies
        How many to simulate. A power of .8 has a standard error of ``0.4 / √studies``: .018 for 500.
    seed
        Of all chance, 0 or more.
    runner
        Where they are simulated; default: here.
    progress
        Called with how many are done, and of how many.

    Returns
    -------
    PowerPlan
        From every runner the same.

    Raises
    ------
    ValueError
        For sizes, a power, a number of studies or a seed that are none.

    Notes
    -----
    See :func:`dialogram.simulate.studies.simulate_studies` for what is drawn and how a study is looked at, and
    :func:`dialogram.analysis.power.weigh_power` for what is made of it.

    Examples
    --------
    >>> plan = plan_study(SupposedCohort(tracking=0.5), dyads=[3, 6], minutes=[20], studies=20)
    >>> [(each.dyads, each.minutes) for each in plan.sizes], plan.sizes[1].power > plan.sizes[0].power
    ([(3, 20), (6, 20)], True)
    """
    if not dyads or min(dyads) < LEAST_DYADS:
        raise ValueError(f"dyads: expected numbers from {LEAST_DYADS} on, got {_say(dyads)}")
    if not minutes or not all(LEAST_MINUTES <= each < math.inf for each in minutes):
        raise ValueError(f"minutes: expected lengths from {LEAST_MINUTES:g} minute on, got {_say(minutes)}")
    if not 0 < wanted < 1:
        raise ValueError(f"wanted: expected a power between 0 and 1, got {wanted:g}")
    if studies < 1:
        raise ValueError(f"studies: expected one or more, got {studies}")
    if seed < 0:
        raise ValueError(f"seed: expected 0 or more, got {seed}")
    dyads, minutes = sorted(set(dyads)), sorted(set(minutes))
    simulate = partial(simulate_studies, seed=seed, supposed=supposed, dyads=dyads, minutes=minutes)
    parts = [range(first, min(first + _STUDIES_AT_ONCE, studies)) for first in range(0, studies, _STUDIES_AT_ONCE)]
    found: dict[int, StudyOutcomes] = {}
    count = 0
    progress(count, studies)
    with closing((runner or Here()).run(simulate, parts)) as done:
        for place, outcomes in done:
            found[place] = outcomes
            count += len(parts[place])
            progress(count, studies)
    outcomes = StudyOutcomes(
        **{
            name: np.concatenate([getattr(found[place], name) for place in range(len(parts))])
            for name in ("p", "p_of_nothing", "width")
        }
    )
    return weigh_power(outcomes, supposed, dyads=dyads, minutes=minutes, wanted=wanted, seed=seed)


def _say(numbers: Sequence[float]) -> str:
    return ", ".join(f"{number:g}" for number in numbers) or "none"
