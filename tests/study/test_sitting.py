import dataclasses

import pytest
from hypothesis import given, strategies as st

from dialogram.study import Role, Task, shipped_design
from dialogram.study.rule import DialKind
from dialogram.study.sitting import (
    Moment,
    Position,
    Replay,
    Sitting,
    Step,
    StepError,
    agree,
    hand_in,
    next_step,
    pass_step,
    replay_segment,
)

DESIGN = shipped_design("helpfulness")
TOLD = Replay(has_answer=True, moment=Moment.EARLIER, left=True)


def advance(sitting: Sitting) -> Sitting:
    """Do what the present page asks for."""
    at = next_step(sitting, design=DESIGN)
    match at.step:
        case Step.CONSENT:
            return agree(sitting, design=DESIGN)
        case Step.RATE | Step.SORT:
            return hand_in(sitting, design=DESIGN)
        case Step.SEGMENT:
            assert at.replay is not None
            return replay_segment(sitting, at.replay, TOLD, design=DESIGN)
        case step:
            return pass_step(sitting, step, design=DESIGN)


def way(sitting: Sitting) -> list[Step]:
    steps = [next_step(sitting, design=DESIGN).step]
    while steps[-1] is not Step.DONE:
        sitting = advance(sitting)
        steps.append(next_step(sitting, design=DESIGN).step)
    return steps


def test_each_task_has_its_way() -> None:
    rate = Sitting(role=Role.CLIENT, task=Task.RATE)
    assert way(rate) == ["consent", "check", "instructions", "practice", "rate", "done"]
    recall = Sitting(role=Role.CLIENT, task=Task.RECALL, consent_version="1", replays=(Replay(),) * 3)
    assert way(recall) == ["instructions", "segment", "segment", "segment", "done"]
    guess = Sitting(role=Role.THERAPIST, task=Task.GUESS, consent_version="1")
    assert way(guess) == ["instructions", "sort", "debrief", "done"]


def test_a_new_consent_version_is_asked_first_in_every_task() -> None:
    for task in Task:
        old = Sitting(role=Role.THERAPIST, task=task, consent_version="0", passed=frozenset({Step.INSTRUCTIONS}))
        assert next_step(old, design=DESIGN) == Position(Step.CONSENT)


def test_without_practice_it_is_left_out() -> None:
    design = dataclasses.replace(DESIGN, practice=dataclasses.replace(DESIGN.practice, asked=False))
    ready = Sitting(
        role=Role.CLIENT, task=Task.RATE, consent_version="1", passed=frozenset({Step.CHECK, Step.INSTRUCTIONS})
    )
    assert next_step(ready, design=design).step is Step.RATE
    assert next_step(ready, design=DESIGN).step is Step.PRACTICE


def test_a_dial_is_chosen_before_the_practice_where_there_is_a_choice() -> None:
    dials = (DialKind.SCREEN, DialKind.MIDI)
    design = dataclasses.replace(DESIGN, rate=dataclasses.replace(DESIGN.rate, dials=dials))
    ready = Sitting(
        role=Role.CLIENT, task=Task.RATE, consent_version="1", passed=frozenset({Step.CHECK, Step.INSTRUCTIONS})
    )
    assert next_step(ready, design=DESIGN).step is Step.PRACTICE
    assert next_step(ready, design=design).step is Step.DIAL
    assert next_step(pass_step(ready, Step.DIAL, design=design), design=design).step is Step.PRACTICE
    with pytest.raises(StepError, match="'practice', got 'dial'"):
        pass_step(ready, Step.DIAL, design=DESIGN)


def test_a_recall_without_segments_is_done() -> None:
    assert way(Sitting(role=Role.CLIENT, task=Task.RECALL, consent_version="1")) == ["done"]


def test_a_sitting_closed_by_staff_is_done_wherever_it_was() -> None:
    for task in (Task.RATE, Task.RECALL):
        closed = Sitting(role=Role.CLIENT, task=task, handed_in=True, replays=(Replay(),))
        assert next_step(closed, design=DESIGN).step is Step.DONE


@pytest.mark.parametrize(
    ("replay", "finished"),
    [
        (Replay(), False),
        (Replay(skipped=True), True),
        (Replay(vetoed=True), False),
        (Replay(has_answer=True, moment=Moment.YES), False),
        (Replay(has_answer=True, left=True), False),
        (Replay(moment=Moment.SLIP, left=True), False),
        (Replay(has_answer=True, moment=Moment.YES, left=True, vetoed=True), True),
    ],
)
def test_a_replay_is_finished_when_skipped_or_told_and_left(replay: Replay, finished: bool) -> None:  # noqa: FBT001  # a table
    assert replay.finished == finished


def test_earlier_replays_may_be_changed_and_later_ones_not_yet() -> None:
    recall = Sitting(
        role=Role.CLIENT,
        task=Task.RECALL,
        consent_version="1",
        passed=frozenset({Step.INSTRUCTIONS}),
        replays=(TOLD, Replay(), Replay()),
    )
    changed = replay_segment(recall, 0, dataclasses.replace(TOLD, vetoed=True), design=DESIGN)
    assert changed.replays[0].vetoed
    assert next_step(changed, design=DESIGN) == Position(Step.SEGMENT, 1)
    for number in (2, -1, 3):
        with pytest.raises(StepError, match="describe segment"):
            replay_segment(recall, number, TOLD, design=DESIGN)
    done = dataclasses.replace(recall, replays=(TOLD, TOLD, TOLD))
    with pytest.raises(StepError, match="'done'"):
        replay_segment(done, 0, TOLD, design=DESIGN)


def test_only_a_client_whose_therapist_guesses_can_veto() -> None:
    veto = dataclasses.replace(TOLD, vetoed=True)
    recall = Sitting(
        role=Role.THERAPIST,
        task=Task.RECALL,
        consent_version="1",
        passed=frozenset({Step.INSTRUCTIONS}),
        replays=(Replay(),),
    )
    with pytest.raises(ValueError, match="veto"):
        replay_segment(recall, 0, veto, design=DESIGN)
    client = dataclasses.replace(recall, role=Role.CLIENT)
    assert replay_segment(client, 0, veto, design=DESIGN).replays[0].vetoed
    no_guess = dataclasses.replace(DESIGN, tasks={**DESIGN.tasks, Role.THERAPIST: (Task.RATE,)})
    with pytest.raises(ValueError, match="veto"):
        replay_segment(client, 0, veto, design=no_guess)


def test_steps_cannot_be_jumped_and_repeating_one_is_harmless() -> None:
    fresh = agree(Sitting(role=Role.CLIENT, task=Task.RATE), design=DESIGN)
    with pytest.raises(StepError, match="'check', got 'practice'") as caught:
        pass_step(fresh, Step.PRACTICE, design=DESIGN)
    assert caught.value.code == "step_out_of_order"
    with pytest.raises(StepError, match="'check', got 'rate'"):
        hand_in(fresh, design=DESIGN)
    checked = pass_step(fresh, Step.CHECK, design=DESIGN)
    assert pass_step(checked, Step.CHECK, design=DESIGN) == checked
    at_rate = Sitting(
        role=Role.CLIENT,
        task=Task.RATE,
        consent_version="1",
        passed=frozenset({Step.CHECK, Step.INSTRUCTIONS, Step.PRACTICE}),
    )
    with pytest.raises(StepError, match="pass rate"):
        pass_step(at_rate, Step.RATE, design=DESIGN)
    done = hand_in(at_rate, design=DESIGN)
    assert hand_in(done, design=DESIGN) == done


@given(st.sampled_from(Task), st.integers(0, 6), st.integers(0, 12))
def test_coming_back_another_day_finds_the_same_page(task: Task, segments: int, steps: int) -> None:
    sitting = Sitting(role=Role.THERAPIST, task=task, replays=(Replay(),) * (segments if task is Task.RECALL else 0))
    for _ in range(steps):
        if next_step(sitting, design=DESIGN).step is Step.DONE:
            break
        sitting = advance(sitting)
    stored = dataclasses.asdict(sitting)
    stored["replays"] = tuple(Replay(**replay) for replay in stored["replays"])
    assert next_step(Sitting(**stored), design=DESIGN) == next_step(sitting, design=DESIGN)


def test_a_sitting_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Sitting(role=Role.CLIENT, task=Task.RATE).handed_in = True  # type: ignore[misc]
