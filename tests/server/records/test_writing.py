"""Who may write into a stream: every way of being kept out, beside the one who is let in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.server.factories import World, build_world, give_link, short_design

from dialogram.server.records.domain import sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.people import add_dyad, add_participant
from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.enums import RecordingState
from dialogram.server.records.models import Link, Phone, Recording, Session, Sitting, Stream
from dialogram.server.records.queries.writing import Source, Writing, find_writings
from dialogram.study import Role, Task

pytestmark = pytest.mark.django_db

STREAM = "5" * 32


def write(world: World, *, stream: str = STREAM) -> Writing | None:
    (found,) = find_writings([source(stream=stream)], now=timezone.now())
    return found


def source(*, stream: str = STREAM, phone_id: str | None = None) -> Source:
    link, sitting = Link.objects.get(), Sitting.objects.get()
    return Source(link_id=link.pk, sitting_id=sitting.pk, stream_id=stream, phone_id=phone_id)


def make_world(*, design: str | None = None) -> World:
    world, now = build_world(design=design), timezone.now()
    give_link(world, world.client)
    sitting = sittings.begin_sitting(
        participant=world.client,
        session_id=world.session.pk,
        task=Task.RATE,
        actor=participant_actor(world.client.pk),
        now=now,
    )
    sittings.open_stream(sitting_id=sitting.pk, stream_id=STREAM, now=now)
    return world


def test_whose_sitting_it_is_writes() -> None:
    world = make_world()
    assert write(world) == Writing(participant_id=world.client.pk, state="open", stream_pk=Stream.objects.get().pk)


def test_a_stream_that_was_not_opened_is_not_there() -> None:
    found = write(make_world(), stream="6" * 32)
    assert found is not None
    assert found.stream_pk is None


def test_a_phone_writes_into_its_own_stream_and_a_page_into_none_of_a_phone() -> None:
    make_world()
    now = timezone.now()
    sitting = Sitting.objects.get()
    offered = {"offered_at": now, "expires_at": now}
    phone, other = (
        Phone.objects.create(sitting=sitting, link=Link.objects.get(), code_hash=code, **offered)
        for code in (b"a", b"b")
    )
    own = Stream.objects.create(sitting=sitting, phone=phone, stream_id="7" * 32, epoch=1, opened_at=now)
    asked = [source(stream=own.stream_id, phone_id=phone_id) for phone_id in (phone.pk, other.pk, None)]
    assert [found and found.stream_pk for found in find_writings(asked, now=now)] == [own.pk, None, None]


def test_each_of_many_that_ask_at_once_gets_its_own_answer() -> None:
    make_world()
    asked = [source(), source(stream="6" * 32), replace(source(), link_id="x"), replace(source(), sitting_id="x")]
    found = find_writings([*asked, *asked], now=timezone.now())
    assert [one and bool(one.stream_pk) for one in found] == [True, False, None, None] * 2


COURSE = "numbers = [2, 5, 9]"


@pytest.mark.parametrize(("number", "is_planned"), [(2, True), (5, True), (7, False)])
def test_a_link_to_the_whole_course_leads_to_the_sessions_of_the_plan(number: int, is_planned: bool) -> None:  # noqa: FBT001  # a case
    world = make_world(design=short_design(("[tasks]", f'[sampling]\nsessions = "numbers"\n{COURSE}\n\n[tasks]')))
    Session.objects.update(number=number)
    assert write(world) is not None
    Link.objects.update(whole_course=True)
    assert (write(world) is not None) is is_planned


def test_a_link_to_the_whole_course_leads_to_other_sessions_of_its_dyad_only() -> None:
    world, now = make_world(), timezone.now()
    move_to_another_session(world)
    Link.objects.update(whole_course=True)
    assert write(world) is not None
    another = add_participant(study_id=world.study.pk, role=Role.THERAPIST, code="T9", user_id=world.owner.pk, now=now)
    other = add_dyad(
        study_id=world.study.pk,
        participant_ids=[world.client.pk, another.pk],
        user_id=world.owner.pk,
        now=now,
    )
    Session.objects.filter(number=6).update(dyad=other)
    assert write(world) is None


def revoke(world: World) -> None:
    Link.objects.update(revoked_at=timezone.now())


def run_out(world: World) -> None:
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def give_to_another(world: World) -> None:
    Link.objects.update(participant=world.therapist)


def move_to_another_session(world: World) -> None:
    now = timezone.now()
    add_session(dyad_id=world.dyad.pk, number=6, held_on=None, user_id=world.owner.pk, now=now)
    Link.objects.update(session=Session.objects.get(number=6))


def leave_recall_only(world: World) -> None:
    Link.objects.update(tasks=[Task.RECALL.value])


def make_void(world: World) -> None:
    Recording.objects.update(state=RecordingState.VOID)


@pytest.mark.parametrize(
    "change", [revoke, run_out, give_to_another, move_to_another_session, leave_recall_only, make_void]
)
def test_everybody_else_finds_nothing(change: Callable[[World], None]) -> None:
    world = make_world()
    assert write(world) is not None
    change(world)
    assert write(world) is None
