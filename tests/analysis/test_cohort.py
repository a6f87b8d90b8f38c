import json
from dataclasses import replace
from itertools import zip_longest

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
    ("dyads", "words"),
    [
        ([], "at least two dyads with two ratings that vary, found 0"),
        (simulate(1), "found 1"),
        (
            [make("a", np.ones(9), np.arange(9.0)), *simulate(1)],
            "found 1; dyad a: the judge's rating does not vary",
        ),
        (simulate(2) + simulate(1), "one of each name, got 'd0' twice"),
    ],
)
def test_what_is_no_cohort_is_refused(dyads: list[JudgedDyad], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        study_cohort(dyads)


def alike(count: int) -> list[JudgedDyad]:
    return [make(f"d{at}", *np.random.default_rng(at).normal(size=(2, 90))) for at in range(count)]


@pytest.mark.parametrize(
    ("dyads", "moderators", "words"),
    [
        (alike(5), ["alliance"], "What goes with “alliance”: 'alliance' is 1 in every dyad"),
        (simulate(5), ["bond"], "What goes with “bond”: expected at least 3 dyads with a number of 'bond', found 0"),
        (simulate(2), ["alliance"], "at least 3 dyads with a number of 'alliance', found 2"),
    ],
)
def test_a_moderator_that_cannot_be_judged_costs_nothing_else(
    dyads: list[JudgedDyad], moderators: list[str], words: str
) -> None:
    result, without = study_cohort(dyads, moderators=moderators), study_cohort(dyads)
    assert (result.meta, result.iid, result.excluded) == (without.meta, without.iid, without.excluded)
    assert (result.meta_regression, result.moderated_iid, result.moderated_ar1) == (None, None, None)
    (asked,) = set(result.unanswered) - set(without.unanswered)
    assert (asked.question, asked.name) == ("moderators", moderators[0])
    assert words in str(asked)
    assert f"Not answered: {asked}." in result.summary()
    assert result.to_dict()["unanswered"][0] == {"question": "moderators", "name": asked.name, "reason": asked.reason}


def test_of_several_moderators_those_that_can_be_are_judged() -> None:
    dyads = [
        replace(dyad, moderators={**dyad.moderators, "twice": 2 * dyad.moderators["alliance"], "site": 3.0})
        for dyad in simulate(8)
    ]
    result = study_cohort(dyads, moderators=["site", "alliance", "twice"])
    assert [(each.question, each.name) for each in result.unanswered] == [
        ("moderators", "site"),
        ("moderators", "twice"),
    ]
    alone = study_cohort(dyads, moderators=["alliance"])
    assert (result.meta_regression, result.moderated_iid) == (alone.meta_regression, alone.moderated_iid)


def test_a_moderator_that_varies_only_where_dyads_are_worth_nothing_is_left_to_the_model() -> None:
    """Slow dyads are in Truth-and-Bias, where it varies, and not in the meta-analysis, where it does not."""
    slow = np.linspace(0, 1, 150) ** 2
    pale = make("slow", 40 + 9 * slow, 50 + 9 * np.sqrt(slow), alliance=5.0)
    result = study_cohort(
        [pale, *(replace(dyad, moderators={"alliance": 2.0}) for dyad in simulate(5))], moderators=["alliance"]
    )
    (asked,) = result.unanswered
    assert str(asked) == (
        "Whether the correlation goes with “alliance”: of the dyads worth six independent pairs, 'alliance' is 2 in"
        " every dyad, so nothing can go with it"
    )
    assert result.meta_regression is None
    assert result.moderated_iid is not None


@pytest.mark.parametrize(
    ("therapists", "words"),
    [
        ("abcdef", "one at least with several dyads, found 6 with one each"),
        ("aaaaaa", "expected several, found one"),
        ("aabbc", "expected one of every dyad, found none of 'd5'"),
    ],
)
def test_therapists_who_cannot_be_told_from_their_dyads_cost_nothing_else(therapists: str, words: str) -> None:
    dyads = [
        replace(dyad, therapist=therapist)
        for dyad, therapist in zip_longest(simulate(6), therapists, fillvalue=None)
        if dyad
    ]
    result = study_cohort(dyads, within_therapists=True)
    asked = next(each for each in result.unanswered if each.question == "therapists")
    assert words in str(asked)
    assert result.iid.between_therapists is None
    assert result.iid == study_cohort(dyads).iid
    nested = study_cohort(simulate(6), within_therapists=True)
    assert nested.iid.between_therapists is not None, "the control has two dyads a therapist"
    assert nested.unanswered == ()


def test_fewer_than_two_dyads_worth_enough_leave_meta_and_strangers_unanswered() -> None:
    slow = np.linspace(0, 1, 150) ** 2
    pale = [make(f"s{at}", 40 + (9 + at) * slow, 50 + at + 9 * np.sqrt(slow + at)) for at in range(3)]
    result = study_cohort(pale)
    assert [each.question for each in result.unanswered] == ["meta", "pseudo_dyads"]
    assert "worth six independent pairs, found 0" in str(result.unanswered[0])
    assert (result.meta, result.pseudo_dyads) == (None, None)
    json.dumps(result.to_dict(), allow_nan=False)


@pytest.mark.parametrize(("count", "drawn"), [(4, False), (5, True), (201, True), (2001, False)])
def test_dyads_are_drawn_anew_where_they_are_few_and_not_too_few(count: int, *, drawn: bool) -> None:
    result = study_cohort(simulate(count, bins=20))
    assert [fit.bootstrap is not None for fit in (result.iid, result.ar1)] == [drawn, drawn]


def of_clients(count: int, *, each: int, seed: int = 3) -> list[JudgedDyad]:
    """Sessions of clients who differ: some judges follow in all sessions of a client, some in none."""
    rng = np.random.default_rng(seed)
    found = []
    for client in range(count):
        follows = rng.uniform(0, 1.5)
        for session in range(each):
            truth = 50 + 5 * rng.normal(size=60)
            judge = truth.mean() + follows * (truth - truth.mean()) + 5 * rng.normal(size=60)
            dyad = make(f"{client}-{session}", judge, truth, alliance=float(rng.integers(9)))
            found.append(replace(dyad, client=f"c{client}"))
    return found


def test_sessions_of_a_client_are_not_taken_for_independent() -> None:
    sessions = of_clients(6, each=4)
    asked = {"moderators": ["alliance"], "whole_rating": "alliance", "outcome": "alliance"}
    result = study_cohort(sessions, **asked)  # type: ignore[arg-type]
    alone = study_cohort([replace(one, client=None) for one in sessions], **asked)  # type: ignore[arg-type]
    assert (result.units.what, result.units.count, alone.units.what) == ("clients", 6, "dyads")
    assert result.meta is not None
    assert alone.meta is not None
    assert (result.meta.clusters, result.meta.z) == (6, alone.meta.z)
    assert result.meta.se > 1.3 * alone.meta.se, "the control takes each session for a client of its own"
    assert result.meta_regression is not None
    assert result.outcome_surface is not None
    assert (result.meta_regression.clusters, result.outcome_surface.surface.clusters) == (6, 6)
    assert result.whole_rating is not None
    assert result.whole_rating.parts.clusters == 6
    assert result.iid.between_clients is not None
    assert result.iid.bootstrap is not None
    assert (result.iid.bootstrap.drawn, result.iid.bootstrap.units) == ("clients", 6)
    assert result.iid.tracking.se > 1.3 * alone.iid.tracking.se
    assert "The 24 dyads are of 6 clients: every interval is by these." in result.summary()
    assert result.pseudo_dyads is not None
    assert result.pseudo_dyads.pseudo == 24 * 20, "nobody is a stranger to the client's other sessions"
    assert result.to_dict()["units"] == {"what": "clients", "count": 6}


def test_the_order_of_sessions_does_not_matter() -> None:
    sessions = of_clients(5, each=3)
    turned = study_cohort([*sessions[::-1]])
    assert turned.iid.tracking.se == pytest.approx(study_cohort(sessions).iid.tracking.se, rel=1e-6)
    assert turned.meta is not None
    assert turned.meta.df == pytest.approx(study_cohort(sessions).meta.df)  # type: ignore[union-attr]


def test_sessions_of_one_client_say_that_they_are() -> None:
    result = study_cohort(of_clients(1, each=6))
    (asked, strangers) = result.unanswered[::-1]
    assert (asked.question, strangers.question) == ("pseudo_dyads", "clients")
    assert "further sessions of this one client" in str(strangers)
    assert result.units.what == "dyads"


def test_clients_and_therapists_are_levels_of_their_own() -> None:
    sessions = [replace(one, therapist=f"t{int(one.name[0]) // 2}") for one in of_clients(8, each=3)]
    result = study_cohort(sessions, within_therapists=True)
    assert result.iid.between_clients is not None
    assert result.iid.between_therapists is not None
    assert (result.units.what, result.units.count) == ("therapists", 4)
    assert result.meta is not None
    assert result.meta.clusters == 4
    lone = [replace(one, therapist=f"t{one.name[0]}") for one in sessions]
    (asked,) = study_cohort(lone, within_therapists=True).unanswered
    assert "several clients, found 8 with one each" in str(asked)
