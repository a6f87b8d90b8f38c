import math

import numpy as np
import pytest

from dialogram.analysis.correlation import Floats
from dialogram.analysis.intraclass import correlate_intraclass, mean_squares, step_up


def _ratings(raters: int = 4, units: int = 30, seed: int = 1) -> Floats:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(size=units) + rng.normal(size=(raters, 1)) + rng.normal(size=(raters, units)))


def test_mean_squares_are_those_of_the_analysis_of_variance() -> None:
    x = _ratings()
    raters, units = x.shape
    total = ((x - x.mean()) ** 2).sum()
    of_units = raters * ((x.mean(axis=0) - x.mean()) ** 2).sum()
    of_raters = units * ((x.mean(axis=1) - x.mean()) ** 2).sum()
    rest = (total - of_units - of_raters) / ((raters - 1) * (units - 1))
    np.testing.assert_allclose(mean_squares(x), [of_units / (units - 1), of_raters / (raters - 1), rest], rtol=1e-12)


def test_either_name_gives_the_form() -> None:
    found = correlate_intraclass(_ratings())
    assert found["2,1"] is found["A,1"]
    assert found["3,k"] is found["C,k"]
    with pytest.raises(KeyError):
        found["B,1"]


def test_consistency_does_not_mind_who_rates_higher_and_agreement_does() -> None:
    x = _ratings()
    shifted = x + np.array([[0], [3], [0], [9]])
    before, after = correlate_intraclass(x), correlate_intraclass(shifted)
    assert after["C,1"].value == pytest.approx(before["C,1"].value, abs=1e-12)
    assert after["C,1"].ci95 == pytest.approx(before["C,1"].ci95, abs=1e-12)
    assert after["A,1"].value < 0.5 * before["A,1"].value


def test_the_mean_of_raters_is_stepped_up_and_so_are_its_ends() -> None:
    found = correlate_intraclass(_ratings())
    for one, mean in (("1", "k"), ("A,1", "A,k"), ("C,1", "C,k")):
        ends = np.array([found[one].value, *found[one].ci95])
        np.testing.assert_allclose(step_up(ends, 4), [found[mean].value, *found[mean].ci95], rtol=1e-12)


def test_units_that_not_all_rated_are_left_out() -> None:
    x = _ratings()
    gaps = np.concatenate([x, np.full((4, 5), 7.0)], axis=1)
    gaps[2, 30:] = np.nan
    assert correlate_intraclass(gaps) == correlate_intraclass(x)


@pytest.mark.parametrize(
    "ratings", [np.zeros((1, 9)), np.zeros((3, 1)), np.full((3, 9), 5.0), np.full((2, 9), np.nan), np.zeros((2, 0))]
)
def test_nothing_to_tell_is_none(ratings: Floats) -> None:
    found = correlate_intraclass(ratings)
    assert all(form["value"] is None and form["ci95"] == [None, None] for form in found.to_dict()["forms"])
    assert found.summary().startswith("No intraclass correlation")


def test_agreement_without_exception_has_no_interval() -> None:
    row = np.random.default_rng(1).normal(size=40)
    found = correlate_intraclass(np.stack([row, row, row]))
    assert found["A,1"].value == 1.0
    assert math.isnan(found["A,1"].ci95[0])


def test_units_that_are_all_alike_do_not_divide_by_zero() -> None:
    alternating = np.array([[1.0, -1.0] * 10, [-1.0, 1.0] * 10])
    assert correlate_intraclass(alternating)["C,1"].value == -1.0


@pytest.mark.parametrize("form", ["1", "A,1", "C,1"])
def test_f_intervals_hold_what_is_so_of_independent_units(form: str) -> None:
    """Of 400 studies of 40 units, five raters drawn anew in each; true ICC .5, and 1/3 where raters' levels count."""
    truth = {"1": 1 / 3, "A,1": 1 / 3, "C,1": 0.5}[form]
    held = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        level = rng.normal(size=(5, 40) if form == "1" else (5, 1))
        x = rng.normal(size=40) + level + rng.normal(size=(5, 40))
        low, high = correlate_intraclass(x)[form].ci95
        held += low <= truth <= high
    assert 0.925 <= held / 400 <= 0.985
