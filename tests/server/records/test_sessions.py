from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from tests.server.factories import World, build_world

from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.sessions import add_session, note_deviation, note_others_agreed
from dialogram.server.records.models import Deviation, Session

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 3, 29, 22, 0, tzinfo=UTC)


def add(world: World, number: int, held_on: date | None = None) -> Session:
    return add_session(dyad_id=world.dyad.pk, number=number, held_on=held_on, user_id=world.owner.pk, now=EVENING)


def test_sessions_are_numbered_in_the_course_of_therapy() -> None:
    world = build_world()
    assert add(world, 1, date(2025, 1, 7)).held_on == date(2025, 1, 7)
    for number, code in ((0, "session-number"), (-3, "session-number"), (1, "session-taken"), (5, "session-taken")):
        with pytest.raises(StudyError) as caught:
            add(world, number)
        assert caught.value.code == code
    assert sorted(Session.objects.values_list("number", flat=True)) == [1, 5]


def test_todays_session_is_no_future_session_anywhere_on_earth() -> None:
    world = build_world()
    assert add(world, 1, date(2026, 3, 30)).held_on == date(2026, 3, 30)  # 10 in the morning, in Melbourne
    with pytest.raises(StudyError) as caught:
        add(world, 2, date(2026, 3, 31))
    assert caught.value.code == "session-date"


def test_notes_have_to_say_something() -> None:
    world = build_world()
    with pytest.raises(StudyError) as caught:
        note_others_agreed(session_id=world.session.pk, note=" \n", user_id=world.owner.pk, now=timezone.now())
    assert caught.value.code == "agreement-missing"
    with pytest.raises(StudyError) as caught:
        note_deviation(session_id=world.session.pk, text=" ", user_id=world.owner.pk, now=timezone.now())
    assert caught.value.code == "deviation-empty"
    note = note_deviation(session_id=world.session.pk, text=" late \n", user_id=world.owner.pk, now=timezone.now())
    assert Deviation.objects.get() == note
    assert note.text == "late"
    assert Session.objects.get().others_agreed == "Signed, folder 3"
