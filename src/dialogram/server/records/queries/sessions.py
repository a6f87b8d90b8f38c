"""The study at a glance: one row for every session, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count, Prefetch, Q

from dialogram.server.records.enums import JobState, RecordingState, SittingState
from dialogram.server.records.models import (
    Consent,
    DyadMember,
    GuessRelease,
    Job,
    Link,
    Membership,
    Recording,
    Session,
    Sitting,
)
from dialogram.server.records.queries.access import desk_facts, viewer_of
from dialogram.study import Design, Role, Task
from dialogram.study.blinding import Thing, may_see
from dialogram.study.sampling import Course, due_sittings, plan_course

STILL_THERE = timedelta(seconds=30)
"""A page says each second that it is there; after this long without a word it is gone."""

MARKS = {
    "missing": "todo",
    "unplanned": "todo",
    "uploading": "now",
    "importing": "now",
    "failed": "look",
    "to-confirm": "look",
    "confirmed": "done",
    "todo": "todo",
    "linked": "todo",
    "waiting-for-release": "todo",
    "releasable": "look",
    "no-clips": "todo",
    "released": "todo",
    "under-way": "now",
    "begun": "now",
    "stopped": "look",
    "finished": "done",
    "partial": "look",
    "locked": "todo",
    "ready": "done",
}
"""For every state, whether it is done, going on now, still to do, or wants a look."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One thing of a session and how it stands; `mark` is done, now, todo or look."""

    state: str
    role: Role | None = None
    task: Task | None = None
    sitting: Sitting | None = None
    link_until: datetime | None = None
    described: int = 0
    segments: int = 0
    progress: float | None = None
    left_s: float | None = None

    @property
    def mark(self) -> str:
        """Which of the four signs stands before it."""
        return MARKS[self.state]


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A session with everything that belongs to it, as far as the desk may know."""

    id: str
    number: int
    held_on: date | None
    dyad_id: str
    codes: Mapping[Role, str]
    others_agreed: bool
    recording: Recording | None
    recording_cell: Cell
    place: tuple[int, int] | None
    """The how manieth of how many sessions of the plan; None outside it."""
    due: frozenset[tuple[Role, Task]]
    """What its people have to do next."""
    tasks: Sequence[Cell]
    results: Cell

    def cell(self, role: Role, task: Task) -> Cell:
        """Return how a role's task stands."""
        return next(cell for cell in self.tasks if (cell.role, cell.task) == (role, task))


@dataclass(frozen=True)
class NextAction:
    """The most useful thing to do now; the page finds the words for its code."""

    code: str
    row: SessionRow | None = None
    role: Role | None = None
    task: Task | None = None


def columns_of(design: Design) -> list[tuple[Role, Task]]:
    """Return the tasks of a design as the table's columns: the client's, then the therapist's."""
    return [(role, task) for role in (Role.CLIENT, Role.THERAPIST) for task in design.tasks[role]]


def sessions_at_a_glance(
    membership: Membership,
    *,
    design: Design,
    hidden_dyads: Iterable[str],
    now: datetime,
    session_id: str | None = None,
) -> list[SessionRow]:
    """Compose the rows of a study's sessions, or of one of them; a dyad's lie together, in order of number."""
    sessions = list(
        Session.objects.filter(dyad__study_id=membership.study_id, **({"pk": session_id} if session_id else {}))
        .exclude(dyad_id__in=list(hidden_dyads))
        .select_related("dyad")
        .prefetch_related(
            Prefetch("dyad__members", DyadMember.objects.select_related("participant")),
            Prefetch("consents", Consent.objects.filter(version=design.consent_version, clips_agreed=True)),
            Prefetch(
                "recordings",
                Recording.objects.exclude(state=RecordingState.VOID)
                .select_related("unblinding")
                .order_by("created_at"),
            ),
            Prefetch("guess_releases", GuessRelease.objects.exclude(about__recording__state=RecordingState.VOID)),
        )
    )
    recordings = {session.pk: recording for session in sessions for recording in session.recordings.all()}
    sittings: dict[str, dict[tuple[str, Task], Sitting]] = defaultdict(dict)
    for sitting in Sitting.objects.filter(recording__in=recordings.values()).annotate(
        segments=Count("descriptions"), described=Count("descriptions", filter=Q(descriptions__saved_at__isnull=False))
    ):
        sittings[sitting.recording_id][sitting.participant_id, Task(sitting.task)] = sitting
    courses = _courses(membership.study_id, design)
    links = _links(sessions, courses, now=now)
    importing = [one.pk for one in recordings.values() if one.state == RecordingState.IMPORTING]
    jobs = {job.subject: job for job in Job.objects.filter(subject__in=importing)} if importing else {}
    rows = []
    for session in sessions:
        recording = recordings.get(session.pk)
        recording_cell = _recording_cell(recording, jobs.get(recording.pk) if recording else None, now=now)
        own = sittings[recording.pk] if recording else {}
        members = {Role(member.role): member.participant for member in session.dyad.members.all()}
        shows_clips = Role.CLIENT in members and members[Role.CLIENT].pk in {
            consent.participant_id for consent in session.consents.all()
        }
        place = courses[session.dyad_id].place_of(session.number)
        cells: dict[tuple[Role, Task], Cell] = {}
        for role, task in columns_of(design):
            person = members[role].pk if role in members else ""
            cell = _task_cell(role, task, own.get((person, task)), links.get((session.pk, person, task)), now=now)
            if task is Task.GUESS and cell.state in {"todo", "linked"}:
                cell = _unbegun_guess(session, cell, cells, shows_clips=shows_clips)
            if place is None and cell.state == "todo":
                cell = replace(cell, state="unplanned")
            cells[role, task] = cell
        watchable = recording_cell.state == "confirmed" and bool(session.others_agreed)
        done = {session.number: {key for key, cell in cells.items() if is_closed(cell)}} if watchable else {}
        rows.append(
            SessionRow(
                id=session.pk,
                number=session.number,
                held_on=session.held_on,
                dyad_id=session.dyad_id,
                codes={role: person.code for role, person in members.items()},
                others_agreed=bool(session.others_agreed),
                recording=recording,
                recording_cell=recording_cell,
                place=place,
                due=frozenset(
                    (sitting.role, sitting.task)
                    for sitting in due_sittings(design.sampling, tasks=design.tasks, done=done)
                ),
                tasks=list(cells.values()),
                results=_results_cell(session, cells, membership=membership, design=design),
            )
        )
    return sorted(rows, key=lambda row: (row.codes.get(Role.CLIENT, ""), row.codes.get(Role.THERAPIST, ""), row.number))


def _courses(study_id: str, design: Design) -> Mapping[str, Course]:
    held: dict[str, list[int]] = defaultdict(list)
    for dyad_id, number in Session.objects.filter(dyad__study_id=study_id).values_list("dyad_id", "number"):
        held[dyad_id].append(number)
    return {dyad_id: plan_course(design.sampling, held=numbers) for dyad_id, numbers in held.items()}


def _links(
    sessions: Sequence[Session], courses: Mapping[str, Course], *, now: datetime
) -> Mapping[tuple[str, str, Task], datetime]:
    """Return until when a link is open, for each session, participant and task it leads to."""
    found: dict[tuple[str, str, Task], datetime] = {}
    dyads = {session.dyad_id for session in sessions}
    valid = Link.objects.filter(session__dyad__in=dyads, revoked_at=None, expires_at__gt=now)
    for link in valid.select_related("session").order_by("expires_at"):
        led_to = [
            session.pk
            for session in sessions
            if session.pk == link.session_id
            or (
                link.whole_course
                and session.dyad_id == link.session.dyad_id
                and session.number in courses[session.dyad_id].held
            )
        ]
        found |= {(pk, link.participant_id, Task(task)): link.expires_at for pk in led_to for task in link.tasks}
    return found


def _recording_cell(recording: Recording | None, job: Job | None, *, now: datetime) -> Cell:
    if recording is None:
        return Cell(state="missing")
    if recording.state == RecordingState.READY:
        return Cell(state="confirmed" if recording.confirmed_at else "to-confirm")
    if recording.state == RecordingState.IMPORTING and job is not None:
        return Cell(state="importing", progress=job.progress, left_s=time_left_s(job, now=now))
    return Cell(state=str(recording.state))


def time_left_s(job: Job, *, now: datetime) -> float | None:
    """Estimate how long a running job still takes, from how far it came; None before there is anything to go by."""
    if job.state != JobState.RUNNING or job.started_at is None or job.progress < 0.03:
        return None
    return (now - job.started_at).total_seconds() * (1 - job.progress) / job.progress


def _task_cell(role: Role, task: Task, sitting: Sitting | None, link_until: datetime | None, *, now: datetime) -> Cell:
    if sitting is None:
        return Cell(state="linked" if link_until else "todo", role=role, task=task, link_until=link_until)
    if sitting.state != SittingState.OPEN:
        state = str(sitting.state)
    elif sitting.stopped_at is not None:
        state = "stopped"
    else:
        is_there = sitting.last_seen_at is not None and now - sitting.last_seen_at < STILL_THERE
        state = "under-way" if is_there else "begun"
    return Cell(
        state=state,
        role=role,
        task=task,
        sitting=sitting,
        link_until=link_until,
        described=getattr(sitting, "described", 0),
        segments=getattr(sitting, "segments", 0),
    )


def _unbegun_guess(session: Session, cell: Cell, cells: Mapping[tuple[Role, Task], Cell], *, shows_clips: bool) -> Cell:
    """Say of a guess nobody has begun whether it is released, could be, or has to wait for the client."""
    if session.guess_releases.all():
        state = "released"
    elif all(is_closed(one) for (role, _), one in cells.items() if role is Role.CLIENT):
        state = "releasable" if shows_clips else "no-clips"
    else:
        state = "waiting-for-release"
    return Cell(state=state, role=cell.role, task=cell.task, link_until=cell.link_until)


def _results_cell(
    session: Session, cells: Mapping[tuple[Role, Task], Cell], *, membership: Membership, design: Design
) -> Cell:
    if not all(is_closed(cell) for (_, task), cell in cells.items() if task is Task.RATE):
        return Cell(state="todo")
    guess = cells.get((Role.THERAPIST, Task.GUESS))
    facts = desk_facts(
        membership,
        takes_part=False,
        is_void=False,
        guess_planned=design.has_guess,
        guess_released=bool(session.guess_releases.all()),
        guess_in=guess is not None and is_closed(guess),
        is_unblinded=any(hasattr(recording, "unblinding") for recording in session.recordings.all()),
    )
    return Cell(state="ready" if may_see(viewer_of(membership), Thing.RESULTS, facts) else "locked")


def is_closed(cell: Cell) -> bool:
    """Whether a sitting is handed in, or closed by staff."""
    return cell.state in {"finished", "partial"}


def next_action(rows: Sequence[SessionRow], *, has_people: bool, has_dyads: bool) -> NextAction:
    """Choose the most useful thing to do: a person in need first, then what keeps others waiting."""
    return next(_wanted(rows, has_people=has_people, has_dyads=has_dyads))


def _wanted(rows: Sequence[SessionRow], *, has_people: bool, has_dyads: bool) -> Iterator[NextAction]:
    every = [(row, cell) for row in rows for cell in row.tasks]
    yield from (NextAction("stopped", row, cell.role) for row, cell in every if cell.state == "stopped")
    for code, applies in _WANTED.items():
        yield from (NextAction(code, row) for row in rows if applies(row))
    yield from (NextAction("invite", row, cell.role, cell.task) for row in rows for cell in _without_a_way_in(row))
    if not has_people:
        yield NextAction("add-people")
    if not has_dyads:
        yield NextAction("add-dyad")
    if not rows:
        yield NextAction("add-session")
    yield from (NextAction("read-results", row) for row in reversed(rows) if row.results.state == "ready")
    yield NextAction("nothing")


def _without_a_way_in(row: SessionRow) -> Iterator[Cell]:
    """Give what is due of each person, if no link leads to it (any more)."""
    for cell in row.tasks:
        if (
            (cell.role, cell.task) in row.due
            and cell.state in {"todo", "released", "begun"}
            and cell.link_until is None
        ):
            yield cell


_WANTED: Mapping[str, Callable[[SessionRow], bool]] = {
    "recording-failed": lambda row: row.recording_cell.state == "failed",
    "confirm": lambda row: row.recording_cell.state == "to-confirm",
    "release": lambda row: any(cell.state == "releasable" for cell in row.tasks),
    "upload": lambda row: row.recording_cell.state == "missing" and row.place is not None,
    "others": lambda row: row.recording_cell.state == "confirmed" and not row.others_agreed,
}
