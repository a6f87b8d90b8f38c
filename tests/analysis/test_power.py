import json

import numpy as np
import pytest
from scipy.stats import binomtest, nct, t

from dialogram.analysis import PowerPlan, StudyOutcomes, SupposedCohort, weigh_power

DYADS = (8, 16, 32, 64)


def power_of_t(k: float, effect: float) -> float:
    """Power of the two-sided t test of k values at .05, by the noncentral t."""
    bound = t.ppf(0.975, k - 1)
    moved = effect * np.sqrt(k)
    return float(nct.sf(bound, k - 1, moved) + nct.cdf(-bound, k - 1, moved))


def outcomes(shares: list[float], *, studies: int = 10_000, width: float = 0.2) -> StudyOutcomes:
    """Studies of one length of which such shares find something."""
    rows = np.arange(studies)[:, np.newaxis] >= np.round(np.array(shares) * studies)
    p = np.where(rows, 0.5, 0.01)[:, np.newaxis, :]
    return StudyOutcomes(p=p, p_of_nothing=np.full(p.shape, 0.5), width=np.full(p.shape, width))


def weigh(found: StudyOutcomes, *, dyads: tuple[int, ...] = DYADS, wanted: float = 0.8) -> PowerPlan:
    return weigh_power(found, SupposedCohort(tracking=0.3), dyads=dyads, minutes=[50], wanted=wanted, seed=1)


@pytest.mark.parametrize("effect", [0.5, 0.6, 0.75])
@pytest.mark.parametrize("wanted", [0.8, 0.9])
def test_the_dyads_between_two_that_were_looked_at_are_those_of_the_t_test(effect: float, wanted: float) -> None:
    plan = weigh(outcomes([power_of_t(k, effect) for k in DYADS]), wanted=wanted)
    exact = next(k for k in range(8, 65) if power_of_t(k, effect) >= wanted)
    assert plan.needed[0].dyads is not None
    assert abs(plan.needed[0].dyads - exact) <= 1


def test_the_fewest_are_given_where_they_are_enough_and_none_where_the_most_are_not() -> None:
    assert weigh(outcomes([0.8, 0.9, 0.95, 1.0])).needed[0].dyads == 8
    enough, not_enough = weigh(outcomes([0.1, 0.2, 0.3, 0.8])), weigh(outcomes([0.1, 0.2, 0.3, 0.79]))
    assert (enough.needed[0].dyads, not_enough.needed[0].dyads) == (64, None)
    assert weigh(outcomes([0.0, 1.0]), dyads=(2, 3)).needed[0].dyads == 3
    assert enough.summary() == ("To find r = 0.30 with a probability of 0.80, 64 dyads of 50 minutes are enough.")
    assert not_enough.summary() == (
        "None of these sizes is enough to find r = 0.30 with a probability of 0.80: 64 dyads of 50 minutes give 0.79."
    )


@pytest.mark.parametrize("share", [0.0, 0.04, 0.5, 1.0])
def test_shares_have_wilson_s_interval(share: float) -> None:
    (size,) = weigh(outcomes([share], studies=50), dyads=(8,)).sizes
    expected = binomtest(round(50 * share), 50).proportion_ci(method="wilson")
    assert size.power == share
    assert size.power_ci95 == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert size.level_ci95 == pytest.approx((0.0, binomtest(0, 50).proportion_ci(method="wilson").high), abs=1e-12)


def test_a_study_without_a_result_finds_nothing() -> None:
    p = np.array([0.01, np.nan, np.nan, 0.01, np.nan])[:, np.newaxis, np.newaxis]
    width = np.where(np.isnan(p), np.nan, 0.2)
    plan = weigh(StudyOutcomes(p=p, p_of_nothing=p, width=width), dyads=(8,))
    assert (plan.sizes[0].power, plan.sizes[0].level) == (0.4, 0.4)
    assert np.isnan(plan.sizes[0].width)
    written = json.loads(json.dumps(plan.to_dict(), allow_nan=False))
    assert written["sizes"][0]["width"] is None
    assert "interval" not in plan.sizes[0].summary()
    fewer = StudyOutcomes(p=p[1:4], p_of_nothing=p[1:4], width=np.array([0.1, np.nan, 0.3])[:, np.newaxis, np.newaxis])
    assert weigh(fewer, dyads=(8,)).sizes[0].width == 0.3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tracking": 1.0}, "tracking: expected a correlation between -1 and 1, got 1"),
        ({"tracking": float("nan")}, "tracking"),
        ({"between_sd": -0.1}, "between_sd"),
        ({"memory_s": 0.0}, "memory_s"),
        ({"lag_s": 1.5}, "lag_s: expected whole seconds, 0 or more, got 1.5"),
        ({"lag_s": float("inf")}, "lag_s"),
    ],
)
def test_what_cannot_be_true_is_refused(changes: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SupposedCohort(**{"tracking": 0.3, **changes})
