"""Links into the room. The token is shown once, when it is made; only its hash is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.recordings import current_recording
from dialogram.server.records.models import Link, Participant, Session
from dialogram.server.records.models.sealed import keyring
from dialogram.study import Role, Task

TASKS = {
    Role.CLIENT: (Task.RATE, Task.RECALL),
    Role.THERAPIST: (Task.RATE, Task.RECALL, Task.GUESS),
    Role.OBSERVER: (Task.RATE,),
}


@dataclass(frozen=True)
class NewLink:
    """A link just made, with the only copy of its token."""

    link: Link
    token: str


@transaction.atomic
def make_link(
    *,
    participant_id: str,
    session_id: str,
    tasks: Sequence[Task],
    lifetime: timedelta,
    user_id: int,
    now: datetime,
    whole_course: bool = False,
) -> NewLink:
    """Open the room to one participant for some tasks on one session, or on each of the plan one after another."""
    participant = Participant.objects.get(pk=participant_id)
    session = Session.objects.select_related("dyad").get(pk=session_id)
    if not session.dyad.members.filter(participant=participant).exists():
        raise StudyError("not-in-dyad", "This participant does not belong to the session's dyad.")
    if not tasks or not set(tasks) <= set(TASKS[Role(participant.role)]):
        raise StudyError("tasks-wrong", "These are not tasks of this role.")
    recording = current_recording(session_id)
    if recording is None or recording.confirmed_at is None:
        raise StudyError("not-confirmed", "Look at the recording and confirm that it is theirs; then links can open.")
    if not session.others_agreed:
        raise StudyError("others-not-noted", "Note first how the others on the recording agreed that it is watched.")
    token = secrets.token_urlsafe(24)
    link = Link.objects.create(
        participant=participant,
        session=session,
        tasks=[str(task) for task in tasks],
        whole_course=whole_course,
        token_hash=_hash(token),
        created_by_id=user_id,
        created_at=now,
        expires_at=now + lifetime,
    )
    audit.append(
        participant.study_id,
        actor=audit.account_actor(user_id),
        action="link.made",
        subject=link.pk,
        now=now,
        details={
            "participant": participant.pk,
            "session": session.pk,
            "tasks": link.tasks,
            "whole_course": whole_course,
        },
    )
    return NewLink(link, token)


@transaction.atomic
def revoke_link(*, link_id: str, user_id: int, now: datetime) -> None:
    """Close a link for good."""
    link = Link.objects.select_related("participant").get(pk=link_id)
    if link.revoked_at is None:
        link.revoked_at = now
        link.save(update_fields=["revoked_at"])
        audit.append(
            link.participant.study_id,
            actor=audit.account_actor(user_id),
            action="link.revoked",
            subject=link.pk,
            now=now,
        )


def find_link(token: str, *, now: datetime) -> Link:
    """Return the link a token opens; the same answer for a wrong, an expired and a revoked one."""
    link = Link.objects.filter(token_hash=_hash(token)).first()
    if link is None or not is_open(link, now=now):
        raise NotFoundError
    return link


@transaction.atomic
def enter_by_link(*, token: str, now: datetime) -> Link:
    """Come in by a link; the first time is written down."""
    link = find_link(token, now=now)
    if link.first_used_at is None:
        link.first_used_at = now
        link.save(update_fields=["first_used_at"])
        audit.append(
            link.participant.study_id,
            actor=audit.participant_actor(link.participant_id),
            action="link.entered",
            subject=link.pk,
            now=now,
        )
    return link


def is_open(link: Link, *, now: datetime) -> bool:
    """Whether a link still lets somebody in."""
    return link.revoked_at is None and now < link.expires_at


def state_of(link: Link, *, now: datetime) -> str:
    """Say in a word how a link stands."""
    if is_open(link, now=now):
        return "used" if link.first_used_at else "open"
    return "revoked" if link.revoked_at else "expired"


def _hash(token: str) -> bytes:
    return hmac.new(keyring().key("links"), token.encode(), hashlib.sha256).digest()
