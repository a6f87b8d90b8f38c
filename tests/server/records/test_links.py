import hashlib
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from tests.server.factories import World, build_world, give_link

from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.links import enter_by_link, find_link, make_link, revoke_link, state_of
from dialogram.server.records.domain.people import add_participant
from dialogram.server.records.domain.recordings import make_void
from dialogram.server.records.models import AuditEntry, Link, Participant, Recording, Session
from dialogram.study import Role, Task

pytestmark = pytest.mark.django_db


def make(world: World, person: Participant, *tasks: Task) -> str:
    return make_link(
        participant_id=person.pk,
        session_id=world.session.pk,
        tasks=tasks,
        lifetime=timedelta(days=14),
        user_id=world.owner.pk,
        now=timezone.now(),
    ).token


def refusal(world: World, person: Participant, *tasks: Task) -> str:
    before = (Link.objects.count(), AuditEntry.objects.count())
    with pytest.raises(StudyError) as caught:
        make(world, person, *tasks)
    assert (Link.objects.count(), AuditEntry.objects.count()) == before
    return caught.value.code


def test_a_token_has_at_least_128_bits_and_only_its_hash_is_kept() -> None:
    world = build_world()
    tokens = {give_link(world, world.client) for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(token) * 6 >= 128 for token in tokens)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM records_link")
        stored = repr(cursor.fetchall()) + repr(list(AuditEntry.objects.values_list("subject", "details")))
    for token in tokens:
        assert token not in stored
        assert repr(hashlib.sha256(token.encode()).digest())[2:-1] not in stored  # no plain hash to try tokens against


def test_a_link_opens_for_its_participant_and_the_first_time_is_written_down() -> None:
    world = build_world()
    token = give_link(world, world.client)
    first = timezone.now()
    for minutes in range(3):
        link = enter_by_link(token=token, now=first + timedelta(minutes=minutes))
        assert (link.participant_id, link.session_id) == (world.client.pk, world.session.pk)
    assert Link.objects.get().first_used_at == first
    assert AuditEntry.objects.filter(action="link.entered").count() == 1


def test_wrong_revoked_and_expired_links_are_told_apart_nowhere() -> None:
    world = build_world()
    revoked, expired = give_link(world, world.client), give_link(world, world.client)
    revoke_link(link_id=find_link(revoked, now=timezone.now()).pk, user_id=world.owner.pk, now=timezone.now())
    later: datetime = timezone.now() + timedelta(days=14, seconds=1)
    answers = []
    for token, at in (
        (revoked, timezone.now()),
        (expired, later),
        (expired, later + timedelta(days=400)),
        (f"{expired}x", timezone.now()),
        ("x" * 32, timezone.now()),
        ("", timezone.now()),
    ):
        for act in (find_link, lambda token, now: enter_by_link(token=token, now=now)):
            with pytest.raises(NotFoundError) as caught:
                act(token, now=at)
            answers.append((type(caught.value), caught.value.code, caught.value.message))
    assert len(set(answers)) == 1
    assert find_link(expired, now=later - timedelta(seconds=2)).participant_id == world.client.pk
    assert not AuditEntry.objects.filter(action="link.entered").exists()


def test_a_link_ends_at_the_second_it_expires() -> None:
    world = build_world()
    token = give_link(world, world.client)
    link = Link.objects.get()
    assert find_link(token, now=link.expires_at - timedelta(microseconds=1)) == link
    with pytest.raises(NotFoundError):
        find_link(token, now=link.expires_at)


def test_revoking_twice_keeps_when_it_was_revoked_first() -> None:
    world = build_world()
    token, now = give_link(world, world.client), timezone.now()
    link = find_link(token, now=now)
    for minutes in (0, 5):
        revoke_link(link_id=link.pk, user_id=world.owner.pk, now=now + timedelta(minutes=minutes))
    assert Link.objects.get().revoked_at == now
    assert AuditEntry.objects.filter(action="link.revoked").count() == 1


def test_no_link_before_somebody_confirmed_the_recording() -> None:
    world = build_world(confirmed=False)
    assert refusal(world, world.client, Task.RATE) == "not-confirmed"


def test_no_link_once_the_recording_is_void() -> None:
    world = build_world()
    make_void(recording_id=world.recording.pk, reason="Another dyad", user_id=world.owner.pk, now=timezone.now())
    assert refusal(world, world.client, Task.RATE) == "not-confirmed"
    assert Recording.objects.get().confirmed_at is not None


def test_no_link_before_the_others_agreement_is_noted() -> None:
    world = build_world()
    Session.objects.update(others_agreed="")
    assert refusal(world, world.client, Task.RATE) == "others-not-noted"


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.CLIENT, {Task.RATE, Task.RECALL}),
        (Role.THERAPIST, {Task.RATE, Task.RECALL, Task.GUESS}),
    ],
)
def test_a_link_holds_only_tasks_of_its_role(role: Role, allowed: set[Task]) -> None:
    world = build_world()
    person = {Role.CLIENT: world.client, Role.THERAPIST: world.therapist}[role]
    for task in Task:
        if task in allowed:
            assert find_link(make(world, person, task), now=timezone.now()).tasks == [task]
        else:
            assert refusal(world, person, task) == "tasks-wrong"
    assert refusal(world, person) == "tasks-wrong"
    assert refusal(world, world.client, *Task) == "tasks-wrong"


def test_no_link_for_somebody_of_another_dyad() -> None:
    world = build_world()
    stranger = add_participant(
        study_id=world.study.pk, role=Role.CLIENT, code="K8", user_id=world.owner.pk, now=timezone.now()
    )
    assert refusal(world, stranger, Task.RATE) == "not-in-dyad"


def test_how_a_link_stands_is_said_in_a_word() -> None:
    world = build_world()
    token = give_link(world, world.client)
    now, later = timezone.now(), timezone.now() + timedelta(days=15)

    def states() -> list[str]:
        return [state_of(Link.objects.get(), now=at) for at in (now, later)]

    assert states() == ["open", "expired"]
    enter_by_link(token=token, now=now)
    assert states() == ["used", "expired"]
    revoke_link(link_id=Link.objects.get().pk, user_id=world.owner.pk, now=now)
    assert states() == ["revoked", "revoked"]
