import numpy as np
import pytest

from dialogram.capture import EventLog, Finding, StepFunction, Verdict, assemble, judge
from dialogram.simulate import Step, hand_of, simulate_event_log
from dialogram.timeline import HELPFULNESS

DURATION_S = 1200.0
MOVING = hand_of({float(t): 50.0 + 20.0 * (t % 3) for t in range(0, 1200, 25)}, until_s=DURATION_S)


def verdict_of(
    *program: Step, hand: StepFunction = MOVING, has_video: bool = True, lost: range = range(0), conflicts: int = 0
) -> Verdict:
    simulated = simulate_event_log(
        hand,
        rng=np.random.default_rng(3),
        duration_s=DURATION_S,
        program=program or [Step("play", DURATION_S)],
        has_video=has_video,
    )
    log = EventLog.from_records([record for record in simulated.records if record.seq not in lost])
    return judge(assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=DURATION_S), conflicts=conflicts)


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.reasons]


def test_a_whole_rating_is_good_and_needs_no_word() -> None:
    assert verdict_of() == Verdict("good", ())


def test_a_moment_out_of_sight_is_no_reason_to_look() -> None:
    assert verdict_of(Step("play", 600.0), Step("hide", 20.0), Step("play", 580.0)).word == "good"


def test_minutes_out_of_sight_are_told_with_their_length() -> None:
    verdict = verdict_of(Step("play", 500.0), Step("hide", 240.0), Step("play", 460.0))
    assert verdict.word == "check"
    (finding,) = verdict.reasons
    assert finding.code == "unwatched"
    assert finding.seconds == pytest.approx(240.0, abs=2.0)


def test_a_page_of_which_nothing_is_heard_is_not_one_that_is_out_of_sight() -> None:
    assert codes(verdict_of(Step("play", 500.0), Step("gone", 240.0), Step("play", 460.0))) == ["gone"]


def test_a_rating_given_up_halfway_is_poor() -> None:
    verdict = verdict_of(Step("play", 400.0))
    assert verdict.word == "poor"
    assert codes(verdict) == ["not-played"]


def test_a_single_lost_record_is_always_told() -> None:
    assert codes(verdict_of(lost=range(800, 801))) == ["lost"]


def test_records_that_came_twice_are_told() -> None:
    assert verdict_of(conflicts=2).reasons == (Finding("conflicts", count=2),)


def test_a_hand_that_came_late_is_told() -> None:
    verdict = verdict_of(Step("watch", 300.0), Step("play", 900.0))
    assert codes(verdict) == ["late"]
    assert verdict.reasons[0].seconds == pytest.approx(300.0, abs=2.0)


def test_a_resting_hand_is_told_only_to_those_who_may_see_the_ratings() -> None:
    resting = hand_of({0.0: 50.0, 30.0: 70.0, 900.0: 60.0}, until_s=DURATION_S)
    verdict = verdict_of(hand=resting)
    assert codes(verdict) == ["resting"]
    assert verdict.without_hand() == Verdict("good", ())


def test_a_dial_that_never_moved_is_flat_and_not_resting_too() -> None:
    verdict = verdict_of(hand=hand_of({0.0: 50.0}, until_s=DURATION_S))
    assert codes(verdict) == ["flat"]
    assert verdict.without_hand().word == "good"


def test_what_else_is_wrong_stays_where_the_hand_is_left_out() -> None:
    verdict = verdict_of(Step("play", 400.0), hand=hand_of({0.0: 50.0}, until_s=DURATION_S))
    assert codes(verdict) == ["not-played", "flat"]
    assert (verdict.without_hand().word, codes(verdict.without_hand())) == ("poor", ["not-played"])


def test_reloads_and_a_recording_without_picture_are_notes_and_no_doubts() -> None:
    verdict = verdict_of(Step("play", 600.0), Step("reload", 1.0), Step("play", 599.0), has_video=False)
    assert verdict.word == "good"
    assert verdict.notes == (Finding("reloads", count=1), Finding("coarse-clock"))
