"""Who may write into a stream: every way of being kept out, beside the one who is let in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from tests.server.factories import World, build_world, give_link

from dialogram.server.records.domain import sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.enums import RecordingState
from dialogram.server.records.models import Link, Recording, Session, Sitting
from dialogram.server.records.queries.writing import Writing, find_writing
from dialogram.study import Task

pytestmark = pytest.mark.django_db

STREAM = "5" * 32


def write(world: World, *, stream: str = STREAM) -> Writing | None:
    link, sitting = Link.objects.get(), Sitting.objects.get()
    return find_writing(link_id=link.pk, sitting_id=sitting.pk, stream_id=stream, now=timezone.now())


def make_world() -> World:
    world, now = build_world(), timezone.now()
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
    sitting = Sitting.objects.get()
    stream = sitting.streams.get()
    assert write(world) == Writing(
        whole_course=False,
        participant_id=world.client.pk,
        state="open",
        epoch=1,
        saved_to_s=None,
        is_stopped=False,
        stream_pk=stream.pk,
        stream_epoch=1,
    )


def test_a_stream_that_was_not_opened_is_not_there() -> None:
    found = write(make_world(), stream="6" * 32)
    assert found is not None
    assert (found.stream_pk, found.stream_epoch) == (None, None)


def test_how_far_and_whether_stopped_is_told() -> None:
    world, now = make_world(), timezone.now()
    Sitting.objects.update(saved_to_s=12.5, stopped_at=now, epoch=F("epoch") + 1)
    found = write(world)
    assert found is not None
    assert (found.saved_to_s, found.is_stopped, found.epoch, found.stream_epoch) == (12.5, True, 2, 1)


def test_a_link_to_the_whole_course_is_said_to_be_one() -> None:
    world = make_world()
    move_to_another_session(world)
    Link.objects.update(whole_course=True)
    found = write(world)
    assert found is not None
    assert found.whole_course


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
