from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from tests.server.factories import World, agree, build_world, short_design

from dialogram.server.records.domain.consents import consent_of, record_consent
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.people import add_participant
from dialogram.server.records.domain.studies import change_design, design_of
from dialogram.server.records.enums import ConsentWay
from dialogram.server.records.models import AuditEntry, Consent
from dialogram.study import Role

pytestmark = pytest.mark.django_db


def given(world: World) -> Consent | None:
    return consent_of(participant_id=world.client.pk, session_id=world.session.pk)


def test_a_consent_is_to_the_version_in_force() -> None:
    world = build_world()
    assert given(world) is None
    agree(world, world.client)
    first = given(world)
    assert first is not None
    assert (first.version, first.way) == (design_of(world.study).consent_version, ConsentWay.PAPER)
    newer = short_design((f'version = "{first.version}"', 'version = "9"'))
    change_design(study_id=world.study.pk, design_text=newer, user_id=world.owner.pk, now=timezone.now())
    assert given(world) is None
    agree(world, world.client, clips=False)
    assert Consent.objects.count() == 2


def test_a_consent_given_again_replaces_the_answer_and_both_are_in_the_trail() -> None:
    world = build_world()
    agree(world, world.client, clips=True)
    agree(world, world.client, clips=False)
    consent = Consent.objects.get()
    assert not consent.clips_agreed
    told = [entry.details["clips"] for entry in AuditEntry.objects.filter(action="consent.given")]
    assert told == [True, False]


DAY = datetime(2026, 5, 3, 12, tzinfo=UTC)


def record(
    world: World, way: ConsentWay, *, clips: bool, signed_on: date | None = None, knowingly: bool = True
) -> Consent:
    return record_consent(
        participant_id=world.client.pk,
        session_id=world.session.pk,
        way=way,
        clips_agreed=clips,
        actor="test",
        now=DAY,
        signed_on=signed_on,
        knowingly=knowingly,
    )


def test_what_contradicts_is_taken_only_knowingly() -> None:
    world = build_world()
    record(world, ConsentWay.SCREEN, clips=False, knowingly=False)
    with pytest.raises(StudyError) as caught:
        record(world, ConsentWay.PAPER, clips=True, signed_on=date(2026, 5, 4), knowingly=False)
    assert caught.value.code == "consent-contradicts"
    assert "on the screen on 3 May 2026: no clips for the therapist" in caught.value.message
    assert not Consent.objects.get().clips_agreed
    assert record(world, ConsentWay.PAPER, clips=True, signed_on=date(2026, 5, 4)).clips_agreed
    assert record(world, ConsentWay.PAPER, clips=True, signed_on=date(2026, 5, 4), knowingly=False).clips_agreed


@pytest.mark.parametrize(
    ("days", "stands"),
    [
        (((3, False), (2, True)), "no clips"),  # an older form widens nothing
        (((3, True), (2, False)), "clips"),
        (((3, False), (3, True)), "no clips"),  # of one day the narrower
        (((3, True), (3, False)), "no clips"),
        (((2, False), (3, True)), "clips"),  # the newest
        (((2, True), (3, False)), "no clips"),
        (((3, True), (1, False), (2, False)), "clips"),
    ],
)
def test_the_newest_by_its_day_stands_and_of_one_day_the_narrower(
    days: tuple[tuple[int, bool], ...],
    stands: str,
) -> None:
    world = build_world()
    for day, clips in days:
        record(world, ConsentWay.PAPER, clips=clips, signed_on=date(2026, 5, day))
    assert Consent.objects.get().clips_agreed == (stands == "clips")
    assert AuditEntry.objects.filter(action="consent.given").count() == len(days)


def test_nobody_has_signed_tomorrow() -> None:
    world = build_world()
    with pytest.raises(StudyError) as caught:
        record(world, ConsentWay.PAPER, clips=True, signed_on=date(2026, 5, 5))
    assert caught.value.code == "consent-date"
    assert record(world, ConsentWay.PAPER, clips=True, signed_on=date(2026, 5, 4)).signed_on == date(2026, 5, 4)


def test_only_people_of_the_dyad_consent() -> None:
    world = build_world()
    stranger = add_participant(
        study_id=world.study.pk, role=Role.CLIENT, code="K8", user_id=world.owner.pk, now=timezone.now()
    )
    with pytest.raises(StudyError) as caught:
        record_consent(
            participant_id=stranger.pk,
            session_id=world.session.pk,
            way=ConsentWay.SCREEN,
            clips_agreed=True,
            actor="test",
            now=timezone.now(),
        )
    assert caught.value.code == "not-in-dyad"
    assert not Consent.objects.exists()
