import json

import numpy as np
import pytest
from scipy.signal import lfilter
from tests.thorough import times

from dialogram.analysis.correlation import Floats
from dialogram.analysis.discrepancies import find_discrepancies
from dialogram.analysis.discrepancy_chance import DiscrepancyChance, weigh_discrepancies
from dialogram.timeline import HELPFULNESS


def _weigh(a: Floats, b: Floats) -> tuple[DiscrepancyChance, ...]:
    found = find_discrepancies(a, b, step_s=1.0, scale=HELPFULNESS)
    return weigh_discrepancies(found, a, b, step_s=1.0, scale=HELPFULNESS)


def _wander(rng: np.random.Generator, bins: int = 600) -> Floats:
    shocks = rng.normal(size=bins + 200) * np.sqrt(1 - 0.95**2)
    return np.asarray(50 + 15 * lfilter([1.0], [1.0, -0.95], shocks)[200:])


def test_p_is_that_of_the_heaviest_of_every_shift() -> None:
    a, b = np.repeat(np.random.default_rng(3).choice([20.0, 50, 80], (2, 15)), 10, axis=1)
    weighed = _weigh(a, b)
    found = find_discrepancies(a, b, step_s=1.0, scale=HELPFULNESS)
    assert [(one.kind, one.start_s, one.end_s, one.weight) for one in weighed] == [
        (one.kind, one.start_s, one.end_s, one.weight) for one in found
    ]
    for one in weighed:
        heaviest = [
            max(
                (
                    other.weight
                    for other in find_discrepancies(a, np.roll(b, shift), step_s=1.0, scale=HELPFULNESS)
                    if other.relative == one.kind.startswith("relative")
                ),
                default=0,
            )
            for shift in range(1, 150)
        ]
        as_heavy = sum(weight >= one.weight - 1e-6 for weight in heaviest)
        assert one.p == pytest.approx((1 + as_heavy) / 150)
        assert one.shifts == 149


def test_the_heavier_never_has_the_larger_p() -> None:
    rng = np.random.default_rng(5)
    weighed = _weigh(_wander(rng), _wander(rng))
    for relative in (False, True):
        p = [one.p for one in weighed if one.kind.startswith("relative") == relative]
        assert p == sorted(p)


def test_a_constant_difference_in_level_is_no_evidence() -> None:
    weighed = _weigh(np.full(300, 80.0), np.full(300, 20.0))
    assert [(one.kind, one.p) for one in weighed] == [("a_helpful_b_hindering", 1.0)]
    assert "no more than unrelated ratings show" in weighed[0].summary()


def test_a_stretch_apart_under_every_shift_is_no_evidence() -> None:
    # Whatever the shift, a never leaves the middle, and b stays at 5 for a minute.
    a = 50 + 12 * np.sin(np.arange(1200) / 1200 * 2 * np.pi * 40)
    b = a.copy()
    b[600:660] = 5.0
    heaviest = _weigh(a, b)[0]
    assert heaviest.start_s == pytest.approx(600, abs=12)
    assert heaviest.p > 0.05


def test_the_heaviest_of_unrelated_raters_is_rarely_called_more_than_chance() -> None:
    rng = np.random.default_rng(20241103)
    runs, rejected, counted = times(40, 400), 0, 0
    for _ in range(runs):
        weighed = _weigh(_wander(rng), _wander(rng))
        heaviest = next((one for one in weighed if one.kind.startswith("relative")), None)
        rejected += heaviest is not None and heaviest.p <= 0.05
        counted += heaviest is not None
    assert counted > runs / 2
    assert rejected / runs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_one_who_falls_where_the_other_rises_parts_more_than_chance_gives() -> None:
    rng = np.random.default_rng(20241104)
    runs = 10
    found = 0
    for _ in range(runs):
        a = _wander(rng)
        weighed = _weigh(a, 100 - a)
        found += bool(weighed) and min(one.p for one in weighed) <= 0.05
    assert found >= runs / 2


def test_islands_and_short_traces_are_weighed_or_said_not_to_be() -> None:
    rng = np.random.default_rng(1)
    a, b = _wander(rng), _wander(rng) + 30
    a[np.arange(600) % 100 < 40] = np.nan
    weighed = _weigh(a, b)
    assert weighed
    assert all(0 < one.p <= 1 for one in weighed)
    apart = np.full(600, np.nan)
    apart[:20], b[20:] = 20.0, np.nan
    (one, *_) = _weigh(apart, b)
    assert json.loads(json.dumps(one.to_dict(), allow_nan=False))["p"] is None or one.shifts
    assert "nan" not in one.summary()
    assert _weigh(np.full(9, 20.0), np.full(9, 80.0)) == ()
