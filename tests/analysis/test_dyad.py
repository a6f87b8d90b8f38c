import json
import re

import numpy as np
import pytest

from dialogram.analysis.dyad import compare
from dialogram.timeline import Scale, Trace

KEYS = {
    "n": None,
    "step_s": None,
    "a": "name mean sd min max mssd acf1 share_hindering share_neutral share_helpful",
    "b": "name mean sd min max mssd acf1 share_hindering share_neutral share_helpful",
    "level": "difference t df p n_effective t_effective p_effective d",
    "shape": "r p ci95 spearman n_effective p_effective ci95_effective n_effective_ar1"
    " p_shift shifts p_truncated p_swings",
    "without_warm_up": "left_out_s n difference r p_swings",
    "lag": "seconds r window_s p_shift",
    "reaction_lag": "seconds ci95 r r_corrected most_s",
    "agreement": "ccc icc_a1 rmse level_part scatter_part shape_part",
    "states": "kappa table band",
    "detection": "tolerance_s helpful hindering",
    "bouts": "a b",
    "extremes": "a b",
    "discrepancies": None,
    "quality": "a b",
    "software": "version rules",
}
DETECTED = "hits misses false_alarms correct_rejections d_prime hits_by_chance d_prime_by_chance p_shift"


def _trace(values: object, *, step_s: float = 1.0, start_s: float = 0.0, name: str = "client") -> Trace:
    return Trace(values=np.asarray(values, dtype=float), step_s=step_s, start_s=start_s, name=name)


def _walk(seed: int, n: int = 900) -> np.ndarray:
    return np.clip(50 + np.random.default_rng(seed).normal(size=n).cumsum(), 0, 100)


def test_keys_are_those_of_the_contract_and_numbers_are_unrounded_json() -> None:
    a, b = _walk(1), _walk(2)
    a[40:60] = np.nan
    result = compare(_trace(a), _trace(b, name="therapist"))
    printed = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert list(printed) == list(KEYS)
    for key, inner in KEYS.items():
        if inner is not None:
            assert list(printed[key]) == inner.split(), key
    assert list(printed["quality"]["a"]) == ["coverage", "gaps", "longest_unchanged_s"]
    assert list(printed["bouts"]["a"]) == ["hindering", "neutral", "helpful", "transitions"]
    assert list(printed["bouts"]["a"]["helpful"]) == ["seconds", "bouts", "median_s", "longest_s"]
    for by in ("seconds", "moments"):
        assert list(printed["detection"]["helpful"][by]) == DETECTED.split()
    assert list(printed["software"]["rules"]) == ["extremes", "discrepancies", "detection"]
    assert list(printed["extremes"]["a"][0]) == ["kind", "rank", "start_s", "end_s", "mean", "coverage"]
    assert list(printed["discrepancies"][0]) == ["kind", "start_s", "end_s", "mean_a", "mean_b"]
    assert printed["n"] == 880
    assert printed["level"]["difference"] == pytest.approx(printed["b"]["mean"] - printed["a"]["mean"], rel=1e-12)
    assert printed["shape"]["r"] == result.shape.r


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([50, 50], [60, 40]),
        ([50, 60], [60, 40]),
        ([50], [60]),
        (np.full(300, 50), _walk(1, 300)),
        (np.full(300, 50), np.full(300, 50)),
        (_walk(1, 300), _walk(1, 300)),
        (np.full(300, np.nan), _walk(1, 300)),
        (np.full(300, np.nan), np.full(300, np.nan)),
        (np.where(np.arange(300) < 150, _walk(1, 300), np.nan), np.where(np.arange(300) < 150, np.nan, _walk(2, 300))),
        (np.where(np.arange(300) % 2, _walk(1, 300), np.nan), _walk(2, 300)),
        (np.where(np.arange(300) == 7, 60.0, 50.0), _walk(2, 300)),
    ],
)
def test_odd_input_gives_none_and_a_note_and_no_warning(a: object, b: object) -> None:
    result = compare(_trace(a), _trace(b, name="therapist"))
    printed = result.to_dict()
    text = json.dumps(printed, allow_nan=False)
    assert "Infinity" not in text
    assert result.summary()
    if printed["shape"]["r"] is None or printed["n"] < 3:
        assert result.notes


def test_identical_raters_are_noticed() -> None:
    result = compare(_trace(_walk(1)), _trace(_walk(1)))
    assert (result.shape.r, result.agreement.rmse) == (1.0, 0.0)
    assert result.agreement.ccc == pytest.approx(1.0)
    assert np.isnan(result.level.t)
    assert any("identical" in note for note in result.notes)
    assert not any("identical" in note for note in compare(_trace(_walk(1)), _trace(_walk(2))).notes)


def test_traces_on_one_grid_that_cover_other_stretches_are_missing_beyond_them() -> None:
    a, b = _walk(1), _walk(2)
    shorter = compare(_trace(a), _trace(b[30:800], start_s=30.0))
    masked = b.copy()
    masked[:30], masked[800:] = np.nan, np.nan
    assert shorter.shape == compare(_trace(a), _trace(masked)).shape
    assert shorter.n == 770
    assert any("different stretches" in note for note in shorter.notes)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (_trace([1, 2, 3], step_s=2.0), "one step"),
        (_trace([1, 2, 3], start_s=0.5), "one grid"),
        (_trace([1, 2, 3], start_s=9.0), "do not overlap"),
        (Trace(values=[1, 2, 3], step_s=1.0, scale=Scale(name="x", high=10, neutral=5)), "one scale"),
    ],
)
def test_what_cannot_be_compared_is_refused(other: Trace, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compare(_trace([1, 2, 3]), other)
    with pytest.raises(ValueError, match=message):
        compare(other, _trace([1, 2, 3]))


def test_what_is_unusual_about_the_two_is_told() -> None:
    for b, words in (
        (_walk(3), "identical"),
        (_walk(3) + 3, "differ by the same amount"),
        (np.full(_walk(3).size, 50.0), "does not vary"),
    ):
        assert [note for note in compare(_trace(_walk(3)), _trace(b)).notes if words in note]
    assert compare(_trace(_walk(3)), _trace(_walk(4))).notes == ()


def test_lags_of_a_negative_window_are_refused() -> None:
    with pytest.raises(ValueError, match="lag_window_s"):
        compare(_trace([1, 2]), _trace([1, 2]), lag_window_s=-1)


def test_swapping_the_raters_turns_signs_only() -> None:
    a, b = _trace(_walk(3)), _trace(_walk(4), name="therapist")
    there, back = compare(a, b), compare(b, a)
    assert there.level.t == pytest.approx(-back.level.t)
    assert there.lag.seconds == -back.lag.seconds
    assert there.shape.p_shift == back.shape.p_shift
    assert there.agreement.icc_a1 == pytest.approx(back.agreement.icc_a1, rel=1e-12)
    assert there.agreement.ccc == pytest.approx(back.agreement.ccc, rel=1e-12)
    assert there.states.table == tuple(zip(*back.states.table, strict=True))
    assert [one.segment for one in there.discrepancies] == [one.segment for one in back.discrepancies]


def test_the_summary_doubts_a_small_p_of_the_level_and_takes_a_large_one() -> None:
    walk, noise = _walk(1), np.random.default_rng(1).normal(size=_walk(1).size)
    same, apart = (compare(_trace(walk), _trace(walk + noise + higher, name="therapist")) for higher in (0, 9))
    assert same.level.p_effective > 0.05 >= apart.level.p_effective
    assert re.search(r"independent ones, p = \.\d+, no more than chance may give\.", same.summary())
    assert re.search(r"independent ones, p < \.001, which is still too small too often\.", apart.summary())
