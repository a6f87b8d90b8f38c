from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.models import Dyad, DyadMember, Membership, Participant
from dialogram.server.records.models.sealed import keyring, participant_key
from dialogram.server.records.validators import validate_code
from dialogram.study import Role


@transaction.atomic
def add_participant(
    *, study_id: str, role: Role, code: str, user_id: int, now: datetime, account_id: int | None = None
) -> Participant:
    """Add somebody under a lab code, with a random id and a key of their own."""
    _check_code(study_id, code)
    participant = Participant(study_id=study_id, role=role, code=code, account_id=account_id, created_at=now)
    keyring().create_key(participant_key(participant.pk))
    participant.save(force_insert=True)
    audit.append(
        study_id,
        actor=audit.account_actor(user_id),
        action="participant.added",
        subject=participant.pk,
        now=now,
        details={"role": role},
    )
    if account_id is not None:
        _write_down_account(participant, user_id=user_id, now=now)
    return participant


@transaction.atomic
def change_participant(
    *, participant_id: str, code: str, account_id: int | None, user_id: int, now: datetime
) -> Participant:
    """Change somebody's code, or which desk account is the same person; nobody lets go of their own."""
    participant = Participant.objects.select_for_update().get(pk=participant_id)
    if code != participant.code:
        _check_code(participant.study_id, code)
        participant.code = code
        audit.append(
            participant.study_id,
            actor=audit.account_actor(user_id),
            action="participant.code-changed",
            subject=participant.pk,
            now=now,
        )
    if account_id != participant.account_id:
        if participant.account_id == user_id:
            raise StudyError("account-self", "This is your own account. Somebody else must change this for you.")
        if account_id is not None and not _is_member(participant.study_id, account_id):
            raise StudyError("account-wrong", "This account does not belong to the study.")
        participant.account_id = account_id
        _write_down_account(participant, user_id=user_id, now=now)
    participant.save(update_fields=["code", "account"])
    return participant


@transaction.atomic
def add_dyad(*, study_id: str, participant_ids: Sequence[str], user_id: int, now: datetime) -> Dyad:
    """Bring a client and a therapist together, with any observers of theirs."""
    people = list(Participant.objects.filter(study_id=study_id, pk__in=participant_ids))
    roles = sorted(person.role for person in people if person.role != Role.OBSERVER)
    if len(people) != len(set(participant_ids)) or roles != [Role.CLIENT, Role.THERAPIST]:
        raise StudyError("dyad-people", "A dyad is one client and one therapist of this study.")
    client, therapist = (next(p for p in people if p.role == role) for role in (Role.CLIENT, Role.THERAPIST))
    if Dyad.objects.filter(study_id=study_id, members__participant=client).filter(members__participant=therapist):
        raise StudyError("dyad-taken", f"{client.code} and {therapist.code} are already a dyad.")
    dyad = Dyad.objects.create(study_id=study_id, created_at=now)
    for person in people:
        DyadMember.objects.create(dyad=dyad, participant=person, role=person.role)
    audit.append(study_id, actor=audit.account_actor(user_id), action="dyad.added", subject=dyad.pk, now=now)
    return dyad


def _check_code(study_id: str, code: str) -> None:
    try:
        validate_code(code)
    except ValidationError as error:
        raise StudyError("code-wrong", error.messages[0]) from error
    if Participant.objects.filter(study_id=study_id, code=code).exists():
        raise StudyError("code-taken", f"There is already somebody with the code {code} in this study.")


def _is_member(study_id: str, account_id: int) -> bool:
    return Membership.objects.filter(study_id=study_id, user_id=account_id).exists()


def _write_down_account(participant: Participant, *, user_id: int, now: datetime) -> None:
    account_id = participant.account_id
    audit.append(
        participant.study_id,
        actor=audit.account_actor(user_id),
        action="participant.account-changed",
        subject=participant.pk,
        now=now,
        details={"account": None if account_id is None else audit.account_actor(account_id)},
    )
