import numpy as np
import pytest
from tests.analysis.observers import draw_observers

from dialogram.analysis.correlation import Floats
from dialogram.analysis.rater_screening import screen_raters

NAMES = ("a", "b", "c", "d", "e")


def _found(ratings: Floats, step_s: float | None = 1.0) -> set[tuple[str, str]]:
    screening = screen_raters(ratings, NAMES[: len(ratings)], step_s=step_s)
    return {(each.rater, each.finding) for each in screening.findings}


def test_each_finding_names_its_rater_and_a_sound_one_is_not_named() -> None:
    sound = draw_observers(1, 5, 1500)
    assert _found(sound) == set()
    rising = np.linspace(-1, 1, 1500)
    for finding, row in (
        ("empty", np.full(1500, np.nan)),
        ("flat", np.full(1500, 60.0)),
        ("contrary", 100 - sound[0]),
        ("lagging", draw_observers(1, 5, 1500, late=(0, 0, 0, 0, 4))[4]),
        ("drifting", sound[4] + 10 * rising),
    ):
        ratings = sound.copy()
        ratings[4] = row
        assert ("e", finding) in _found(ratings), finding
        assert {rater for rater, _ in _found(ratings)} == {"e"}, finding


def test_one_rating_twice_is_named_once_however_it_was_changed() -> None:
    ratings = draw_observers(1, 4, 1500)
    for copy in (ratings[0], 2 * ratings[0] - 7, np.where(np.arange(1500) < 9, np.nan, ratings[0])):
        ratings[2] = copy
        assert _found(ratings) == {("c", "duplicated")}
    words = screen_raters(ratings, NAMES[:4], step_s=1.0).summary()
    assert words == "c and a correlate 1: it is one rating twice."


def test_few_units_may_correlate_by_chance() -> None:
    assert ("b", "duplicated") not in _found(np.array([[1.0, 2, 3, 4], [2.0, 4, 6, 8]]), step_s=None)
    eight = np.arange(8.0)
    assert ("b", "duplicated") in _found(np.stack([eight, 2 * eight]), step_s=None)


def test_units_that_are_not_bins_have_no_course() -> None:
    ratings = draw_observers(1, 5, 1500, late=(0, 0, 0, 0, 4))
    ratings[1] += 10 * np.linspace(-1, 1, 1500)
    assert _found(ratings) == {("e", "lagging"), ("b", "drifting")}
    assert _found(ratings, step_s=None) == set()


def test_of_two_who_drift_apart_both_are_named() -> None:
    ratings = draw_observers(3, 2, 1500)
    ratings[1] += 10 * np.linspace(-1, 1, 1500)
    assert _found(ratings) == {("a", "drifting"), ("b", "drifting")}


def test_who_does_not_drift_is_seldom_named() -> None:
    named = [_found(draw_observers(seed, 5, 458)) for seed in range(60)]
    assert sum(len(found) for found in named) / (60 * 5) <= 0.05


def test_a_rater_is_held_against_the_others_alone() -> None:
    ratings = draw_observers(4, 4, 500)
    ratings[0, 100:150], ratings[2, 120:130] = np.nan, np.nan
    found = screen_raters(ratings, NAMES[:4], step_s=1.0)
    centred = ratings - np.nanmean(ratings, axis=1, keepdims=True)
    others, own = np.nanmean(centred[1:], axis=0), ratings[0]
    there = ~np.isnan(own)
    assert found.with_others[0] == pytest.approx(np.corrcoef(own[there], others[there])[0, 1], abs=1e-12)


def test_names_and_ratings_go_together() -> None:
    with pytest.raises(ValueError, match="expected 3 names, got 2"):
        screen_raters(np.zeros((3, 9)), ["a", "b"])
