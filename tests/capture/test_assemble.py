import itertools
import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from dialogram.capture import EventLog, LoggedRecord, StepFunction, assemble
from dialogram.simulate import (
    Step,
    Stretch,
    draw_program,
    hand_of,
    simulate_dyad,
    simulate_event_log,
)
from dialogram.timeline import HELPFULNESS, Scale

DURATION_S = 40.0
STEADY = hand_of({0.0: 50.0, 3.25: 62.0, 7.5: 40.0, 15.0: 81.0, 22.125: 79.0, 31.0: 12.0}, until_s=DURATION_S)

hands = st.builds(
    lambda changes, first: hand_of({0.0: first, **changes}, until_s=DURATION_S),
    st.dictionaries(st.integers(1, 399).map(lambda tenth: tenth / 10), st.integers(0, 100).map(float), max_size=12),
    st.integers(0, 100).map(float),
)
steps = st.one_of(
    st.builds(Step, st.just("play"), st.floats(0.6, 12.0)),
    st.builds(Step, st.just("watch"), st.floats(0.6, 4.0)),
    st.builds(Step, st.just("pause"), st.floats(0.2, 8.0)),
    st.builds(Step, st.just("stall"), st.floats(0.1, 5.0)),
    st.builds(Step, st.just("hide"), st.floats(0.5, 5.0)),
    st.builds(Step, st.just("gone"), st.floats(2.6, 8.0)),
    st.builds(Step, st.just("seek"), st.floats(0.0, 38.0)),
    st.builds(Step, st.just("rate"), st.sampled_from([0.5, 1.0, 1.25, 2.0])),
    st.builds(Step, st.just("reload"), st.floats(0.0, 6.0)),
)
programs = st.lists(steps, min_size=1, max_size=12)


def truth(
    hands_: Sequence[StepFunction], covered: Sequence[Stretch], *, duration_s: float, step_s: float
) -> tuple[list[float], list[float]]:
    """Bins reckoned the slow way: cell by cell, from what the simulation knows."""
    count = round(duration_s / step_s)
    total, weight = [0.0] * count, [0.0] * count
    cuts = {number * step_s for number in range(count + 1)}
    cuts |= {edge for stretch in covered for edge in (stretch.start_s, stretch.end_s)}
    cuts |= {float(edge) for hand in hands_ for edge in hand.start_s}
    for low, high in itertools.pairwise(sorted(cut for cut in cuts if 0 <= cut <= duration_s)):
        middle = (low + high) / 2
        attended = [stretch for stretch in covered if stretch.start_s <= middle < stretch.end_s]
        if attended:
            hand = hands_[attended[-1].hand]
            value = next(
                float(v) for s, e, v in zip(hand.start_s, hand.end_s, hand.values, strict=True) if s <= middle < e
            )
            total[int(middle / step_s)] += value * (high - low)
            weight[int(middle / step_s)] += high - low
    values = [t / w if w else float("nan") for t, w in zip(total, weight, strict=True)]
    return values, [w / step_s for w in weight]


@settings(max_examples=120, deadline=None)
@given(
    program=programs,
    hands_=st.lists(hands, min_size=1, max_size=3),
    seed=st.integers(0, 2**32 - 1),
    jumps_per_min=st.sampled_from([0.0, 60.0]),
    has_video=st.booleans(),
    blocked=st.booleans(),
    step_s=st.sampled_from([1.0, 0.5, 2.0]),
)
@example(
    program=[Step("play", 3.5), Step("pause", 1.0)] * 6,
    hands_=[STEADY],
    seed=5,
    jumps_per_min=0.0,
    has_video=False,
    blocked=True,
    step_s=1.0,
)
def test_whatever_happens_the_trace_is_the_hand_where_it_was_attended_and_missing_elsewhere(
    program: list[Step],
    hands_: list[StepFunction],
    seed: int,
    jumps_per_min: float,
    has_video: bool,  # noqa: FBT001  # drawn by name
    blocked: bool,  # noqa: FBT001  # drawn by name
    step_s: float,
) -> None:
    simulated = simulate_event_log(
        hands_,
        rng=np.random.default_rng(seed),
        duration_s=DURATION_S,
        program=program,
        jumps_per_min=jumps_per_min,
        has_video=has_video,
        blocked=blocked,
    )
    assembly = assemble(simulated.log, scale=HELPFULNESS, start_s=0.0, end_s=DURATION_S, step_s=step_s)
    values, coverage = truth(hands_, simulated.covered, duration_s=DURATION_S, step_s=step_s)
    np.testing.assert_allclose(assembly.trace.coverage, coverage, atol=2e-5)
    sure = abs(np.array(coverage) - 0.5) > 1e-4
    expected = np.where(np.array(coverage) >= 0.5, values, np.nan)
    # times are told in microseconds: a change of 100 may lie one beside where it was
    np.testing.assert_allclose(assembly.trace.values[sure], expected[sure], atol=2e-3)
    missing_s = DURATION_S - float(np.sum(coverage)) * step_s
    named_s = sum(gap.end_s - gap.start_s for gap in assembly.gaps)
    assert named_s <= missing_s + 1e-3
    assert all(before.end_s <= after.start_s for before, after in itertools.pairwise(assembly.gaps))


@settings(max_examples=40, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_any_split_repeat_and_order_of_records_gives_the_same_assembly(data: st.DataObject, seed: int) -> None:
    rng = np.random.default_rng(seed)
    program = [Step("play", 6.0), Step("hide", 2.0), Step("play", 4.0), Step("reload", 1.0), Step("play", 5.0)]
    records = simulate_event_log(STEADY, rng=rng, duration_s=DURATION_S, program=program, blocked=True).records
    resplit: list[LoggedRecord] = []
    for stream, own in itertools.groupby(records, key=lambda record: record.stream):
        events = [event for record in own for event in record.events]
        places = st.lists(st.integers(1, len(events) - 1), max_size=30)
        cuts = sorted(set(data.draw(places)))
        parts = itertools.pairwise([0, *cuts, len(events)])
        resplit += [LoggedRecord(stream, seq, events[low:high]) for seq, (low, high) in enumerate(parts)]
    posted = [*resplit, *data.draw(st.lists(st.sampled_from(resplit), max_size=10))]
    rng.shuffle(posted)
    epochs = {stream.stream: stream.epoch for stream in EventLog.from_records(records).streams}
    before, after = (
        assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=DURATION_S)
        for log in (EventLog.from_records(records), EventLog.from_records(posted, epochs=epochs))
    )
    np.testing.assert_array_equal(before.trace.values, after.trace.values)
    np.testing.assert_array_equal(before.trace.coverage, after.trace.coverage)
    assert (before.gaps, before.saved_to_s, before.touched_s) == (after.gaps, after.saved_to_s, after.touched_s)


def test_a_lost_tail_is_a_gap_and_a_lost_middle_is_one_until_the_dial_is_told_again() -> None:
    whole = simulate_event_log(STEADY, rng=np.random.default_rng(1), duration_s=DURATION_S).records
    tail = assemble(EventLog.from_records(whole[:80]), scale=HELPFULNESS, start_s=0.0, end_s=DURATION_S)
    assert tail.saved_to_s is not None
    assert 18.0 < tail.saved_to_s < 20.0
    assert not tail.trace.present[20:].any()
    assert [(gap.end_s, gap.reason) for gap in tail.gaps] == [(DURATION_S, "not-played")]
    assert abs(tail.gaps[0].start_s - tail.saved_to_s) < 0.26

    middle = assemble(EventLog.from_records(whole[:50] + whole[70:]), scale=HELPFULNESS, start_s=0.0, end_s=DURATION_S)
    assert middle.saved_to_s is not None
    assert middle.saved_to_s < 13.0
    assert [gap.reason for gap in middle.gaps] == ["record-missing"]
    # the change at 15 s was in the lost records: the value known before is not carried over, a heartbeat tells the new
    assert not middle.trace.present[13:17].any()
    assert middle.trace.values[19] == pytest.approx(81.0)
    assert middle.trace.values[11] == pytest.approx(40.0)
    np.testing.assert_allclose(middle.trace.values[31:], 12.0)


def test_a_lost_beginning_still_gives_the_rest() -> None:
    whole = simulate_event_log(STEADY, rng=np.random.default_rng(1), duration_s=DURATION_S).records
    log = EventLog.from_records(whole[40:], epochs={whole[0].stream: 1})
    assembly = assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=DURATION_S)
    assert assembly.saved_to_s is None
    assert not assembly.trace.present[:9].any()
    np.testing.assert_allclose(assembly.trace.values[32:], 12.0)


def test_a_second_rating_counts_only_where_it_was_attended() -> None:
    first, second = hand_of({0.0: 20.0}, until_s=40.0), hand_of({0.0: 90.0}, until_s=40.0)
    program = [Step("play", 20.0), Step("seek", 5.0), Step("play", 5.0), Step("hide", 4.0), Step("play", 1.0)]
    simulated = simulate_event_log([first, second], rng=np.random.default_rng(2), duration_s=40.0, program=program)
    values = assemble(simulated.log, scale=HELPFULNESS, start_s=0.0, end_s=40.0).trace.values
    np.testing.assert_allclose(values[:15], [20.0] * 5 + [90.0] * 5 + [20.0] * 4 + [90.0])
    np.testing.assert_allclose(values[15:20], 20.0)
    assert np.isnan(values[20:]).all()


def test_what_was_played_untouched_or_hidden_is_missing_and_says_why() -> None:
    program = [Step("watch", 3.0), Step("play", 7.0), Step("hide", 5.0), Step("play", 5.0), Step("gone", 4.0)]
    simulated = simulate_event_log(
        STEADY, rng=np.random.default_rng(3), duration_s=40.0, program=[*program, Step("play", 2.0)]
    )
    assembly = assemble(simulated.log, scale=HELPFULNESS, start_s=0.0, end_s=40.0)
    told = [(round(gap.start_s, 1), round(gap.end_s, 1), gap.reason) for gap in assembly.gaps]
    assert told == [
        (0.0, 3.0, "untouched"),
        (10.0, 15.0, "hidden"),
        (20.0, 24.0, "gone"),
        (26.0, 40.0, "not-played"),
    ]
    assert assembly.touched_s == pytest.approx(3.0, abs=1e-3)
    assert assembly.played_s == pytest.approx(17.0, abs=1e-2)
    assert float(assembly.trace.coverage.sum()) == pytest.approx(14.0, abs=1e-2)


def test_a_bin_covered_by_half_has_a_value_and_one_covered_by_less_has_none() -> None:
    for covered_s, present in ((0.5, True), (0.499, False)):
        log = _log([["dial", 0, 30.0, "wheel"], *_playing(0.0, covered_s)])
        trace = assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=1.0).trace
        assert trace.coverage[0] == covered_s
        assert trace.present[0] == present


def test_the_window_cuts_and_nothing_lies_outside() -> None:
    log = _log([["dial", 0, 30.0, "wheel"], *_playing(10.0, 20.0)])
    trace = assemble(log, scale=HELPFULNESS, start_s=8.5, end_s=12.0).trace
    assert trace.start_s == 8.5
    assert trace.coverage.tolist() == [0.0, 0.5, 1.0, 0.5]
    assert len(trace) == 4
    for start_s, end_s, step_s in ((1.0, 1.0, 1.0), (0.0, np.inf, 1.0), (0.0, 1.0, 0.0)):
        with pytest.raises(ValueError, match="expected"):
            assemble(log, scale=HELPFULNESS, start_s=start_s, end_s=end_s, step_s=step_s)


def test_frames_are_believed_before_current_time() -> None:
    misread: list[list[object]] = [
        ["clock", 1100 + 1000 * second, second + 0.14, "current_time"] for second in range(5)
    ]
    log = _log([["dial", 0, 30.0, "wheel"], *misread, ["dial", 3100, 50.0, "wheel"], *_playing(0.0, 5.0)])
    assembly = assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=5.0)
    np.testing.assert_allclose(assembly.trace.values, [30.0, 30.0, 48.0, 50.0, 50.0], rtol=1e-12)
    assert assembly.clock == "mixed"
    late: list[list[object]] = [["clock", 6000 + 250 * place, 5.0 + place / 4, "current_time"] for place in range(21)]
    log = _log([["dial", 0, 30.0, "wheel"], *_playing(0.0, 5.0)[:-1], *late, ["pause", 11_000, 10.0]])
    np.testing.assert_array_equal(assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=10.0).trace.coverage, 1.0)
    sound = _log([["dial", 0, 30.0, "wheel"], *_playing(0.0, 5.0, source="current_time")])
    assert assemble(sound, scale=HELPFULNESS, start_s=0.0, end_s=5.0).clock == "current_time"


def test_broken_events_and_pairs_spoil_nothing() -> None:
    junk: list[list[object]] = [
        ["dial", 1500],
        ["dial", 1500, "70", "wheel"],
        ["dial", 1500, None, "wheel"],
        ["dial", 1500, True, "wheel"],
        ["dial", 1500, 10**400, "wheel"],
        ["clock", 1600, -5.0, "frame"],
        ["clock", 1600, 1e12, "frame"],
        ["clock", 1601, 0.59, "frame"],
        ["clock", 1600, 0.6, "frame"],
        ["clock", 1600, 0.6, "frame"],
        ["telepathy", 1700, {"strength": 5}],
        ["heartbeat", 1800, None, None],
    ]
    clean: list[list[object]] = [["dial", 0, 30.0, "wheel"], *_playing(0.0, 5.0)]
    assembly = assemble(_log([*clean, *junk]), scale=HELPFULNESS, start_s=0.0, end_s=5.0)
    assert assembly.trace.values.tolist() == [30.0] * 5
    assert assembly.gaps == ()


def test_nothing_is_touched_before_the_recording_begins() -> None:
    slow = _log(
        [["dial", 0, 30.0, "wheel"], ["playing", 900, 0.0], ["clock", 1033, 0.033, "frame"], ["pause", 2000, 1.0]]
    )
    assert assemble(slow, scale=HELPFULNESS, start_s=0.0, end_s=1.0).touched_s == 0.0


def test_a_player_slow_to_start_rates_nothing_that_was_rated_before() -> None:
    first = [["dial", 0, 30.0, "wheel"], *_playing(0.0, 2.0)]
    slow = [["dial", 4000, 90.0, "wheel"], ["playing", 4900, 2.0], ["clock", 5000, 2.0, "frame"], ["pause", 6000, 3.0]]
    trace = assemble(_log([*first, *slow]), scale=HELPFULNESS, start_s=0.0, end_s=3.0).trace
    assert trace.values.tolist() == [30.0, 30.0, 90.0]
    # the control: what is sought again is rated again
    sought: list[list[object]] = [["seeking", 4100, 1.5], ["seeked", 4200, 1.5], *slow]
    sought[3:] = [["playing", 4900, 1.5], ["clock", 5000, 1.5, "frame"], ["pause", 6500, 3.0]]
    again = assemble(_log([*first, *sought]), scale=HELPFULNESS, start_s=0.0, end_s=3.0).trace
    assert again.values.tolist() == [30.0, 60.0, 90.0]


def test_a_page_that_hears_late_that_it_plays_has_missed_nothing() -> None:
    """It moved from where it was sought to; the control jumped to where the first frame is."""
    first = [["dial", 0, 30.0, "wheel"], *_playing(0.0, 2.0)]
    for sought_s, missed_s in ((2.0, 0.0), (1.5, 0.12)):
        late = [["seeking", 4000, sought_s], ["seeked", 4100, sought_s], ["playing", 5120, 2.12]]
        shown = [["clock", 5160, 2.16, "frame"], ["pause", 6000, 3.0]]
        found = assemble(_log([*first, *late, *shown]), scale=HELPFULNESS, start_s=0.0, end_s=3.0)
        assert found.trace.coverage.tolist() == pytest.approx([1.0, 1.0, 1.0 - missed_s])
        assert found.trace.values.tolist() == pytest.approx([30.0, 30.0, 30.0])


@pytest.mark.parametrize(
    ("sought_s", "stands_s", "missed_s"),
    [
        pytest.param(None, 2.07, 0.0, id="it sounds on"),
        pytest.param(2.06, 2.06, 0.0, id="loaded again it goes on where it stood"),
        pytest.param(None, 2.5, 0.5, id="control: a skip without a word"),
        pytest.param(2.2, 2.2, 0.2, id="control: a short seek ahead"),
        pytest.param(2.4, 2.4, 0.4, id="control: a seek ahead"),
    ],
)
def test_a_player_that_stands_a_little_later_than_it_was_seen_has_left_nothing_out(
    sought_s: float | None, stands_s: float, missed_s: float
) -> None:
    first = [["dial", 0, 30.0, "wheel"], *_playing(0.0, 2.0)[:-1], ["pause", 3000, 2.06]]
    sought = [] if sought_s is None else [["seeking", 4000, sought_s], ["seeked", 4100, sought_s]]
    shown = [["playing", 5000, stands_s], ["clock", 5000, stands_s, "current_time"], ["pause", 6000, stands_s + 1]]
    found = assemble(_log([*first, *sought, *shown]), scale=HELPFULNESS, start_s=0.0, end_s=3.0)
    assert found.trace.coverage.tolist() == pytest.approx([1.0, 1.0, 1.0 - missed_s])
    assert [gap.reason for gap in found.gaps] == (["not-played"] if missed_s else [])


def test_a_short_seek_back_is_rated_again_and_what_played_out_of_sight_is_not() -> None:
    first = [["dial", 0, 30.0, "wheel"], *_playing(0.0, 2.0)]
    again = [["seeking", 4000, 1.8], ["seeked", 4100, 1.8], ["dial", 4500, 80.0, "wheel"]]
    again += [["playing", 5000, 1.8], ["clock", 5000, 1.8, "frame"], ["pause", 6200, 3.0]]
    found = assemble(_log([*first, *again]), scale=HELPFULNESS, start_s=0.0, end_s=3.0)
    assert found.trace.values.tolist() == pytest.approx([30.0, 40.0, 80.0])
    unseen: list[list[object]] = [["hidden", 3000], ["pause", 3100, 2.1], ["visible", 4000]]
    shown = [["playing", 5000, 2.1], ["clock", 5000, 2.1, "frame"], ["pause", 5900, 3.0]]
    found = assemble(_log([*first[:-1], *unseen, *shown]), scale=HELPFULNESS, start_s=0.0, end_s=3.0)
    assert found.trace.coverage.tolist() == pytest.approx([1.0, 1.0, 0.9])
    assert [gap.reason for gap in found.gaps] == ["hidden"]


@pytest.mark.parametrize("told", [None, "2", True, -1.0, 10**400, 7.5])
def test_a_place_that_nobody_can_have_gone_on_at_hides_nothing(told: object) -> None:
    opened: list[object] = ["open", 0, {"format": 1, "epoch": 1, "resumed_at_s": told}]
    events = [opened, ["dial", 0, 30.0, "wheel"], *_playing(0.0, 2.0)]
    log = EventLog.from_records([LoggedRecord("a" * 32, 0, events)])
    assert assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=2.0).trace.coverage.tolist() == [1.0, 1.0]


def test_a_clock_runs_on_at_the_rate_but_not_for_ever() -> None:
    beats: list[list[object]] = [["heartbeat", 1000 * second, 0.0, 30.0] for second in range(1, 12)]
    start: list[list[object]] = [["dial", 0, 30.0, "wheel"], ["playing", 1000, 0.0], *beats]
    single = _log([*start, ["clock", 1000, 0.0, "frame"]])
    assert assemble(single, scale=HELPFULNESS, start_s=0.0, end_s=10.0).played_s == 2.5
    faster = _log([["rate", 500, 2.0], *start, ["clock", 1000, 0.0, "frame"]])
    assert assemble(faster, scale=HELPFULNESS, start_s=0.0, end_s=10.0).played_s == 5.0


def test_saying_again_what_is_known_takes_nothing_away() -> None:
    again: list[list[object]] = [["visible", 1300], ["playing", 1350, 0.4], ["visible", 1400], ["rate", 1450, 1.0]]
    log = _log([["dial", 0, 30.0, "wheel"], *_playing(0.0, 2.0), *again])
    assert assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=2.0).trace.coverage.tolist() == [1.0, 1.0]


def test_frames_after_lost_records_show_that_the_page_could_be_seen() -> None:
    playing = _playing(0.0, 2.0)[:-1]
    after: list[list[object]] = [["clock", 7000 + 250 * place, 6.0 + place / 4, "frame"] for place in range(9)]
    lost = [
        LoggedRecord("a" * 32, 0, [["dial", 0, 30.0, "wheel"], *playing, ["hidden", 3000]]),
        LoggedRecord("a" * 32, 2, [*after, ["heartbeat", 7000, 6.0, 30.0], ["pause", 9000, 8.0]]),
    ]
    log = EventLog.from_records(lost, epochs={"a" * 32: 1})
    trace = assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=8.0).trace
    assert trace.coverage.tolist() == [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]


def test_a_jump_that_nobody_announced_is_not_rated_across() -> None:
    events = [["dial", 0, 30.0, "wheel"], *_playing(0.0, 5.0)[:-1]]
    jumped: list[list[object]] = [["clock", 6000 + 250 * place, 65.0 + place / 4, "frame"] for place in range(21)]
    assembly = assemble(_log([*events, *jumped, ["pause", 11_000, 70]]), scale=HELPFULNESS, start_s=0.0, end_s=70.0)
    assert np.flatnonzero(assembly.trace.present).tolist() == [0, 1, 2, 3, 4, 65, 66, 67, 68, 69]
    back: list[list[object]] = [["clock", 6250 + 250 * place, 1.0 + place / 4, "frame"] for place in range(9)]
    moved: list[object] = ["dial", 6000, 80.0, "wheel"]
    assembly = assemble(_log([*events, moved, *back, ["pause", 8250, 3]]), scale=HELPFULNESS, start_s=0.0, end_s=5.0)
    assert assembly.trace.values.tolist() == [30.0, 80.0, 80.0, 30.0, 30.0]


def test_values_beyond_the_ends_count_as_the_end() -> None:
    scale = Scale(name="mood", low=-10.0, high=10.0, neutral=0.0)
    log = _log([["dial", 0, 40.0, "wheel"], ["dial", 2000, -10.5, "wheel"], *_playing(0.0, 2.0)])
    assert assemble(log, scale=scale, start_s=0.0, end_s=2.0).trace.values.tolist() == [10.0, -10.0]


def test_an_empty_log_and_an_untouched_dial_give_a_trace_of_missing_bins() -> None:
    for log in (EventLog(()), _log(_playing(0.0, 3.0))):
        assembly = assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=3.0)
        assert np.isnan(assembly.trace.values).all()
        assert assembly.touched_s is None
        assert assembly.longest_unchanged_s == 0.0
    assert [gap.reason for gap in assembly.gaps] == ["untouched"]
    assert assembly.played_s == 3.0


def test_longest_unchanged_and_the_dial_s_own_resolution_are_told() -> None:
    open_event = ["open", 0, {"epoch": 1, "device": {"kind": "knob", "name": "x", "resolution": 0.5}}]
    changes = [["dial", 0, 30.0, "wheel"], ["dial", 3000, 30.0, "wheel"], ["dial", 6500, 31.0, "wheel"]]
    assembly = assemble(_log([open_event, *changes, *_playing(0.0, 8.0)]), scale=HELPFULNESS, start_s=0.0, end_s=8.0)
    assert assembly.longest_unchanged_s == pytest.approx(5.5)
    assert assembly.resolution == 0.5
    assert assembly.streams == 1


def test_an_hour_with_two_hundred_thousand_events_takes_well_under_a_second() -> None:
    rng = np.random.default_rng(4)
    dyad = simulate_dyad(rng, duration_s=3600.0)
    program = draw_program(rng, duration_s=3600.0)
    simulated = simulate_event_log(dyad.client_hand, rng=rng, duration_s=3600.0, program=program, jumps_per_min=30.0)
    extra = [["dial", 600.0 + 20.0 * place, 50.0 + place % 7, "pointer"] for place in range(180_000)]
    first = simulated.records[0]
    log = EventLog.from_records([first._replace(events=[*first.events, *extra]), *simulated.records[1:]])
    assert sum(len(stream.events) for stream in log.streams) > 200_000
    started = time.process_time()
    assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=3600.0)
    assert time.process_time() - started < 2.0


def _playing(start_s: float, end_s: float, *, source: str = "frame") -> list[list[object]]:
    """From monotonic second 1 on, with a pair each quarter of a second at most."""
    seconds = [*np.arange(start_s, end_s, 0.25).tolist(), end_s]
    pairs: list[list[object]] = [["clock", 1000 * (1 + at - start_s), at, source] for at in seconds]
    return [["playing", 1000, start_s], *pairs, ["pause", 1000 * (1 + end_s - start_s), end_s]]


def _log(events: list[list[object]]) -> EventLog:
    return EventLog.from_records([LoggedRecord("a" * 32, 0, events)], epochs={"a" * 32: 1})
