"""Who of the desk belongs to a study."""

from datetime import datetime

from django.db import transaction

from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.people import change_participant
from dialogram.server.records.enums import MemberRole
from dialogram.server.records.models import Membership, Participant


@transaction.atomic
def add_member(
    *,
    study_id: str,
    account_id: int,
    role: MemberRole,
    deals_with_therapists: bool,
    user_id: int,
    now: datetime,
    participant: Participant | None = None,
) -> Membership:
    """Let a desk account into a study, and say which participant of it is the same person, if any."""
    if Membership.objects.filter(study_id=study_id, user_id=account_id).exists():
        raise StudyError("member-already", "This account belongs to the study already.")
    membership = Membership.objects.create(
        study_id=study_id, user_id=account_id, role=role, deals_with_therapists=deals_with_therapists
    )
    _write_down("member.added", membership, user_id=user_id, now=now)
    if participant is not None:
        change_participant(
            participant_id=participant.pk, code=participant.code, account_id=account_id, user_id=user_id, now=now
        )
    return membership


@transaction.atomic
def change_member(
    *, study_id: str, account_id: int, role: MemberRole, deals_with_therapists: bool, user_id: int, now: datetime
) -> Membership:
    """Change what an account may do in a study; for oneself only towards seeing less."""
    membership = _member(study_id, account_id)
    opens = membership.deals_with_therapists and not deals_with_therapists
    if account_id == user_id and (role != membership.role or opens):
        raise StudyError("member-self", "Somebody else must change this for you.")
    membership.role, membership.deals_with_therapists = role, deals_with_therapists
    membership.save(update_fields=["role", "deals_with_therapists"])
    _write_down("member.changed", membership, user_id=user_id, now=now)
    return membership


@transaction.atomic
def remove_member(*, study_id: str, account_id: int, user_id: int, now: datetime) -> None:
    """Take an account out of a study; nobody takes themselves out."""
    membership = _member(study_id, account_id)
    if account_id == user_id:
        raise StudyError("member-self", "Somebody else must take you out of the study.")
    _write_down("member.removed", membership, user_id=user_id, now=now)
    membership.delete()


def _member(study_id: str, account_id: int) -> Membership:
    membership = Membership.objects.select_for_update().filter(study_id=study_id, user_id=account_id).first()
    if membership is None:
        raise NotFoundError
    return membership


def _write_down(action: str, membership: Membership, *, user_id: int, now: datetime) -> None:
    audit.append(
        membership.study_id,
        actor=audit.account_actor(user_id),
        action=action,
        subject=audit.account_actor(membership.user_id),
        now=now,
        details={"role": membership.role, "deals_with_therapists": membership.deals_with_therapists},
    )
