import numpy as np
import pytest

from dialogram.analysis.description import describe
from dialogram.timeline import HELPFULNESS


def test_neighbours_across_a_gap_are_not_neighbours() -> None:
    values = np.array([40.0, 50.0, np.nan, 90.0, 70.0])
    description = describe(values, name="client", scale=HELPFULNESS)
    assert description.mssd == (10**2 + 20**2) / 2
    assert (description.mean, description.min, description.max) == (62.5, 40.0, 90.0)
    assert description.sd == pytest.approx(np.std([40, 50, 90, 70], ddof=1))
    shares = description.share_hindering, description.share_neutral, description.share_helpful
    assert shares == (0.25, 0.25, 0.5)


def test_nothing_rated_has_no_numbers() -> None:
    description = describe(np.full(3, np.nan), name="client", scale=HELPFULNESS)
    assert description.name == "client"
    assert np.isnan([description.mean, description.sd, description.acf1, description.share_neutral]).all()
