from dataclasses import replace

import numpy as np
import pytest
from tests.analysis.cohorts import simulate

from dialogram import JudgedDyad, bootstrap_truth_and_bias, fit_truth_and_bias
from dialogram.analysis.dyad_sums import sum_dyad
from dialogram.analysis.mixed_model import MixedModel
from dialogram.analysis.truth_and_bias import Residuals, build_model, centre_moderators


def _model(dyads: list[JudgedDyad], residuals: Residuals, *, within: bool) -> MixedModel:
    sums = [sum_dyad(dyad) for dyad in dyads]
    return build_model(sums, centre_moderators(sums, ()), residuals=residuals, within_therapists=within)


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("residuals", ["iid", "ar1"])
def test_a_unit_taken_twice_is_two_of_it(residuals: Residuals, *, within: bool) -> None:
    dyads = simulate(12)
    times = np.array([2.0, 0, 1, 1, 3, 1]) if within else np.array([2.0, 0, 1, 1, 3, 1, 0, 1, 1, 2, 0, 0])
    copies = [
        replace(dyad, name=f"{dyad.name}-{copy}", therapist=f"{dyad.therapist}-{copy}")
        for at, dyad in enumerate(dyads)
        for copy in range(int(times[at // 2 if within else at]))
    ]
    drawn, written_out = _model(dyads, residuals, within=within), _model(copies, residuals, within=within)
    found = drawn.count_units(times).estimate(drawn.search())
    expected = written_out.estimate(written_out.search())
    np.testing.assert_allclose(found[0], expected[0], atol=2e-3)
    np.testing.assert_allclose(found[1], expected[1], rtol=2e-2)
    whole, again = drawn.fit(), drawn.estimate(drawn.search())
    np.testing.assert_allclose(again[0], whole.b, rtol=1e-4)
    np.testing.assert_allclose(again[1], np.sqrt(np.diag(whole.covariance)), rtol=1e-3)


def test_it_agrees_with_the_t_where_all_is_normal_and_a_seed_gives_the_same() -> None:
    dyads = simulate(16)
    fit = fit_truth_and_bias(dyads, residuals="iid")
    one, other = (
        bootstrap_truth_and_bias(dyads, residuals="iid", rng=np.random.default_rng(3), replicates=199) for _ in range(2)
    )
    assert one == other
    bias, tracking = one.coefficients
    assert (bias.b, tracking.b) == pytest.approx((fit.bias.b, fit.tracking.b), abs=1e-3)
    width = np.diff(bias.ci95)[0] / np.diff(fit.bias.ci95)[0]
    assert 0.7 < width < 1.5
    assert one.skipped == 0
    assert "16 dyads drawn anew 199 times" in one.summary()
    assert one.to_dict()["coefficients"][1]["name"] == "tracking"


def test_therapists_are_drawn_with_all_their_dyads_and_moderators_named() -> None:
    found = bootstrap_truth_and_bias(
        simulate(14),
        residuals="ar1",
        moderators=["alliance"],
        within_therapists=True,
        rng=np.random.default_rng(3),
        replicates=99,
    )
    assert (found.drawn, found.units) == ("therapists", 7)
    assert [each.name for each in found.coefficients] == [
        "bias",
        "tracking",
        "bias × alliance",
        "tracking × alliance",
    ]
    assert all(np.isfinite([*each.ci95, each.p]).all() for each in found.coefficients)


@pytest.mark.parametrize(("count", "replicates", "words"), [(4, 99, "at least 5 to draw from"), (8, 20, "99 or more")])
def test_too_little_is_refused(count: int, replicates: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        bootstrap_truth_and_bias(simulate(count), residuals="iid", rng=np.random.default_rng(1), replicates=replicates)
