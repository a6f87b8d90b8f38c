from dataclasses import replace

import numpy as np
import pytest
from tests.analysis.cohorts import make, simulate

from dialogram import JudgedDyad, Trace, fit_truth_and_bias


def test_the_standardised_slope_does_not_know_how_far_the_dial_was_turned() -> None:
    dyads = simulate(6)
    far = []
    for dyad in dyads:
        mean = dyad.truth.values.mean()
        far.append(replace(dyad, judge=Trace(values=mean + 3 * (dyad.judge.values - mean), step_s=1.0)))
    once, thrice = (fit_truth_and_bias(each, residuals="iid") for each in (dyads, far))
    assert thrice.tracking.b == pytest.approx(3 * once.tracking.b, rel=1e-6)
    assert thrice.tracking_standardised.b == pytest.approx(once.tracking_standardised.b, rel=1e-6)


def test_moderators_are_centred_so_that_tracking_is_that_of_an_average_dyad() -> None:
    dyads = simulate(10)
    shifted = [replace(dyad, moderators={"alliance": dyad.moderators["alliance"] + 100}) for dyad in dyads]
    near, away = (fit_truth_and_bias(each, residuals="iid", moderators=["alliance"]) for each in (dyads, shifted))
    assert away.tracking.b == pytest.approx(near.tracking.b, rel=1e-6)
    assert away.moderators[1].b == pytest.approx(near.moderators[1].b, rel=1e-6)


@pytest.mark.parametrize("residuals", ["iid", "ar1"])
def test_the_order_of_dyads_within_therapists_does_not_matter(residuals: str) -> None:
    dyads = simulate(10)
    mixed = [dyads[index] for index in np.random.default_rng(1).permutation(10)]
    one, other = (
        fit_truth_and_bias(each, residuals=residuals, within_therapists=True)  # type: ignore[arg-type]  # parametrised
        for each in (dyads, mixed)
    )
    assert one.loglik == pytest.approx(other.loglik, abs=1e-6)
    assert one.tracking.b == pytest.approx(other.tracking.b, rel=1e-5)


def test_lags_count_in_time_where_steps_differ() -> None:
    """Half of the dyads at every second bin: the autocorrelation of a step is found all the same."""
    rng = np.random.default_rng(2)
    dyads = []
    for index in range(16):
        noise, truth = rng.normal(size=(2, 400))
        for bin_ in range(1, 400):
            noise[bin_] = 0.8 * noise[bin_ - 1] + 0.6 * noise[bin_]
        every = 1 + index % 2
        dyads.append(
            JudgedDyad(
                name=str(index),
                judge=Trace(values=(0.5 * truth + noise)[::every], step_s=every),
                truth=Trace(values=truth[::every], step_s=every),
            )
        )
    fit = fit_truth_and_bias(dyads, residuals="ar1")
    assert fit.step_s == 1.5
    assert fit.rho ** (1 / 1.5) == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(
    ("dyads", "options", "words"),
    [
        (simulate(1), {}, "at least 2, got 1"),
        ([*simulate(2), make("flat", np.ones(20), np.arange(20.0))], {}, "dyad 'flat': expected two ratings that vary"),
        (simulate(5), {"moderators": ["bond"]}, "a number of 'bond' of every dyad, found none of 'd0'"),
        (simulate(5), {"moderators": ["alliance", "alliance"]}, "what the others do not"),
        (simulate(2), {"within_therapists": True}, "expected several, found one"),
        (
            [make(name, *np.random.default_rng(ord(name)).normal(size=(2, 90))) for name in "abc"],
            {"within_therapists": True},
            "found none of 'a'",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused(dyads: list[JudgedDyad], options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit_truth_and_bias(dyads, residuals="iid", **options)  # type: ignore[arg-type]  # parametrised


@pytest.mark.parametrize("residuals", ["iid", "ar1"])
def test_a_dyad_s_line_is_drawn_towards_the_average_one_and_tells_its_own(residuals: str) -> None:
    dyads = simulate(12)
    fit = fit_truth_and_bias(dyads, residuals=residuals)  # type: ignore[arg-type]  # parametrised
    assert [line.dyad for line in fit.lines] == [dyad.name for dyad in dyads]
    for dyad, line in zip(dyads, fit.lines, strict=True):
        judge, truth = dyad.pairs()
        assert line.own_bias == pytest.approx(judge.mean() - truth.mean())
        assert line.own_tracking == pytest.approx(np.polyfit(truth, judge, 1)[0])
        assert line.own_tracking == pytest.approx(line.r * line.sd_ratio)
    for of_model, own in (("bias", "own_bias"), ("tracking", "own_tracking")):
        predicted, alone = (np.array([getattr(line, name) for line in fit.lines]) for name in (of_model, own))
        assert predicted.std() < alone.std()
    # What a model of the moderators expects of a dyad is part of its line.
    moderated = fit_truth_and_bias(dyads, residuals=residuals, moderators=["alliance"])  # type: ignore[arg-type]  # parametrised
    assert np.mean([line.tracking for line in moderated.lines]) == pytest.approx(fit.tracking.b, abs=0.05)
