import pytest
from django.utils import timezone
from tests.server.factories import World, build_world

from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.people import add_dyad, add_participant
from dialogram.server.records.models import AuditEntry, Dyad, Participant
from dialogram.server.records.models.sealed import keyring, participant_key, seal, unseal
from dialogram.study import Role
from dialogram.vault import KeyUnknown, SealingError

pytestmark = pytest.mark.django_db


def add(world: World, role: Role, code: str) -> Participant:
    return add_participant(study_id=world.study.pk, role=role, code=code, user_id=world.owner.pk, now=timezone.now())


def pair(world: World, *people: Participant) -> Dyad:
    return add_dyad(
        study_id=world.study.pk,
        participant_ids=[person.pk for person in people],
        user_id=world.owner.pk,
        now=timezone.now(),
    )


def refusal(world: World, *people: Participant) -> str:
    before = Dyad.objects.count()
    with pytest.raises(StudyError) as caught:
        pair(world, *people)
    assert Dyad.objects.count() == before
    return caught.value.code


def test_everybody_has_a_random_id_and_a_key_of_their_own() -> None:
    world = build_world()
    people = [world.client, world.therapist, add(world, Role.CLIENT, "K8")]
    keys = {keyring().key(participant_key(person.pk)) for person in people}
    assert len(keys) == 3
    assert all(len(person.pk) == 32 for person in people)
    assert sorted(person.pk for person in people) != [person.code for person in people]


def test_what_one_key_sealed_no_other_opens() -> None:
    world = build_world()
    sealed = seal({"said": "a word"}, participant_id=world.client.pk, context="row:1")
    assert b"word" not in sealed
    assert unseal(sealed, participant_id=world.client.pk, context="row:1") == {"said": "a word"}
    with pytest.raises(SealingError):
        unseal(sealed, participant_id=world.therapist.pk, context="row:1")
    with pytest.raises(SealingError):
        unseal(sealed, participant_id=world.client.pk, context="row:2")


def test_a_destroyed_key_opens_and_seals_nothing_any_more() -> None:
    world = build_world()
    sealed = seal("a word", participant_id=world.client.pk, context="row:1")
    keyring().destroy_key(participant_key(world.client.pk))
    for act in (
        lambda: unseal(sealed, participant_id=world.client.pk, context="row:1"),
        lambda: seal("more", participant_id=world.client.pk, context="row:2"),
    ):
        with pytest.raises(KeyUnknown):
            act()
    assert seal("more", participant_id=world.therapist.pk, context="row:2")


@pytest.mark.parametrize("code", ["", " K8", "Anna Müller", "-K8", "K8\n", "=K8", "K/8", "K" * 33, "K8,T3", "K8+"])
def test_a_code_that_is_not_short_and_plain_is_refused(code: str) -> None:
    world = build_world()
    with pytest.raises(StudyError) as caught:
        add(world, Role.CLIENT, code)
    assert caught.value.code == "code-wrong"
    assert code.strip() == "" or code not in caught.value.message
    assert Participant.objects.count() == 2


def test_a_code_is_taken_once_a_study() -> None:
    world, other = build_world(), build_world()
    assert add(world, Role.OBSERVER, "K-8.b_1").code == "K-8.b_1"
    with pytest.raises(StudyError) as caught:
        add(world, Role.OBSERVER, "K7")
    assert caught.value.code == "code-taken"
    assert other.client.code == "K7"


def test_a_therapist_has_several_clients() -> None:
    world = build_world()
    second = pair(world, add(world, Role.CLIENT, "K8"), world.therapist)
    assert world.therapist.dyads.count() == 2
    assert {member.role for member in second.members.all()} == {"client", "therapist"}
    assert AuditEntry.objects.filter(action="dyad.added", subject=second.pk).exists()


def test_observers_may_belong_to_a_dyad() -> None:
    world = build_world()
    dyad = pair(world, add(world, Role.CLIENT, "K8"), world.therapist, add(world, Role.OBSERVER, "O1"))
    assert dyad.participants.count() == 3


def test_a_dyad_is_one_client_and_one_therapist_of_this_study() -> None:
    world, other = build_world(), build_world()
    client = add(world, Role.CLIENT, "K8")
    assert refusal(world, client) == "dyad-people"
    assert refusal(world, client, world.client) == "dyad-people"
    assert refusal(world, client, world.client, world.therapist) == "dyad-people"
    assert refusal(world, client, add(world, Role.OBSERVER, "O1")) == "dyad-people"
    assert refusal(world, client, other.therapist) == "dyad-people"
    assert refusal(world) == "dyad-people"


def test_two_people_are_a_dyad_once() -> None:
    world = build_world()
    assert refusal(world, world.client, world.therapist) == "dyad-taken"
    assert refusal(world, world.therapist, world.client, add(world, Role.OBSERVER, "O1")) == "dyad-taken"
