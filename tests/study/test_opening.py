import dataclasses

import pytest

from dialogram.study import Role, Task, shipped_design
from dialogram.study.assignment import ToldNumbers
from dialogram.study.opening import OpeningFacts, ReleaseFacts, may_hand_in, may_open, may_release, may_watch

DESIGN = shipped_design("helpfulness")
READY = OpeningFacts(
    role=Role.THERAPIST,
    consent_version="1",
    others_agreed=True,
    recording_confirmed=True,
    is_void=False,
    rate_finished=True,
    extremes_picked=True,
    recall_finished=True,
    guess_released=True,
)
BLOCKS = {
    "void": {"is_void": True},
    "recording_unconfirmed": {"recording_confirmed": False},
    "others_not_agreed": {"others_agreed": False},
    "consent_missing": {"consent_version": None},
    "rate_unfinished": {"rate_finished": False},
    "extremes_unpicked": {"extremes_picked": False},
    "recall_unfinished": {"recall_finished": False},
    "guess_unreleased": {"guess_released": False},
}
NEEDED = {
    Task.RATE: {"void", "recording_unconfirmed", "others_not_agreed"},
    Task.RECALL: set(BLOCKS) - {"recall_unfinished", "guess_unreleased"},
    Task.GUESS: set(BLOCKS) - {"extremes_unpicked"},
}


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("code", BLOCKS)
def test_a_task_opens_only_when_nothing_blocks_it(task: Task, code: str) -> None:
    assert may_open(task, READY, design=DESIGN)
    decision = may_open(task, dataclasses.replace(READY, **BLOCKS[code]), design=DESIGN)  # type: ignore[arg-type]
    assert decision.code == (code if code in NEEDED[task] else "allowed")


@pytest.mark.parametrize("task", Task)
def test_consent_to_another_version_is_no_consent(task: Task) -> None:
    facts = dataclasses.replace(READY, consent_version="0")
    assert may_open(task, facts, design=DESIGN).allowed == (task is Task.RATE)
    assert may_watch(facts, design=DESIGN).code == "consent_missing"


@pytest.mark.parametrize(("role", "task"), [(Role.CLIENT, Task.GUESS), *((Role.OBSERVER, task) for task in Task)])
def test_a_task_that_is_not_hers_never_opens(role: Role, task: Task) -> None:
    assert may_open(task, dataclasses.replace(READY, role=role), design=DESIGN).code == "not_in_design"


def test_opening_knows_nothing_of_anybody_else() -> None:
    own_or_staff = {"role", "consent_version", "others_agreed", "recording_confirmed", "is_void", "rate_finished"}
    own_or_staff |= {"extremes_picked", "recall_finished", "guess_released"}
    assert {field.name for field in dataclasses.fields(OpeningFacts)} == own_or_staff


def test_a_guess_without_a_recall_in_the_design_needs_none() -> None:
    design = dataclasses.replace(DESIGN, tasks={**DESIGN.tasks, Role.THERAPIST: (Task.RATE, Task.GUESS)})
    facts = dataclasses.replace(READY, recall_finished=False)
    assert may_open(Task.GUESS, facts, design=design)
    assert not may_open(Task.GUESS, facts, design=DESIGN)


RELEASE = ReleaseFacts(
    is_void=False,
    client_rate_finished=True,
    client_extremes_picked=True,
    client_recall_finished=True,
    client_agreed_to_clips=True,
    cards=6,
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "allowed"),
        ({"is_void": True}, "void"),
        ({"client_rate_finished": False}, "rate_unfinished"),
        ({"client_extremes_picked": False}, "extremes_unpicked"),
        ({"client_recall_finished": False}, "recall_unfinished"),
        ({"client_agreed_to_clips": False}, "clips_not_agreed"),
        ({"cards": 0}, "no_cards"),
    ],
)
def test_a_release_waits_for_the_client_and_her_agreement(change: dict[str, bool], code: str) -> None:
    assert may_release(dataclasses.replace(RELEASE, **change), design=DESIGN).code == code


def test_no_release_in_a_design_without_guess() -> None:
    design = dataclasses.replace(DESIGN, tasks={**DESIGN.tasks, Role.THERAPIST: (Task.RATE,)})
    assert may_release(RELEASE, design=design).code == "not_in_design"


@pytest.mark.parametrize(
    ("sides", "told", "code"),
    [
        ({"a": "helpful", "b": "hindering"}, ToldNumbers(helpful=1, hindering=1), "allowed"),
        ({"a": "helpful", "b": "helpful"}, ToldNumbers(helpful=1, hindering=1), "cards_unbalanced"),
        ({"a": "helpful", "b": "helpful"}, None, "allowed"),
        ({"a": "helpful"}, None, "cards_unsorted"),
        ({"a": "helpful", "c": "helpful"}, None, "cards_unknown"),
        ({"a": "helpful", "b": "both"}, None, "cards_unknown"),
    ],
)
def test_a_sorting_is_complete_and_keeps_the_numbers_told(
    sides: dict[str, str], told: ToldNumbers | None, code: str
) -> None:
    assert may_hand_in(sides, shown=frozenset("ab"), told=told).code == code
