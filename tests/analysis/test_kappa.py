import numpy as np
import pytest

from dialogram.analysis.correlation import Floats
from dialogram.analysis.kappa import measure_fleiss_kappa, measure_kappa


def test_agreement_and_chance_are_the_table_s() -> None:
    a, b = (np.repeat(codes, [20, 5, 10, 15]) for codes in ([1.0, 1, 2, 2], [1.0, 2, 1, 2]))
    found = measure_kappa(a, b)
    assert (found.observed, found.expected, found.units, found.categories) == (0.7, 0.5, 50, (1.0, 2.0))
    assert found.value == pytest.approx(0.4, abs=1e-12)
    assert "agree in 70% of 50 units, where chance gives 50%" in found.summary()


def test_of_two_categories_all_weights_are_the_same() -> None:
    a, b = np.random.default_rng(1).integers(0, 2, size=(2, 60)).astype(float)
    values = [measure_kappa(a, b, weights=weights).value for weights in ("none", "linear", "quadratic")]
    assert values == pytest.approx([values[0]] * 3, abs=1e-12)


def test_weights_forgive_neighbours() -> None:
    a = np.tile(np.arange(5.0), 20)
    near = np.asarray(np.clip(a + np.random.default_rng(2).integers(-1, 2, size=100), 0, 4), dtype=np.float64)
    values = [measure_kappa(a, near, weights=weights).value for weights in ("none", "linear", "quadratic")]
    assert values == sorted(values)


def test_units_that_one_did_not_rate_are_left_out() -> None:
    a, b = np.array([1.0, 2, 2, np.nan, 1]), np.array([1.0, 2, 1, 2, np.nan])
    assert measure_kappa(a, b) == measure_kappa(a[:3], b[:3])


def test_fleiss_of_two_who_use_categories_alike_is_cohen_s() -> None:
    a, b = np.array([1.0, 1, 2, 2, 1, 2]), np.array([1.0, 1, 2, 1, 2, 2])
    assert measure_fleiss_kappa(np.stack([a, b])).value == pytest.approx(measure_kappa(a, b).value, abs=1e-12)


@pytest.mark.parametrize("ratings", [np.ones((3, 7)), np.full((2, 4), np.nan), np.array([[1.0, np.nan], [np.nan, 2]])])
def test_nothing_to_tell_is_none(ratings: Floats) -> None:
    for found in (measure_fleiss_kappa(ratings), measure_kappa(ratings[0], ratings[1])):
        assert found.to_dict()["value"] is None
        assert found.summary().startswith("No κ")


def test_wrong_use_is_refused() -> None:
    with pytest.raises(ValueError, match="got 3 and 2"):
        measure_kappa(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match="none, linear or quadratic"):
        measure_kappa(np.ones(3), np.ones(3), weights="cubic")  # type: ignore[arg-type]  # what is refused
