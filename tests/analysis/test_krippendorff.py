import numpy as np
import pytest

from dialogram.analysis.correlation import Floats
from dialogram.analysis.krippendorff import Measurement, measure_alpha


def _by_pairs(ratings: Floats, measurement: Measurement) -> float:
    """Look at every pair, as the definition says."""
    units = [column[~np.isnan(column)] for column in ratings.T if (~np.isnan(column)).sum() > 1]
    values = np.concatenate(units)
    of_value = {value: int((values == value).sum()) for value in np.unique(values)}

    def delta2(x: float, y: float) -> float:
        match measurement:
            case "nominal":
                return float(x != y)
            case "ordinal":
                between = sum(count for value, count in of_value.items() if min(x, y) <= value <= max(x, y))
                return float((between - (of_value[x] + of_value[y]) / 2) ** 2)
            case "interval":
                return float((x - y) ** 2)
            case "ratio":
                return float(((x - y) / (x + y)) ** 2) if x + y else 0.0

    n = values.size
    observed = sum(sum(delta2(x, y) for x in unit for y in unit) / (unit.size - 1) for unit in units) / n
    expected = sum(delta2(x, y) for x in values for y in values) / (n * (n - 1))
    return float(1 - observed / expected)


@pytest.mark.parametrize("measurement", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("kind", ["codes", "dial", "wide"])
def test_closed_forms_equal_all_pairs(measurement: Measurement, kind: str) -> None:
    rng = np.random.default_rng(3)
    truth = rng.uniform(size=25)
    ratings = truth + 0.2 * rng.normal(size=(4, 25))
    ratings = {"codes": np.rint(np.abs(4 * ratings)), "dial": 100 * np.abs(ratings), "wide": 10 ** (12 * ratings - 6)}[
        kind
    ]
    ratings[rng.random((4, 25)) < 0.25] = np.nan
    ratings[1:, 4] = np.nan
    ratings[:, 9] = np.nan
    assert measure_alpha(ratings, measurement).value == pytest.approx(_by_pairs(ratings, measurement), abs=1e-12)


def test_values_and_units_that_count_are_those_rated_twice() -> None:
    found = measure_alpha(np.array([[1.0, 2, np.nan, 4], [1.0, np.nan, np.nan, 3]]), "interval")
    assert (found.units, found.values) == (2, 4)


@pytest.mark.parametrize(
    ("ratings", "measurement"),
    [
        (np.full((3, 8), 5.1), "interval"),
        (np.full((3, 8), 5.1), "ratio"),
        (np.zeros((3, 8)), "ratio"),
        (np.array([[1.0, np.nan], [np.nan, 2.0]]), "nominal"),
        (np.array([[1.0, -2.0], [1.0, 2.0]]), "ratio"),
        (np.full((2, 0), np.nan), "ordinal"),
    ],
)
def test_nothing_to_tell_is_none(ratings: Floats, measurement: Measurement) -> None:
    found = measure_alpha(ratings, measurement)
    assert found.to_dict()["value"] is None
    assert found.summary().startswith("No α")


def test_chance_gives_nothing_and_another_level_is_disagreement() -> None:
    rng = np.random.default_rng(1)
    assert abs(measure_alpha(rng.normal(size=(5, 4000)), "interval").value) < 0.02
    row = rng.normal(size=400)
    assert measure_alpha(np.stack([row, row]), "interval").value == 1.0
    assert measure_alpha(np.stack([row, row + 5]), "interval").value < 0


def test_another_measurement_is_refused() -> None:
    with pytest.raises(ValueError, match="nominal, ordinal, interval or ratio"):
        measure_alpha(np.zeros((2, 2)), "circular")  # type: ignore[arg-type]  # what is refused
