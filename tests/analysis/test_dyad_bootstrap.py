from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.analysis.cohorts import draw_cohort, simulate

from dialogram import Coefficient, DyadBootstrap, JudgedDyad, fit_truth_and_bias
from dialogram.analysis.dyad_bootstrap import _solve, draw_units
from dialogram.analysis.dyad_groups import group_dyads
from dialogram.analysis.dyad_sums import DyadSums, sum_dyad
from dialogram.analysis.mixed_model import MixedFit
from dialogram.analysis.truth_and_bias import Residuals, build_model, centre_moderators


def _therapists(sums: Sequence[DyadSums]) -> list[int]:
    (numbers,) = group_dyads(sums, within_clients=False, within_therapists=True).values()
    return numbers


def _fit(dyads: list[JudgedDyad], residuals: Residuals, *, within: bool) -> MixedFit:
    sums = [sum_dyad(dyad) for dyad in dyads]
    return build_model(
        sums, centre_moderators(sums, ()), residuals=residuals, groups=[_therapists(sums)] if within else []
    ).fit()


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("residuals", ["iid", "ar1"])
def test_the_sums_of_units_give_the_model_again(residuals: Residuals, *, within: bool) -> None:
    fit = _fit(simulate(12), residuals, within=within)
    assert fit.squares.shape == (6 if within else 12, 2, 2)
    whole = fit.squares.sum(axis=0)
    np.testing.assert_allclose(np.linalg.solve(whole, fit.crosses.sum(axis=0)), fit.b)
    np.testing.assert_allclose(fit.residual * np.linalg.inv(whole), fit.covariance)


def test_a_unit_taken_twice_is_two_of_it() -> None:
    fit = _fit(simulate(6), "ar1", within=False)
    times = np.array([[2, 0, 1, 1, 3, 1]], dtype=np.float64)
    at = np.repeat(np.arange(6), times[0].astype(int))
    drawn = _solve(times, fit)
    written_out = _solve(np.ones((1, 8)), replace(fit, squares=fit.squares[at], crosses=fit.crosses[at]))
    np.testing.assert_allclose(drawn, written_out)


def test_the_error_is_that_of_how_far_dyads_lie_apart() -> None:
    """Where every dyad counts the same, it is the usual standard error of a mean, but for n − 1."""
    fit = _fit(simulate(10), "iid", within=False)
    own = np.linspace(-2, 3, 10)
    alike = replace(fit, squares=np.ones((10, 1, 1)), crosses=own[:, np.newaxis])
    b, se = _solve(np.ones((1, 10)), alike)
    assert b[0, 0] == pytest.approx(own.mean())
    assert se[0, 0] == pytest.approx(own.std() / np.sqrt(10))


def _drawn(dyads: list[JudgedDyad], **how: object) -> tuple[DyadBootstrap, tuple[Coefficient, ...]]:
    fit = fit_truth_and_bias(dyads, **{"residuals": "iid", "seed": 3} | how)  # type: ignore[arg-type]
    assert fit.bootstrap is not None
    return fit.bootstrap, (fit.bias, fit.tracking, *fit.moderators, fit.tracking_standardised)


def test_it_agrees_with_the_t_where_all_is_normal_and_a_seed_gives_the_same() -> None:
    dyads = draw_cohort(5, 16)
    (one, of_model), (again, _), (other, _) = (_drawn(dyads, seed=seed) for seed in (3, 3, 4))
    assert one == again != other
    for drawn, coefficient in zip(one.coefficients, of_model, strict=True):
        assert drawn.name == coefficient.name
        assert drawn.b == pytest.approx(coefficient.b)
        assert 0.7 < np.diff(drawn.ci95)[0] / np.diff(coefficient.ci95)[0] < 1.4
        assert drawn.p == pytest.approx(coefficient.p, abs=0.1)
    assert (one.skipped, one.replicates, one.seed) == (0, 1000, 3)
    assert "16 dyads drawn anew 1000 times" in one.summary()
    assert one.to_dict()["coefficients"][1]["name"] == "tracking"


def test_a_long_tail_makes_the_interval_lopsided() -> None:
    """Most dyads lie together and a few far above: the interval reaches up, which no t does."""
    tail = np.array([*np.linspace(-1, 1, 10), 4.0, 9.0])
    dyads = [
        replace(dyad, judge=replace(dyad.judge, values=dyad.truth.values + up + 0.5 * np.sin(np.arange(150))))
        for dyad, up in zip(simulate(12), tail, strict=True)
    ]
    bootstrap, (bias, *_) = _drawn(dyads)
    drawn = bootstrap.coefficients[0]
    below, above = drawn.b - drawn.ci95[0], drawn.ci95[1] - drawn.b
    assert above > 1.5 * below
    assert bias.ci95[1] - bias.b == pytest.approx(bias.b - bias.ci95[0]), "the control is even"


def test_dyads_that_are_all_alike_in_a_draw_say_nothing() -> None:
    fit = _fit(simulate(8), "iid", within=False)
    own = np.array([*np.zeros(7), 1.0])
    alike = replace(fit, squares=np.ones((8, 1, 1)), crosses=own[:, np.newaxis])
    found = draw_units([(alike, {"bias": 0})], drawn="dyads", moderators=0, seed=1)
    without_the_last = (7 / 8) ** 8
    assert found.skipped / found.replicates == pytest.approx(without_the_last, abs=0.05)
    assert np.isfinite([*found.coefficients[0].ci95, found.coefficients[0].p]).all()


def test_therapists_are_drawn_with_all_their_dyads_and_moderators_named() -> None:
    found, _ = _drawn(simulate(14), residuals="ar1", moderators=["alliance"], within_therapists=True, replicates=199)
    assert (found.drawn, found.units, found.replicates) == ("therapists", 7, 199)
    assert 0 < found.skipped < 100, "some draws hold three therapists only, who cannot tell slope from spread"
    assert [each.name for each in found.coefficients] == [
        "bias",
        "tracking",
        "bias × alliance",
        "tracking × alliance",
        "tracking in units of SD",
    ]
    assert all(np.isfinite([*each.ci95, each.p]).all() for each in found.coefficients)


@pytest.mark.parametrize(
    ("count", "how", "words"),
    [
        (4, {}, "at least 5 to draw from, got 4"),
        (5, {"moderators": ["alliance"]}, "at least 6 to draw from, got 5"),
        (8, {"within_therapists": True}, "therapists: expected at least 5 to draw from, got 4"),
        (8, {"replicates": 20}, "99 or more, got 20"),
    ],
)
def test_too_little_is_refused(count: int, how: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        _drawn(simulate(count), **how)


def test_without_a_seed_nothing_is_drawn() -> None:
    fit = fit_truth_and_bias(simulate(4), residuals="iid")
    assert fit.bootstrap is fit.to_dict()["bootstrap"] is None
