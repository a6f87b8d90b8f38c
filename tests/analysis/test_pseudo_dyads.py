import itertools

import numpy as np
import pytest
from scipy.signal import lfilter
from tests.analysis.strangers import hold, measure

from dialogram import JudgedDyad, Trace, compare_with_pseudo_dyads, meta_analyse
from dialogram.analysis.correlation import correlate


def _dyad(name: str, judge: np.ndarray, truth: np.ndarray, therapist: str | None = None) -> JudgedDyad:
    return JudgedDyad(
        name=name,
        judge=Trace(values=judge, step_s=1.0),
        truth=Trace(values=truth, step_s=1.0),
        therapist=therapist,
    )


def test_every_cell_is_the_correlation_of_its_pair() -> None:
    """Missing bins, unequal lengths and a therapist with two clients, against a loop."""
    rng = np.random.default_rng(1)
    dyads = []
    for index, therapist in enumerate("aabcd"):
        judge, truth = rng.normal(size=(2, 60 + 5 * index))
        judge[7 * index : 7 * index + 3] = np.nan
        dyads.append(_dyad(str(index), judge + truth, truth, therapist))
    real, pseudo = [], []
    for one, other in itertools.product(dyads, dyads):
        least = min(len(one.judge), len(other.truth))
        z = np.arctanh(correlate(one.judge.values[:least], other.truth.values[:least]))
        if one is other:
            real.append(z)
        elif one.therapist != other.therapist:
            pseudo.append(z)
    against = compare_with_pseudo_dyads(dyads)
    assert (against.dyads, against.pseudo, against.df) == (5, 18, 3)
    assert against.z_real == pytest.approx(np.mean(real), rel=1e-9)
    assert against.z_pseudo == pytest.approx(np.mean(pseudo), rel=1e-9)


def test_large_cohorts_meet_strangers_within_blocks_of_equal_size() -> None:
    rng = np.random.default_rng(7)
    dyads = [_dyad(str(index), *rng.normal(size=(2, 30))) for index in range(300)]
    values = np.array([[trace.values - trace.values.mean() for trace in (dyad.judge, dyad.truth)] for dyad in dyads])
    values /= np.linalg.norm(values, axis=2, keepdims=True)
    z = np.arctanh(values[:, 0] @ values[:, 1].T)
    block = np.repeat([0, 1], 150)
    strangers = (block[:, np.newaxis] == block) & ~np.eye(300, dtype=bool)
    against = compare_with_pseudo_dyads(dyads)
    assert (against.dyads, against.pseudo) == (300, 2 * 150 * 149)
    assert against.z_pseudo == pytest.approx(z[strangers].mean(), rel=1e-9)


def test_the_standard_error_leaves_out_one_person_at_a_time() -> None:
    rng = np.random.default_rng(2)
    dyads = [_dyad(str(index), *rng.normal(size=(2, 50))) for index in range(6)]
    left_out = [compare_with_pseudo_dyads(dyads[:index] + dyads[index + 1 :]).difference for index in range(6)]
    assert compare_with_pseudo_dyads(dyads).se == pytest.approx(np.std(left_out) * np.sqrt(5), rel=1e-9)


def test_what_all_sessions_share_is_not_taken_for_congruence() -> None:
    """Of 60 studies of strangers whose ratings all rise, some 5 % may differ from pseudo-dyads; pooled alone all do."""
    rng = np.random.default_rng(3)
    against, alone = [], []
    for _ in range(60):
        traces = lfilter([1.0], [1.0, -0.9], rng.normal(size=(24, 250)), axis=1)[:, 100:] + np.linspace(-3, 3, 150)
        dyads = [_dyad(str(index), traces[index], traces[index + 12]) for index in range(12)]
        against.append(compare_with_pseudo_dyads(dyads).p <= 0.05)
        z = np.arctanh([correlate(dyad.judge.values, dyad.truth.values) for dyad in dyads])
        alone.append(meta_analyse(z, np.full(12, 0.05)).p <= 0.05)
    assert np.mean(against) <= 0.13
    assert np.mean(alone) > 0.9


def test_intervals_clustered_by_person_hold_what_is_so() -> None:
    """Eight therapists with three clients each, 400 cohorts: a rate near .95 has a standard error of .011."""
    strange = measure(1, 400, tracking=0.0)
    assert 0.92 <= hold(strange, 0.0)[0] <= 0.985
    tracking = measure(2, 400, tracking=0.4)
    persons, pairs = hold(tracking, float(tracking[:, 0, 0].mean()))
    assert 0.90 <= persons <= 0.975
    assert pairs < 0.86, "the control takes a therapist's three clients for strangers to one another"


def test_a_pair_that_is_one_rating_twice_does_not_count() -> None:
    rng = np.random.default_rng(4)
    dyads = [_dyad(str(index), *rng.normal(size=(2, 50))) for index in range(5)]
    same = rng.normal(size=50)
    against = compare_with_pseudo_dyads([*dyads, _dyad("same", same, same)])
    assert against.dyads == 5
    assert np.isfinite(against.z_real)


def test_too_few_people_and_other_steps_are_refused() -> None:
    rng = np.random.default_rng(5)
    dyads = [_dyad(str(index), rng.normal(size=50), rng.normal(size=50), "one") for index in range(4)]
    with pytest.raises(ValueError, match="different people"):
        compare_with_pseudo_dyads(dyads)
    with pytest.raises(ValueError, match="got none"):
        compare_with_pseudo_dyads([])
    slow = Trace(values=rng.normal(size=50), step_s=2.0)
    with pytest.raises(ValueError, match="one step of all traces, got 1 s and 2 s"):
        compare_with_pseudo_dyads([*dyads, JudgedDyad(name="slow", judge=slow, truth=slow)])
