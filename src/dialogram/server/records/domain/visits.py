"""Where a participant stands: the tasks of her link, and the page that comes now; derived from stored facts."""

from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom

from dialogram.server.records.domain.consents import consent_of
from dialogram.server.records.domain.guesses import start_guess
from dialogram.server.records.domain.recalls import said_of, start_recall
from dialogram.server.records.domain.recordings import current_recording
from dialogram.server.records.domain.sittings import finish_step, finish_task, open_sitting
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.enums import RecordingState, SittingState
from dialogram.server.records.models import Description, Link, Sitting
from dialogram.server.records.queries.releases import release_of
from dialogram.study import Design, Role, Task
from dialogram.study.opening import OpeningFacts, may_open
from dialogram.study.sitting import Position, Replay, Step, next_step, pass_step
from dialogram.study.sitting import Sitting as Standing


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a participant meets now: a sitting and the page of it."""

    design: Design
    sitting: Sitting
    position: Position


def present_visit(link: Link, *, now: datetime) -> Visit | None:
    """Return the page that comes now, opening the task it belongs to; None when there is nothing (more) to do."""
    design = design_of(link.participant.study)
    for task in (Task(name) for name in link.tasks):
        if not may_open(task, opening_facts(link), design=design):
            return None
        sitting = open_sitting(link=link, task=task, now=now)
        if task is Task.RECALL:
            start_recall(sitting_id=sitting.pk, rng=SystemRandom(), now=now)
        elif task is Task.GUESS:
            start_guess(sitting_id=sitting.pk)
        position = next_step(standing(sitting), design=design)
        if task is Task.RECALL and position.step is Step.DONE and sitting.state == SittingState.OPEN:
            finish_task(sitting_id=sitting.pk, now=now)
        if position.step is not Step.DONE:
            return Visit(design=design, sitting=sitting, position=position)
    return None


def opening_facts(link: Link) -> OpeningFacts:
    """Collect what decides whether a task may open: the participant's own doing and acts of staff, nothing else."""
    recording = current_recording(link.session_id)
    own = {
        sitting.task: sitting for sitting in Sitting.objects.filter(participant=link.participant, recording=recording)
    }
    closed = {task for task, sitting in own.items() if sitting.state != SittingState.OPEN}
    consent = consent_of(participant_id=link.participant_id, session_id=link.session_id)
    return OpeningFacts(
        role=Role(link.participant.role),
        consent_version=consent.version if consent else None,
        others_agreed=bool(link.session.others_agreed),
        recording_confirmed=recording is not None and recording.confirmed_at is not None,
        is_void=recording is None or recording.state != RecordingState.READY,
        rate_finished=Task.RATE in closed,
        extremes_picked=Task.RATE in closed,
        recall_finished=Task.RECALL in closed,
        guess_released=release_of(link.session_id) is not None,
    )


def standing(sitting: Sitting) -> Standing:
    """Describe a stored sitting to the state machine."""
    consent = consent_of(participant_id=sitting.participant_id, session_id=sitting.recording.session_id)
    replays: tuple[Replay, ...] = ()
    if sitting.task == Task.RECALL:
        rows = Description.objects.select_related("sitting").filter(sitting=sitting).order_by("position")
        replays = tuple(said_of(row).as_replay() for row in rows)
    return Standing(
        role=Role(sitting.participant.role),
        task=Task(sitting.task),
        consent_version=consent.version if consent else None,
        passed=frozenset(Step(step) for step in sitting.steps_done),
        handed_in=sitting.state != SittingState.OPEN,
        replays=replays,
    )


def leave_step(visit: Visit, step: Step) -> None:
    """Leave a page that only has to be read or tried; `StepError` when it is not the page that comes now."""
    pass_step(standing(visit.sitting), step, design=visit.design)
    finish_step(sitting_id=visit.sitting.pk, step=step)
