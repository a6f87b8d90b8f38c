"""Where a participant stands: the tasks of her link, and the page that comes now; derived from stored facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom

from django.db.models import Q, QuerySet

from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.consents import consent_of
from dialogram.server.records.domain.guesses import start_guess
from dialogram.server.records.domain.recalls import said_of, start_recall
from dialogram.server.records.domain.recordings import current_recording
from dialogram.server.records.domain.sittings import begin_sitting, finish_step, finish_task
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.enums import RecordingState, SittingState
from dialogram.server.records.models import Description, Link, Participant, Session, Sitting
from dialogram.server.records.queries.releases import release_of
from dialogram.study import Design, Role, Task
from dialogram.study.opening import OpeningFacts, may_open
from dialogram.study.sampling import Course, plan_course
from dialogram.study.sitting import Position, Replay, Sitting as Standing, Step, next_step, pass_step


@dataclass(frozen=True)
class Progress:
    """Which session of how many of the plan it is; between sessions, how many are done."""

    place: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a participant meets now: a sitting and the page of it."""

    design: Design
    sitting: Sitting
    position: Position
    progress: Progress | None = None
    """Where a link leads through a course."""


def present_visit(link: Link, *, now: datetime) -> Visit | None:
    """Return the page that comes now, opening the task it belongs to; None when there is nothing (more) to do."""
    return next((visit for session in sessions_of(link) if (visit := _visit_session(link, session, now=now))), None)


def sessions_of(link: Link) -> Sequence[Session]:
    """Return the sessions a link leads to: its own, or those of the plan that there are, in order."""
    if not link.whole_course:
        return [link.session]
    held = {session.number: session for session in Session.objects.filter(dyad_id=link.session.dyad_id)}
    return [held[number] for number in _course_of(link, held).held]


def progress_of(link: Link) -> Progress | None:
    """Return how many sessions of the plan lie behind the participant; None for a link to one session."""
    if not link.whole_course:
        return None
    sessions = sessions_of(link)
    done = _handed_in(link, sessions).filter(task=link.tasks[-1])
    course = _course_of(link, [session.number for session in sessions])
    return Progress(done.values("recording__session").distinct().count(), len(course.planned))


def has_answered(link: Link) -> bool:
    """Whether anything was handed in on the link's sessions, about a recording that is in use."""
    return _handed_in(link, sessions_of(link)).exists()


def was_made_void(link: Link) -> bool:
    """Whether a recording of the link's sessions was made void and no other took its place."""
    return any(current_recording(session.pk) is None and session.recordings.exists() for session in sessions_of(link))


def _handed_in(link: Link, sessions: Sequence[Session]) -> QuerySet[Sitting]:
    """Return what is closed, be it by the participant or by staff."""
    return Sitting.objects.filter(participant=link.participant, recording__session__in=sessions).exclude(
        Q(state=SittingState.OPEN) | Q(recording__state=RecordingState.VOID)
    )


def _course_of(link: Link, held: Iterable[int]) -> Course:
    return plan_course(design_of(link.participant.study).sampling, held=held)


def _visit_session(link: Link, session: Session, *, now: datetime) -> Visit | None:
    design = design_of(link.participant.study)
    for task in (Task(name) for name in link.tasks):
        facts = opening_facts(participant=link.participant, session=session)
        if not may_open(task, facts, design=design):
            return None
        actor = participant_actor(link.participant_id)
        sitting = begin_sitting(participant=link.participant, session_id=session.pk, task=task, actor=actor, now=now)
        if task is Task.RECALL:
            start_recall(sitting_id=sitting.pk, rng=SystemRandom(), now=now)
        elif task is Task.GUESS:
            start_guess(sitting_id=sitting.pk)
        position = next_step(standing(sitting), design=design)
        if task is Task.RECALL and position.step is Step.DONE and sitting.state == SittingState.OPEN:
            finish_task(sitting_id=sitting.pk, now=now)
        if position.step is not Step.DONE:
            return Visit(design=design, sitting=sitting, position=position, progress=_place_of(link, session))
    return None


def _place_of(link: Link, session: Session) -> Progress | None:
    if not link.whole_course:
        return None
    place = _course_of(link, [one.number for one in sessions_of(link)]).place_of(session.number)
    return None if place is None else Progress(*place)


def opening_facts(*, participant: Participant, session: Session) -> OpeningFacts:
    """Collect what decides whether a task may open: the participant's own doing and acts of staff, nothing else."""
    recording = current_recording(session.pk)
    own = {sitting.task: sitting for sitting in Sitting.objects.filter(participant=participant, recording=recording)}
    closed = {task for task, sitting in own.items() if sitting.state != SittingState.OPEN}
    consent = consent_of(participant_id=participant.pk, session_id=session.pk)
    return OpeningFacts(
        role=Role(participant.role),
        consent_version=consent.version if consent else None,
        others_agreed=bool(session.others_agreed),
        recording_confirmed=recording is not None and recording.confirmed_at is not None,
        is_void=recording is None or recording.state != RecordingState.READY,
        rate_finished=Task.RATE in closed,
        extremes_picked=Task.RATE in closed,
        recall_finished=Task.RECALL in closed,
        guess_released=release_of(session.pk) is not None,
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
