import re
from dataclasses import replace

import numpy as np
import pytest
from tests.analysis.cohorts import simulate

from dialogram import JudgedDyad, fit_response_surface, regress_on_parts, study_cohort


def _sessions(count: int, seed: int = 3) -> list[JudgedDyad]:
    """Dyads with levels of their own; what is told afterwards is the end, and falls where the two part."""
    rng = np.random.default_rng(seed)
    found = []
    for dyad in simulate(count, bins=120):
        truth = dyad.truth.values + 8 * rng.normal() + 3 * rng.normal(size=120).cumsum() / 10
        judge = dyad.judge.values + 8 * rng.normal()
        told = {
            "session rating": truth[-30:].mean() + rng.normal(),
            "change": 20 - 0.1 * (truth.mean() - judge.mean()) ** 2 + rng.normal(),
        }
        found.append(
            replace(
                dyad,
                truth=replace(dyad.truth, values=truth),
                judge=replace(dyad.judge, values=judge),
                moderators={**dyad.moderators, **told},
            )
        )
    return found


def test_a_rating_of_the_whole_is_held_against_the_truth_s_own_trace() -> None:
    dyads = _sessions(24)
    found = study_cohort(dyads, whole_rating="session rating").whole_rating
    assert found is not None
    assert found.parts == regress_on_parts([d.moderators["session rating"] for d in dyads], [d.truth for d in dyads])
    assert max(found.parts.parts, key=lambda each: each.r).part == "end"
    assert found.to_dict()["name"] == "session rating"
    assert found.summary().startswith("session rating: Over 24 sessions")


def test_the_surface_is_that_of_the_means_of_both_about_the_mean_of_all() -> None:
    dyads = _sessions(40)
    found = study_cohort(dyads, outcome="change").outcome_surface
    assert found is not None
    truth, judge = (np.array([getattr(d, who).values.mean() for d in dyads]) for who in ("truth", "judge"))
    centre = (truth.mean() + judge.mean()) / 2
    assert found.centre == pytest.approx(centre)
    np.testing.assert_allclose(found.truth, truth - centre)
    np.testing.assert_allclose(found.judge, judge - centre)
    expected = fit_response_surface(truth - centre, judge - centre, [d.moderators["change"] for d in dyads])
    assert found.surface.a4.b == pytest.approx(expected.a4.b)
    assert found.surface.a4.b == pytest.approx(-0.4, abs=0.03), "(x − y)² has the curvature 4 · −.1"
    assert found.to_dict()["a4"]["b"] == found.surface.a4.b
    assert "truth" not in found.to_dict()


def test_only_bins_that_both_rated_count_for_the_level() -> None:
    dyads = _sessions(12)
    values = dyads[0].judge.values.copy()
    values[:60] = np.nan
    dyads[0] = replace(dyads[0], judge=replace(dyads[0].judge, values=values))
    found = study_cohort(dyads, outcome="change").outcome_surface
    assert found is not None
    assert found.truth[0] + found.centre == pytest.approx(dyads[0].truth.values[60:].mean())
    assert found.truth[0] + found.centre != pytest.approx(dyads[0].truth.values.mean())


def test_who_has_none_is_left_out_of_that_and_only_that() -> None:
    dyads = _sessions(12)
    dyads[4] = replace(dyads[4], moderators={"change": 1.0})
    result = study_cohort(dyads, whole_rating="session rating", outcome="change")
    assert [(each.dyad, each.reason) for each in result.excluded] == [
        ("d4", "of the parts of the session: no 'session rating'")
    ]
    assert result.whole_rating is not None
    assert result.outcome_surface is not None
    assert (result.dyads, result.whole_rating.parts.n, result.outcome_surface.surface.n) == (12, 11, 12)


@pytest.mark.parametrize(
    ("count", "asked", "words"),
    [
        (7, {"whole_rating": "session rating"}, "What “session rating” goes with: .* at least 8 .*, got 7"),
        (9, {"whole_rating": "bond"}, "What “bond” goes with: .* at least 8 .*, got 0"),
        (6, {"outcome": "change"}, "What “change” depends on: .* at least 7 whole cases .*, got 6"),
        (9, {"outcome": "bond"}, "What “bond” depends on: .* at least 7 .*, got 0"),
    ],
)
def test_too_few_are_named_and_the_rest_is_told(count: int, asked: dict[str, str], words: str) -> None:
    result = study_cohort(_sessions(count), **asked)  # type: ignore[arg-type]
    (question,) = result.unanswered
    assert re.match(words, str(question))
    assert (result.whole_rating, result.outcome_surface) == (None, None)
    assert result.iid == study_cohort(_sessions(count)).iid


def test_without_a_question_there_is_no_answer() -> None:
    result = study_cohort(_sessions(8))
    assert result.to_dict()["whole_rating"] is result.to_dict()["outcome_surface"] is None
    assert (result.whole_rating, result.outcome_surface) == (None, None)
