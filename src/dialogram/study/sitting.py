from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from dialogram.study.design import Design
from dialogram.study.task import Role, Task


class Step(StrEnum):
    """A page of a sitting."""

    CONSENT = "consent"
    CHECK = "check"
    INSTRUCTIONS = "instructions"
    DIAL = "dial"
    PRACTICE = "practice"
    RATE = "rate"
    SEGMENT = "segment"
    SORT = "sort"
    DEBRIEF = "debrief"
    DONE = "done"


class Moment(StrEnum):
    """What a participant says to "was this the moment?"."""

    YES = "yes"
    EARLIER = "earlier"
    LATER = "later"
    SLIP = "slip"


STEPS: Mapping[Task, tuple[Step, ...]] = {
    Task.RATE: (Step.CONSENT, Step.CHECK, Step.INSTRUCTIONS, Step.DIAL, Step.PRACTICE, Step.RATE, Step.DONE),
    Task.RECALL: (Step.CONSENT, Step.INSTRUCTIONS, Step.SEGMENT, Step.DONE),
    Task.GUESS: (Step.CONSENT, Step.INSTRUCTIONS, Step.SORT, Step.DEBRIEF, Step.DONE),
}
"""The way through each task. Consent is passed at once where it was given to the version in force."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What a participant has said so far about one replayed segment."""

    has_answer: bool = False
    moment: Moment | None = None
    skipped: bool = False
    vetoed: bool = False
    """Not to be shown to the therapist; says nothing about whether the segment is described."""
    left: bool = False
    """She went on to the next. Answers are saved while they are typed, so having one does not mean she is done."""

    @property
    def finished(self) -> bool:
        """Skipped, or described, placed in time and left."""
        return self.skipped or (self.has_answer and self.moment is not None and self.left)


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """Where a participant stands in one task: derived from stored facts, so that any day and any device will do."""

    role: Role
    task: Task
    consent_version: str | None = None
    """The version this participant has agreed to, on screen or on paper."""
    passed: frozenset[Step] = frozenset()
    handed_in: bool = False
    """The rating or the guess; or staff closed the sitting as partial."""
    replays: tuple[Replay, ...] = ()
    """Of a recall, in the order in which the segments are replayed."""


@dataclass(frozen=True)
class Position:
    """The page to show now; in a recall also which replay, counted from 0."""

    step: Step
    replay: int | None = None


class StepError(ValueError):
    """A participant's act that does not belong to the page she is on."""

    def __init__(self, act: str, *, expected: Step) -> None:
        self.code = "step_out_of_order"
        super().__init__(f"act: expected what belongs to the step {expected.value!r}, got {act!r}")


def next_step(sitting: Sitting, *, design: Design) -> Position:
    """Tell which page comes now.

    Examples
    --------
    >>> from dialogram.study.design import shipped_design
    >>> design = shipped_design("helpfulness")
    >>> next_step(Sitting(role=Role.CLIENT, task=Task.RATE), design=design).step.value
    'consent'
    >>> recall = Sitting(role=Role.CLIENT, task=Task.RECALL, consent_version="1", passed=frozenset({Step.INSTRUCTIONS}),
    ...                  replays=(Replay(skipped=True), Replay()))
    >>> next_step(recall, design=design)
    Position(step=<Step.SEGMENT: 'segment'>, replay=1)
    """
    step = next(step for step in STEPS[sitting.task] if not _is_behind(step, sitting, design))
    if step is not Step.SEGMENT:
        return Position(step)
    return Position(step, next(n for n, replay in enumerate(sitting.replays) if not replay.finished))


def _is_behind(step: Step, sitting: Sitting, design: Design) -> bool:
    if step is Step.DONE:
        return False
    if sitting.handed_in and step is not Step.DEBRIEF:
        return True
    not_needed = {
        Step.CONSENT: sitting.consent_version == design.consent_version,
        Step.INSTRUCTIONS: sitting.task is Task.RECALL and not sitting.replays,
        Step.DIAL: not design.rate.devices,
        Step.PRACTICE: not design.practice.asked,
        Step.SEGMENT: all(replay.finished for replay in sitting.replays),
    }
    return step in sitting.passed or not_needed.get(step, False)


def agree(sitting: Sitting, *, design: Design) -> Sitting:
    """Give consent to the version in force."""
    return replace(sitting, consent_version=design.consent_version)


def pass_step(sitting: Sitting, step: Step, *, design: Design) -> Sitting:
    """Leave a page that only has to be read or tried; leaving it twice is once.

    Raises
    ------
    StepError
        When it is not the page she is on, or one that is left by another act.
    """
    if step in sitting.passed:
        return sitting
    _expect(sitting, step, design=design)
    if step not in {Step.CHECK, Step.INSTRUCTIONS, Step.DIAL, Step.PRACTICE, Step.DEBRIEF}:
        raise StepError(f"pass {step.value}", expected=step)
    return replace(sitting, passed=sitting.passed | {step})


def hand_in(sitting: Sitting, *, design: Design) -> Sitting:
    """End a rating or a guess for good; twice is once.

    Whether the event log is whole and every card sorted is asked before (``capture``, :func:`may_hand_in`).

    Raises
    ------
    StepError
        When she has not come so far.
    """
    if sitting.handed_in:
        return sitting
    _expect(sitting, Step.SORT if sitting.task is Task.GUESS else Step.RATE, design=design)
    return replace(sitting, handed_in=True)


def replay_segment(sitting: Sitting, number: int, replay: Replay, *, design: Design) -> Sitting:
    """Keep what she says about a replayed segment; earlier ones may be changed until the recall is done.

    Raises
    ------
    StepError
        When that segment is not yet, or no longer, to be described.
    ValueError
        When a veto is the therapist's: it is the client's right alone.
    """
    at = next_step(sitting, design=design)
    if at.step is not Step.SEGMENT or at.replay is None or not 0 <= number <= at.replay:
        raise StepError(f"describe segment {number + 1}", expected=at.step)
    if replay.vetoed and not (sitting.role is Role.CLIENT and design.has_guess):
        raise ValueError(f"replay: expected a veto from a client whose therapist guesses, got one from {sitting.role}")
    return replace(sitting, replays=(*sitting.replays[:number], replay, *sitting.replays[number + 1 :]))


def _expect(sitting: Sitting, step: Step, *, design: Design) -> None:
    if (at := next_step(sitting, design=design).step) is not step:
        raise StepError(step.value, expected=at)
