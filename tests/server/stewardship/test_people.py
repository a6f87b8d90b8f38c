import pytest
from django.utils import timezone
from tests.server.factories import World, build_world

from dialogram.server.identity.models import Person
from dialogram.server.records.domain.audit import verify
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.models import AuditEntry, Participant
from dialogram.server.stewardship.people import Identity, add_person, change_person, find_orphans, read_person
from dialogram.study import Role

pytestmark = pytest.mark.django_db(databases=["default", "identity"])

NAME, CONTACT = "Zofia Quellwasser", "zofia@example.org"


def name_client(world: World) -> None:
    change_person(
        participant=world.client,
        code=world.client.code,
        account_id=None,
        identity=Identity(name=NAME),
        user_id=world.owner.pk,
        now=timezone.now(),
    )


def test_a_name_goes_to_the_identity_database_and_nowhere_else() -> None:
    world = build_world()
    participant = add_person(
        study_id=world.study.pk,
        role=Role.CLIENT,
        code="K9",
        identity=Identity(name=NAME, contact=CONTACT),
        user_id=world.owner.pk,
        now=timezone.now(),
    )

    assert Person.objects.using("identity").get(pk=participant.pk).name == NAME
    trail = " ".join(str(entry.details) + entry.subject for entry in AuditEntry.objects.all())
    assert NAME not in trail
    known = read_person(participant=participant, user_id=world.owner.pk, now=timezone.now())
    assert known == Identity(name=NAME, contact=CONTACT)


def test_nothing_is_kept_where_nothing_is_known() -> None:
    world = build_world()
    participant = add_person(
        study_id=world.study.pk,
        role=Role.CLIENT,
        code="K9",
        identity=Identity(),
        user_id=world.owner.pk,
        now=timezone.now(),
    )

    assert not Person.objects.exists()
    assert read_person(participant=participant, user_id=world.owner.pk, now=timezone.now()) == Identity()


def test_a_refused_participant_leaves_no_name() -> None:
    world = build_world()
    with pytest.raises(StudyError):
        add_person(
            study_id=world.study.pk,
            role=Role.CLIENT,
            code="K7",
            identity=Identity(name=NAME),
            user_id=world.owner.pk,
            now=timezone.now(),
        )

    assert not Person.objects.exists()


def test_each_look_and_each_change_is_in_the_trail() -> None:
    world = build_world()
    read_person(participant=world.client, user_id=world.owner.pk, now=timezone.now())
    name_client(world)

    actions = AuditEntry.objects.filter(subject=world.client.pk).values_list("action", flat=True)
    assert {"identity.read", "identity.changed"} <= set(actions)
    assert not {"participant.code-changed", "participant.account-changed"} & set(actions)
    assert verify(world.study.pk) == []


def test_a_name_without_a_participant_is_found() -> None:
    world = build_world()
    name_client(world)
    assert find_orphans() == []

    Person.objects.create(participant_id="f" * 32, name="left by a crash")

    assert find_orphans() == ["f" * 32]
    assert Participant.objects.filter(pk="f" * 32).count() == 0
