import itertools

import numpy as np
import pytest

from dialogram.simulate import Rater, simulate_dyad


def test_the_same_seed_draws_the_same_dyad_and_another_another() -> None:
    first, again, other = (simulate_dyad(np.random.default_rng(seed), duration_s=1200.0) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.client.values, again.client.values)
    np.testing.assert_array_equal(first.therapist.values, again.therapist.values)
    assert not np.array_equal(first.client.values, other.client.values)


def test_known_moments_stand_out_in_both_traces_and_never_overlap() -> None:
    for seed in range(5):
        dyad = simulate_dyad(np.random.default_rng(seed))
        ordered = sorted(moment.segment for moment in dyad.moments)
        assert all(before.gap_s(after) >= 60.0 for before, after in itertools.pairwise(ordered))
        for trace in (dyad.client, dyad.therapist):
            mean = trace.values.mean()
            for moment in dyad.moments:
                inside = trace.values[int(moment.segment.start_s) + 5 : int(moment.segment.end_s)].mean()
                assert (inside > mean) == (moment.kind == "helpful"), (seed, trace.name, moment)


def test_tracking_decides_how_far_the_two_go_together() -> None:
    def r(tracking: float) -> float:
        therapist = Rater(tracking=tracking, own_sd=8.0)
        dyads = [simulate_dyad(np.random.default_rng(seed), therapist=therapist) for seed in range(4)]
        return float(np.mean([np.corrcoef(dyad.client.values, dyad.therapist.values)[0, 1] for dyad in dyads]))

    assert abs(r(0.0)) < 0.2
    assert r(1.0) > 0.75
    assert r(-0.5) < -0.4


def test_traces_are_whole_and_the_hands_are_their_source() -> None:
    dyad = simulate_dyad(np.random.default_rng(3), duration_s=1000.5, step_s=2.0)
    assert len(dyad.client) == len(dyad.therapist) == 501
    assert dyad.client.present[:-1].all()
    assert dyad.client.values[10] == pytest.approx(dyad.client_hand.bins(start_s=20.0, end_s=22.0, step_s=2.0)[0][0])
    assert (dyad.client.name, dyad.therapist.name) == ("client", "therapist")


def test_a_session_too_short_for_its_moments_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 900 s"):
        simulate_dyad(np.random.default_rng(1), duration_s=899.0)
    assert simulate_dyad(np.random.default_rng(1), duration_s=60.0, moments=0).moments == ()
