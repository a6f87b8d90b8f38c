import json

import numpy as np
import pytest
from tests.analysis.cohorts import make, simulate

from dialogram import JudgedDyad, fit_truth_and_bias, meta_analyse, meta_regress, study_cohort


def test_a_cohort_is_its_parts() -> None:
    dyads = simulate(8)
    result = study_cohort(dyads, moderators=["alliance"])
    z, v = (np.array([getattr(each, name) for each in result.per_dyad]) for name in ("z", "v"))
    assert result.meta == meta_analyse(z, v)
    assert result.meta_regression == meta_regress(z, v, {"alliance": [dyad.moderators["alliance"] for dyad in dyads]})
    assert result.iid == fit_truth_and_bias(dyads, residuals="iid", seed=1)
    assert result.moderated_ar1 == fit_truth_and_bias(dyads, residuals="ar1", moderators=["alliance"], seed=1)
    assert result.pseudo_dyads is not None
    assert result.pseudo_dyads.pseudo == 8 * 7 - 8


def test_its_json_has_the_agreed_keys_and_no_nan() -> None:
    result = study_cohort(simulate(6), moderators=["alliance"]).to_dict()
    json.dumps(result, allow_nan=False)
    assert {"dyads", "excluded", "per_dyad", "meta", "meta_regression", "truth_and_bias", "software"} <= set(result)
    assert set(result["per_dyad"][0]) == {"dyad", "n", "n_effective", "r", "z", "v"}
    assert {"k", "z", "se", "tau2", "i2", "q", "r", "ci95", "prediction95"} <= set(result["meta"])
    assert {"name", "b", "se", "p"} <= set(result["meta_regression"][0])
    model = {"n", "dyads", "bias", "bias_se", "tracking", "tracking_se", "var_bias", "var_tracking", "cov", "residual"}
    assert model | {"loglik"} <= set(result["truth_and_bias"]["iid"])
    assert model | {"loglik", "rho"} <= set(result["truth_and_bias"]["ar1"])
    assert "rho" not in result["truth_and_bias"]["iid"]
    assert [each["name"] for each in result["truth_and_bias"]["ar1"]["moderators"]] == [
        "bias × alliance",
        "tracking × alliance",
    ]


def test_what_says_nothing_is_left_out_with_the_reason() -> None:
    good = simulate(4)
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 150))
    nearly_empty = np.full(150, np.nan)
    nearly_empty[:2] = 1, 2
    bad = {
        "flat": (make("flat", np.full(150, 50.0), x), "the judge's rating does not vary over the 150 bins"),
        "flat truth": (make("flat truth", x, np.full(150, 50.0)), "the truth's rating does not vary"),
        "same": (make("same", x, x), "the two ratings are identical"),
        "shifted": (make("shifted", x + 3, x), "the two ratings correlate 1: it is one rating twice"),
        "turned": (make("turned", -x, x), "the two ratings correlate -1"),
        "copied": (
            make("copied", y, good[1].truth.values),
            "the truth's rating is also that of the truth of dyad 'd1'",
        ),
        "empty": (make("empty", nearly_empty, x), "2 bins that both rated, fewer than 3"),
    }
    result = study_cohort([*good, *(dyad for dyad, _ in bad.values())])
    assert result.dyads == 4
    assert [each.dyad for each in result.excluded] == list(bad)
    for each in result.excluded:
        assert bad[each.dyad][1] in each.reason
        assert f"dyad {each.dyad}, {each.reason}" in result.summary()
    assert result.iid == fit_truth_and_bias(good, residuals="iid")


def test_islands_of_missing_bins_are_no_reason_to_leave_a_dyad_out() -> None:
    dyads = simulate(4)
    islands = dyads[0].judge.values.copy()
    islands[20:60] = islands[70:71] = islands[100:149] = np.nan
    result = study_cohort([make("islands", islands, dyads[0].truth.values), *dyads[1:]])
    assert result.excluded == ()
    assert result.per_dyad[0].n == 150 - 90
    assert np.isfinite(result.ar1.loglik)


def test_a_dyad_worth_few_independent_pairs_is_left_out_of_the_meta_analysis_only() -> None:
    slow = np.linspace(0, 1, 150) ** 2
    result = study_cohort([make("slow", 40 + 9 * slow, 50 + 9 * np.sqrt(slow)), *simulate(6)])
    (left_out,) = result.excluded
    assert left_out.dyad == "slow"
    assert left_out.reason.startswith("of meta-analysis and pseudo-dyads: worth ")
    assert (result.dyads, result.meta and result.meta.k, result.iid.dyads) == (7, 6, 7)
    assert result.pseudo_dyads is not None
    assert result.pseudo_dyads.dyads == 6


def test_a_dyad_without_a_moderator_is_left_out_of_the_models_with_moderators_only() -> None:
    dyads = [*simulate(7)[:6], make("unknown", *np.random.default_rng(3).normal(size=(2, 90)), alliance=np.nan)]
    result = study_cohort(dyads, moderators=["alliance"])
    assert [(each.dyad, each.reason) for each in result.excluded] == [
        ("unknown", "of the models with moderators: no 'alliance'")
    ]
    assert result.meta_regression is not None
    assert result.moderated_iid is not None
    assert (result.dyads, result.meta_regression.k, result.moderated_iid.dyads) == (7, 6, 6)


def test_dyads_within_therapists() -> None:
    result = study_cohort(simulate(10), within_therapists=True)
    assert result.ar1.between_therapists is not None
    assert "between_therapists" in result.to_dict()["truth_and_bias"]["iid"]


@pytest.mark.parametrize(
    ("dyads", "moderators", "words"),
    [
        ([], [], "at least two dyads with two ratings that vary, found 0"),
        (simulate(1), [], "found 1"),
        (
            [make("a", np.ones(9), np.arange(9.0)), *simulate(1)],
            [],
            "found 1; dyad a: the judge's rating does not vary",
        ),
        (simulate(2) + simulate(1), [], "one of each name, got 'd0' twice"),
        (
            [make(name, *np.random.default_rng(ord(name)).normal(size=(2, 90))) for name in "abcde"],
            ["alliance"],
            "is 1 in every dyad",
        ),
        (simulate(5), ["bond"], "numbers of 'bond' of at least 3 dyads, found 0"),
        (simulate(2), ["alliance"], "of at least 3 dyads, found 2"),
    ],
)
def test_what_is_no_cohort_is_refused(dyads: list[JudgedDyad], moderators: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        study_cohort(dyads, moderators=moderators)


@pytest.mark.parametrize(("count", "drawn"), [(4, False), (5, True), (200, True), (201, False)])
def test_dyads_are_drawn_anew_where_they_are_few_and_not_too_few(count: int, *, drawn: bool) -> None:
    result = study_cohort(simulate(count, bins=20))
    assert [fit.bootstrap is not None for fit in (result.iid, result.ar1)] == [drawn, drawn]
