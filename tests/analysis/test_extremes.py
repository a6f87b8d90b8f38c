from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dialogram.analysis.extremes import ExtremesRule, pick_extremes
from dialogram.analysis.segment_mean import mean_over
from dialogram.timeline import Scale, Segment, Trace


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Steps of a hand that rests, some of them missing or thin, on any grid."""
    step_s = draw(st.sampled_from([0.5, 1.0, 6.5, 7.0]))
    levels = draw(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 80)), min_size=1, max_size=25))
    values = np.concatenate([np.full(length, float(level)) for level, length in levels])
    coverage = np.ones(values.size)
    for start, length, share in draw(
        st.lists(st.tuples(st.integers(0, 500), st.integers(1, 30), st.floats(0, 1)), max_size=4)
    ):
        coverage[start : start + length] = share
    return Trace(values=values, step_s=step_s, start_s=draw(st.sampled_from([0.0, 12.5])), coverage=coverage)


@settings(deadline=None)
@given(traces(), st.integers(1, 4))
def test_what_is_picked_keeps_the_rule(trace: Trace, per_kind: int) -> None:
    rule = ExtremesRule(per_kind=per_kind)
    picked = pick_extremes(trace, rule)
    assert picked == pick_extremes(trace, rule)
    for one in picked.extremes:
        assert one.end_s == one.start_s + rule.window_s
        assert one.start_s >= trace.start_s + rule.warm_up_s - 1e-6
        assert one.end_s <= trace.start_s + trace.duration_s + 1e-6
        assert np.isclose(trace.times_s, one.start_s, rtol=0, atol=1e-9).any()
        mean, coverage = mean_over(trace, one.segment)
        assert one.mean == pytest.approx(mean, abs=1e-9)
        assert one.coverage == pytest.approx(coverage, abs=1e-9)
        assert one.coverage >= rule.least_coverage - 1e-9
        beyond = one.mean - trace.scale.neutral if one.kind == "helpful" else trace.scale.neutral - one.mean
        assert one.relative == (beyond <= 1e-7)
    for one, other in combinations(picked.extremes, 2):
        assert one.segment.gap_s(other.segment) >= (60 if one.kind == other.kind else 15) - 1e-6
    for kind in ("helpful", "hindering"):
        found = picked.of(kind)
        assert [one.rank for one in found] == list(range(1, len(found) + 1))
        means = [one.mean for one in found]
        # Later picks of a kind cannot be better than earlier ones, but for rounding.
        assert np.all(np.diff(means) <= 1e-7 if kind == "helpful" else np.diff(means) >= -1e-7)
        assert len(found) == per_kind or any(kind in note or note.startswith("none") for note in picked.notes)


def pick_by_trial(trace: Trace, per_kind: int) -> list[tuple[str, float]]:
    """Try every window anew for each pick, as the rule is written."""
    end_s = trace.start_s + trace.duration_s
    windows = [Segment(start_s, start_s + 30) for start_s in trace.times_s if start_s + 30 <= end_s + 1e-6]
    scored = [(window, *mean_over(trace, window)) for window in windows if window.start_s >= trace.start_s + 60 - 1e-6]
    scored = [one for one in scored if one[2] >= 0.9 - 1e-9]
    taken: list[tuple[str, Segment]] = []
    for _ in range(per_kind):
        for kind, sign in (("helpful", 1.0), ("hindering", -1.0)):
            free = [
                (window, sign * mean)
                for window, mean, _ in scored
                if all(window.gap_s(other) >= (60 if kind == of else 15) - 1e-6 for of, other in taken)
            ]
            worst = min((sign * mean for _, mean, _ in scored), default=0.0)
            best = max((score for _, score in free), default=worst)
            if best - worst > 1e-7:
                taken.append((kind, next(window for window, score in free if score >= best - 1e-7)))
    return sorted((kind, window.start_s) for kind, window in taken)


@settings(deadline=None)
@given(traces(), st.integers(1, 4))
def test_what_is_picked_is_what_trying_every_window_gives(trace: Trace, per_kind: int) -> None:
    picked = pick_extremes(trace, ExtremesRule(per_kind=per_kind)).extremes
    assert sorted((one.kind, one.start_s) for one in picked) == pick_by_trial(trace, per_kind)


def test_a_peak_and_a_trough_need_but_half_a_window_between_them() -> None:
    values = np.full(900, 50.0)
    values[300:330], values[350:380] = 90, 10
    picked = pick_extremes(Trace(values=values, step_s=1.0), ExtremesRule(per_kind=1))
    assert [(one.kind, one.start_s) for one in picked.extremes] == [("helpful", 300.0), ("hindering", 350.0)]


@settings(deadline=None)
@given(traces())
def test_the_first_of_each_kind_is_the_onset_of_the_best(trace: Trace) -> None:
    picked = pick_extremes(trace)
    for one in picked.extremes[:1]:
        starts = trace.times_s[(trace.times_s >= trace.start_s + 60) & (trace.times_s < one.start_s)]
        for start_s in starts:
            mean, coverage = mean_over(trace, one.segment.__class__(start_s, start_s + 30))
            assert coverage < 0.9 or mean < one.mean


def test_the_onset_of_a_plateau_is_taken_and_the_earlier_of_two() -> None:
    values = np.full(600, 50.0)
    values[100:200], values[300:400] = 80, 80
    helpful = pick_extremes(Trace(values=values, step_s=1.0)).of("helpful")
    assert [one.start_s for one in helpful[:2]] == [100.0, 300.0]


def test_one_swell_is_one_moment() -> None:
    values = np.full(900, 50.0)
    values[200:280], values[600:630] = 90, 70
    helpful = pick_extremes(Trace(values=values, step_s=1.0), ExtremesRule(per_kind=2)).of("helpful")
    assert [one.start_s for one in helpful] == [200.0, 600.0]


def test_a_fraction_of_a_bin_counts_by_its_part() -> None:
    values = np.full(100, 50.0)
    values[40:45] = [90, 90, 90, 90, 70]
    one = pick_extremes(Trace(values=values, step_s=6.5)).of("helpful")[0]
    assert (one.start_s, one.end_s) == (260.0, 290.0)
    assert one.mean == pytest.approx((4 * 6.5 * 90 + 4 * 70) / 30)


def test_a_window_far_shorter_than_a_bin_is_a_part_of_it() -> None:
    rule = ExtremesRule(window_s=1.0, per_kind=1, warm_up_s=0.0)
    picked = pick_extremes(Trace(values=np.arange(9.0), step_s=1e12), rule)
    assert [one.mean for one in picked.extremes] == [8.0, 0.0]


def test_less_helpful_is_not_hindering() -> None:
    values = 80 + 10 * np.sin(np.arange(900) / 50)
    picked = pick_extremes(Trace(values=values, step_s=1.0))
    assert [one.relative for one in picked.of("hindering")] == [True] * 3
    assert [one.relative for one in picked.of("helpful")] == [False] * 3


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.full(900, 62.0), "flat"),
        (np.full(20, 62.0), "shorter than one window"),
        (np.arange(80.0), "after the warm-up"),
        (np.full(900, np.nan), "nothing was rated"),
        (np.where(np.arange(900) % 10 < 8, 50.0, np.nan), "90%"),
    ],
)
def test_none_with_the_reason(values: np.ndarray, reason: str) -> None:
    picked = pick_extremes(Trace(values=values, step_s=1.0))
    assert picked.extremes == ()
    assert len(picked.notes) == 1
    assert reason in picked.notes[0]


def test_too_short_for_six_gives_fewer_with_the_reason() -> None:
    picked = pick_extremes(Trace(values=np.arange(200.0) / 2, step_s=1.0))
    assert 0 < len(picked.extremes) < 6
    assert all("of 3" in note and "no further window" in note for note in picked.notes)
    assert picked.notes


def test_what_is_as_low_as_the_lowest_is_not_among_the_highest() -> None:
    values = np.full(900, 50.0)
    values[300:330] = 80
    picked = pick_extremes(Trace(values=values, step_s=1.0))
    assert [one.start_s for one in picked.of("helpful")] == [300.0]
    assert any("1 of 3 helpful" in note and "flat" in note for note in picked.notes)


def test_another_scale_has_its_own_neutral() -> None:
    scale = Scale(name="warmth", low=-1, high=1, neutral=0, step=0.01)
    picked = pick_extremes(Trace(values=np.sin(np.arange(900) / 60), step_s=1.0, scale=scale))
    assert not any(one.relative for one in picked.extremes)
    assert picked.extremes[0].mean > 0.9


@pytest.mark.parametrize(
    "parameter",
    [
        {"window_s": 0.0},
        {"window_s": np.inf},
        {"per_kind": 0},
        {"least_coverage": 0.0},
        {"warm_up_s": -1.0},
        {"same_kind_gap_s": np.nan},
    ],
)
def test_a_rule_refuses_by_name(parameter: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(parameter))):
        ExtremesRule(**parameter)  # type: ignore[arg-type]  # the names are the point


def test_the_printed_shape() -> None:
    printed = pick_extremes(Trace(values=np.sin(np.arange(900) / 60), step_s=1.0)).to_dict()
    assert set(printed) == {"rule", "parameters", "extremes", "notes"}
    assert printed["rule"] == "extremes/1"
    assert printed["parameters"]["window_s"] == 30.0
    keys = {"kind", "rank", "start_s", "end_s", "mean", "coverage", "relative"}
    assert all(set(one) == keys for one in printed["extremes"])
