import numpy as np
import pytest
from scipy.stats import binomtest, norm
from tests.analysis.test_power import power_of_t

from dialogram.analysis import DyadCongruence, SupposedCohort
from dialogram.simulate import simulate_studies
from dialogram.simulate.studies import simulate_congruence

STUDIES = 300


def found(p: np.ndarray) -> int:
    return int((p <= 0.05).sum())


def draw(supposed: SupposedCohort, *, dyads: int, minutes: float) -> list[tuple[DyadCongruence, DyadCongruence]]:
    rng = np.random.default_rng(3)
    drawn = (simulate_congruence(rng, supposed, [minutes]) for _ in range(dyads))
    return [(tracked, untracked) for (tracked,), (untracked,) in drawn]


def test_quick_and_long_ratings_give_the_power_of_the_t_test_of_so_many_dyads() -> None:
    """Nothing of a dyad's z is then sampling error, and the meta-analysis is a t test of k values with SD τ."""
    supposed = SupposedCohort(tracking=np.tanh(0.3), between_sd=0.3, memory_s=0.5)
    outcomes = simulate_studies(range(STUDIES), seed=2, supposed=supposed, dyads=[4, 8], minutes=[10])
    for column, k in enumerate((4, 8)):
        expected = power_of_t(k, 1.0)
        assert binomtest(found(outcomes.p[:, 0, column]), STUDIES, expected).pvalue > 0.01
        wrong = power_of_t(2 * k, 1.0)
        assert binomtest(found(outcomes.p[:, 0, column]), STUDIES, wrong).pvalue < 0.01


def test_studies_of_nothing_find_something_in_five_of_a_hundred_and_a_naive_test_in_far_more() -> None:
    supposed = SupposedCohort(tracking=0.0)
    outcomes = simulate_studies(range(STUDIES), seed=1, supposed=supposed, dyads=[8], minutes=[10])
    levels = (outcomes.p_of_nothing <= 0.05).mean(axis=(0, 1))
    assert (levels <= 0.06).all()
    assert (levels >= 0.03).all()
    np.testing.assert_array_equal(outcomes.p, outcomes.p_of_nothing)
    z = np.array([tracked.z for tracked, _ in draw(supposed, dyads=1200, minutes=10)]).reshape(100, 12)
    naive = 2 * norm.sf(np.abs(z.mean(axis=1)) * np.sqrt(12 * (600 - 3)))
    assert found(naive) > 40


def test_dyads_are_as_supposed() -> None:
    """What they are worth too: the effective n of the couples, whose memory is the default, from bins of 2 s."""
    tracked = [each for each, _ in draw(SupposedCohort(tracking=0.4, between_sd=0.25), dyads=500, minutes=50)]
    z, v = np.array([each.z for each in tracked]), np.array([each.v for each in tracked])
    assert z.mean() == pytest.approx(np.arctanh(0.4), abs=0.03)
    assert z.var() - v.mean() == pytest.approx(0.25**2, abs=0.01)
    keep = np.exp(-1 / 24) ** 2
    worth = np.median([each.n_effective for each, _ in draw(SupposedCohort(tracking=0.0), dyads=200, minutes=50)])
    assert worth == pytest.approx(3000 * (1 - keep) / (1 + keep), rel=0.2)


def test_a_judge_who_is_late_seems_to_track_less_by_what_the_memory_says() -> None:
    late = [each.z for each, _ in draw(SupposedCohort(tracking=0.5, between_sd=0, lag_s=12), dyads=200, minutes=50)]
    assert np.tanh(np.mean(late)) == pytest.approx(0.5 * np.exp(-12 / 24), abs=0.02)


def test_more_dyads_and_more_minutes_find_more() -> None:
    supposed = SupposedCohort(tracking=0.15, between_sd=0.15)
    outcomes = simulate_studies(range(60), seed=1, supposed=supposed, dyads=[5, 10, 20], minutes=[5, 15])
    power = (outcomes.p <= 0.05).mean(axis=0)
    assert (np.diff(power, axis=1) > 0).all()
    assert (np.diff(power, axis=0) > 0).all()
    assert (np.diff(np.median(outcomes.width, axis=0), axis=1) < 0).all()


def test_a_study_is_the_same_wherever_it_is_simulated_and_another_is_another() -> None:
    supposed = SupposedCohort(tracking=0.3)
    together = simulate_studies(range(3), seed=4, supposed=supposed, dyads=[3, 5], minutes=[5])
    alone = simulate_studies([2], seed=4, supposed=supposed, dyads=[3, 5], minutes=[5])
    np.testing.assert_array_equal(together.p[2:], alone.p)
    assert np.unique(together.p[:, 0, 1]).size == 3
    fewer = simulate_studies([2], seed=4, supposed=supposed, dyads=[3], minutes=[5])
    np.testing.assert_array_equal(fewer.width[..., 0], alone.width[..., 0])


def test_a_study_whose_dyads_are_worth_too_little_has_no_result() -> None:
    drifting = SupposedCohort(tracking=0.3, memory_s=10_000)
    outcomes = simulate_studies(range(5), seed=1, supposed=drifting, dyads=[2], minutes=[1])
    without = np.isnan(outcomes.p)
    assert 0 < without.sum() < 5
    np.testing.assert_array_equal(np.isnan(outcomes.width), without)
