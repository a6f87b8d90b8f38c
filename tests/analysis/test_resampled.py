import json

import numpy as np
import pytest
from scipy.signal import lfilter

from dialogram.analysis import DiscrepancyRule, compare, resample
from dialogram.timeline import Trace


def _trace(values: object, *, start_s: float = 0.0) -> Trace:
    return Trace(values=np.asarray(values, dtype=float), step_s=1.0, start_s=start_s)


def _walk(seed: int, n: int = 900) -> np.ndarray:
    shocks = 5 * np.random.default_rng(seed).normal(size=n)
    return np.clip(50 + lfilter([1.0], [1.0, -0.95], shocks), 0, 100)


def test_one_row_for_each_of_what_was_found_and_the_same_seed_gives_the_same() -> None:
    a, b = _trace(_walk(1)), _trace(_walk(2)[30:], start_s=30.0)
    result = compare(a, b)
    drawn = resample(a, b, result)
    assert drawn == resample(a, b, result, seed=1)
    assert drawn.extremes != resample(a, b, result, seed=2).extremes
    printed = json.loads(json.dumps(drawn.to_dict(), allow_nan=False))
    assert list(printed) == ["seed", "agreement", "extremes", "discrepancies", "rules"]
    for rater in ("a", "b"):
        starts = [one["start_s"] for one in result.to_dict()["extremes"][rater]]
        assert [one["start_s"] for one in printed["extremes"][rater]] == starts
    assert [(one["kind"], one["start_s"]) for one in printed["discrepancies"]] == [
        (one.kind, one.start_s) for one in result.discrepancies
    ]
    assert printed["agreement"]["r"]["value"] == pytest.approx(result.shape.r, rel=1e-12)
    assert printed["agreement"]["ccc"]["value"] == pytest.approx(result.agreement.ccc, rel=1e-12)
    assert len(drawn.summary().splitlines()) == 3


def test_band_and_rule_are_those_of_the_comparison() -> None:
    a, b = _trace(np.repeat([50.0, 62, 50, 38, 50], 60)), _trace(np.repeat([50.0, 44, 50, 50, 56], 60))
    rule = DiscrepancyRule(threshold_share=0.05)
    result = compare(a, b, discrepancy_rule=rule, band_share=0.03)
    drawn = resample(a, b, result, discrepancy_rule=rule)
    # The traces as they are count as one of their own shifts only where the same rule finds what it found before.
    assert all(one.p < 1 or one.weight > 0 for one in drawn.discrepancies)
    assert [one.weight for one in drawn.discrepancies] == [one.weight for one in result.discrepancies]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([50], [60]),
        (np.full(300, 50), _walk(1, 300)),
        (np.full(300, 50), np.full(300, 50)),
        (_walk(1, 300), _walk(1, 300)),
        (np.full(300, np.nan), _walk(1, 300)),
        (np.where(np.arange(300) % 2, _walk(1, 300), np.nan), _walk(2, 300)),
        (np.where(np.arange(300) < 150, _walk(1, 300), np.nan), np.where(np.arange(300) < 150, np.nan, _walk(2, 300))),
    ],
)
def test_odd_input_gives_none_and_a_word(a: object, b: object) -> None:
    one, other = _trace(a), _trace(b)
    drawn = resample(one, other, compare(one, other))
    assert "Infinity" not in json.dumps(drawn.to_dict(), allow_nan=False)
    assert "nan" not in drawn.summary()
    assert bool(drawn.agreement.note) == np.isnan(list(drawn.agreement.r.ci95)).all()


def test_it_tells_whose_moments_stand_out() -> None:
    values = 50 + np.random.default_rng(3).normal(size=(2, 900))
    values[0, 400:440] += 8
    client, therapist = (
        Trace(values=each, step_s=1.0, name=name) for each, name in zip(values, ("Kim", "Lou"), strict=True)
    )
    said = resample(client, therapist, compare(client, therapist)).summary()
    assert "Kim's helpful 1" in said
    assert "Lou's helpful" not in said
