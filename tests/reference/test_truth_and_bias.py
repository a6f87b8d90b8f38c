"""Truth-and-Bias against lme4, lmerTest and nlme, and against statsmodels."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.reference.couples import read_couples
from tests.reference.truth_and_bias_r import ANSWERS as ANSWERS_OF_R, simulate as simulate_nested
from tests.reference.truth_and_bias_statsmodels import ANSWERS, simulate

from dialogram import JudgedDyad, Trace, fit_truth_and_bias
from dialogram.analysis.correlation import Floats


def _dyad(name: str, her: Floats, his: Floats) -> JudgedDyad:
    return JudgedDyad(name=name, judge=Trace(values=her, step_s=2.0), truth=Trace(values=his, step_s=2.0))


@pytest.fixture(scope="module")
def couples(shared_data: Path) -> list[JudgedDyad]:
    return [_dyad(name, *pair) for name, pair in read_couples(shared_data).items()]


@pytest.mark.shared_data
def test_couples_with_independent_residuals(couples: list[JudgedDyad]) -> None:
    fit = fit_truth_and_bias(couples, residuals="iid")
    assert (fit.n, fit.dyads) == (8515, 19)
    assert (round(fit.bias.b, 6), round(fit.bias.se, 6)) == (-0.120971, 0.113338)
    assert (round(fit.tracking.b, 6), round(fit.tracking.se, 6)) == (0.340177, 0.042164)
    between = fit.between_dyads
    assert (round(between.var_bias, 6), round(between.var_tracking, 6), round(between.cov, 6)) == (
        0.242282,
        0.030625,
        -0.011474,
    )
    assert round(fit.residual, 6) == 0.722868


@pytest.mark.shared_data
def test_couples_with_residuals_that_follow_one_another(couples: list[JudgedDyad]) -> None:
    fit = fit_truth_and_bias(couples, residuals="ar1")
    assert round(fit.loglik, 2) == -3877.29
    assert (round(fit.tracking.b, 4), round(fit.rho, 3)) == (0.0698, 0.909)


@pytest.mark.shared_data
def test_a_gap_counts_in_time_and_not_by_position(couples: list[JudgedDyad]) -> None:
    """Couple 3 has two bins missing; closed up over them the likelihood is another."""
    closed = []
    for dyad in couples:
        judge, truth = dyad.pairs()
        closed.append(_dyad(dyad.name, judge[~np.isnan(judge)], truth[~np.isnan(truth)]))
    assert round(fit_truth_and_bias(closed, residuals="ar1").loglik, 4) == -3876.6852


def test_statsmodels_finds_the_same_with_a_moderator() -> None:
    peer = json.loads(ANSWERS.read_text(encoding="utf-8"))
    fit = fit_truth_and_bias(simulate(), residuals="iid", moderators=["alliance"])
    for coefficient in (fit.bias, fit.tracking, *fit.moderators):
        assert coefficient.b == pytest.approx(peer[coefficient.name], rel=1e-4)
    for name in ("var_bias", "var_tracking", "cov"):
        assert getattr(fit.between_dyads, name) == pytest.approx(peer[name], rel=1e-3)
    assert fit.residual == pytest.approx(peer["residual"], rel=1e-4)
    assert fit.loglik == pytest.approx(peer["loglik"], abs=1e-4)


@pytest.fixture(scope="module")
def nested() -> list[JudgedDyad]:
    return simulate_nested()


NAMES_IN_R = {"bias": "(Intercept)", "tracking": "x", "bias × alliance": "m", "tracking × alliance": "x:m"}


@pytest.mark.parametrize(("key", "within"), [("iid", True), ("iid_dyads_alone", False)])
def test_lme4_and_lmertest_find_the_same_within_therapists(nested: list[JudgedDyad], key: str, *, within: bool) -> None:
    """Estimates, errors and Satterthwaite's degrees of freedom, as far as lme4's own search comes to rest."""
    peer = json.loads(ANSWERS_OF_R.read_text(encoding="utf-8"))[key]
    fit = fit_truth_and_bias(nested, residuals="iid", moderators=["alliance"], within_therapists=within)
    for coefficient in (fit.bias, fit.tracking, *fit.moderators):
        theirs = peer["coefficients"][NAMES_IN_R[coefficient.name]]
        assert (coefficient.b, coefficient.se) == pytest.approx((theirs["b"], theirs["se"]), rel=2e-4)
        assert coefficient.df == pytest.approx(theirs["df"], rel=5e-4)
    levels = {"dyad": fit.between_dyads, "therapist": fit.between_therapists}
    for level, theirs in peer["random"].items():
        assert vars(levels[level]) == pytest.approx(theirs, rel=1e-3)
    assert fit.residual == pytest.approx(peer["residual"], rel=1e-5)
    assert fit.loglik == pytest.approx(peer["loglik"], abs=1e-6)


@pytest.mark.parametrize(("key", "within"), [("ar1", True), ("ar1_dyads_alone", False)])
def test_nlme_finds_the_same_with_residuals_that_follow_one_another(
    nested: list[JudgedDyad], key: str, *, within: bool
) -> None:
    """Lags in time, past gaps of two and of five bins; nlme stops 1e-4 and less below the top."""
    peer = json.loads(ANSWERS_OF_R.read_text(encoding="utf-8"))[key]
    fit = fit_truth_and_bias(nested, residuals="ar1", moderators=["alliance"], within_therapists=within)
    assert 0 <= fit.loglik - peer["loglik"] < 2e-4
    for coefficient in (fit.bias, fit.tracking, *fit.moderators):
        theirs = peer["coefficients"][NAMES_IN_R[coefficient.name]]["b"]
        assert coefficient.b == pytest.approx(theirs, abs=0.01 * coefficient.se)
    levels = {"dyad": fit.between_dyads, "therapist": fit.between_therapists}
    for level, theirs in peer["random"].items():
        assert vars(levels[level]) == pytest.approx(theirs, rel=0.02)
    assert (fit.residual, fit.rho) == pytest.approx((peer["residual"], peer["rho"]), rel=2e-4)
    alone = fit_truth_and_bias(nested, residuals="ar1", moderators=["alliance"], within_therapists=not within)
    assert abs(alone.loglik - peer["loglik"]) > 10, "the control has the other levels"
