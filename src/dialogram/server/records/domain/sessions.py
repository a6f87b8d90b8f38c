from datetime import date, datetime, timedelta

from django.db import transaction

from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.models import Deviation, Dyad, Session

EARLIEST_ZONE = timedelta(hours=14)
"""How far ahead of UTC it can be today where the study is."""


@transaction.atomic
def add_session(*, dyad_id: str, number: int, held_on: date | None, user_id: int, now: datetime) -> Session:
    """Add a meeting of a dyad, numbered in the course of therapy."""
    dyad = Dyad.objects.get(pk=dyad_id)
    _check(Session(dyad=dyad), number, held_on, now)
    session = Session.objects.create(dyad=dyad, number=number, held_on=held_on, created_at=now)
    audit.append(
        dyad.study_id,
        actor=audit.account_actor(user_id),
        action="session.added",
        subject=session.pk,
        now=now,
        details={"number": number},
    )
    return session


@transaction.atomic
def change_session(*, session_id: str, number: int, held_on: date | None, user_id: int, now: datetime) -> Session:
    """Put a session's number or date right."""
    session = Session.objects.select_for_update().select_related("dyad").get(pk=session_id)
    if (number, held_on) == (session.number, session.held_on):
        return session
    _check(session, number, held_on, now)
    before = session.number
    session.number, session.held_on = number, held_on
    session.save(update_fields=["number", "held_on"])
    audit.append(
        session.dyad.study_id,
        actor=audit.account_actor(user_id),
        action="session.changed",
        subject=session.pk,
        now=now,
        details={"number_before": before, "number": number},
    )
    return session


@transaction.atomic
def note_others_agreed(*, session_id: str, note: str, user_id: int, now: datetime) -> Session:
    """Write down how the other people on the recording agreed that it is watched."""
    if not note.strip():
        raise StudyError("agreement-missing", "Say how the others on the recording agreed.")
    session = Session.objects.select_related("dyad").get(pk=session_id)
    session.others_agreed = note.strip()
    session.save(update_fields=["others_agreed"])
    audit.append(
        session.dyad.study_id,
        actor=audit.account_actor(user_id),
        action="session.others-agreed",
        subject=session.pk,
        now=now,
    )
    return session


@transaction.atomic
def note_deviation(*, session_id: str, text: str, user_id: int, now: datetime) -> Deviation:
    """Write down that something went otherwise than the protocol says."""
    if not text.strip():
        raise StudyError("deviation-empty", "Say what went otherwise.")
    session = Session.objects.select_related("dyad").get(pk=session_id)
    deviation = Deviation.objects.create(session=session, text=text.strip(), noted_by_id=user_id, noted_at=now)
    audit.append(
        session.dyad.study_id,
        actor=audit.account_actor(user_id),
        action="session.deviation-noted",
        subject=session.pk,
        now=now,
    )
    return deviation


def _check(session: Session, number: int, held_on: date | None, now: datetime) -> None:
    if number < 1:
        raise StudyError("session-number", "Sessions are counted from 1.")
    if held_on is not None and held_on > (now + EARLIEST_ZONE).date():
        raise StudyError("session-date", "The session's date lies in the future.")
    if Session.objects.filter(dyad=session.dyad, number=number).exclude(pk=session.pk).exists():
        raise StudyError("session-taken", f"This dyad already has a session {number}.")
