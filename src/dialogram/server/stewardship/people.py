"""People across both databases: who a participant is. Records come first; `find_orphans` finds what a crash left."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dialogram.server.identity.models import Person
from dialogram.server.records.domain import audit
from dialogram.server.records.domain.people import add_participant, change_participant
from dialogram.server.records.models import Participant
from dialogram.study import Role

MOST_NAME = 200
MOST_CONTACT = 500


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Name and contact of a participant, as far as the study knows them."""

    name: str = ""
    contact: str = ""


def add_person(
    *,
    study_id: str,
    role: Role,
    code: str,
    identity: Identity,
    user_id: int,
    now: datetime,
    account_id: int | None = None,
) -> Participant:
    """Add a participant to the study, then keep who it is in the other database, where anything is known."""
    participant = add_participant(
        study_id=study_id, role=role, code=code, user_id=user_id, now=now, account_id=account_id
    )
    if identity.name or identity.contact:
        _keep(participant, identity)
    return participant


@transaction.atomic
def read_person(*, participant: Participant, user_id: int, now: datetime) -> Identity:
    """Look up who a participant is; every look is written down."""
    audit.append(
        participant.study_id,
        actor=audit.account_actor(user_id),
        action="identity.read",
        subject=participant.pk,
        now=now,
    )
    return _known(participant)


def change_person(
    *,
    participant: Participant,
    code: str,
    account_id: int | None,
    identity: Identity,
    user_id: int,
    now: datetime,
) -> None:
    """Change who a participant is; of name and contact the trail says that they were changed, not to what."""
    is_new = identity != _known(participant)
    with transaction.atomic():
        change_participant(participant_id=participant.pk, code=code, account_id=account_id, user_id=user_id, now=now)
        if is_new:
            audit.append(
                participant.study_id,
                actor=audit.account_actor(user_id),
                action="identity.changed",
                subject=participant.pk,
                now=now,
            )
    if is_new:
        _keep(participant, identity)


def find_orphans() -> list[str]:
    """Return the ids under which a name is kept for a participant whom the records do not know."""
    known = set(Participant.objects.values_list("pk", flat=True))
    return sorted(set(Person.objects.values_list("pk", flat=True)) - known)


def _known(participant: Participant) -> Identity:
    person = Person.objects.filter(pk=participant.pk).first()
    return Identity(name=person.name, contact=person.contact) if person else Identity()


def _keep(participant: Participant, identity: Identity) -> None:
    Person.objects.update_or_create(
        pk=participant.pk,
        defaults={"name": identity.name[:MOST_NAME], "contact": identity.contact[:MOST_CONTACT]},
    )
