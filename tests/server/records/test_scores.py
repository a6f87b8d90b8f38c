import math

import pytest
from django.utils import timezone
from tests.server.factories import World, build_world

from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.people import add_participant
from dialogram.server.records.domain.scores import enter_score, total_of
from dialogram.server.records.models import AuditEntry, Participant, Score
from dialogram.study import Role

pytestmark = pytest.mark.django_db


def enter(world: World, person: Participant, instrument: str, total: float) -> Score:
    return enter_score(
        session_id=world.session.pk,
        participant_id=person.pk,
        instrument=instrument,
        total=total,
        user_id=world.owner.pk,
        now=timezone.now(),
    )


def test_a_score_is_sealed_and_replaced_by_the_next() -> None:
    world = build_world()
    first = enter(world, world.client, "alliance", 51.5)
    second = enter(world, world.client, "alliance", 47.0625)
    assert Score.objects.get() == first == second == enter(world, world.client, "alliance", 47.0625)
    assert total_of(Score.objects.get()) == 47.0625
    assert b"47.0625" not in bytes(Score.objects.get().sealed_payload)
    actions = AuditEntry.objects.filter(action__startswith="score.").values_list("action", flat=True)
    assert list(actions) == ["score.entered", "score.changed"]


def test_the_ends_of_an_instrument_are_part_of_it() -> None:
    world = build_world()
    assert [total_of(enter(world, world.client, "session", total)) for total in (0, 100)] == [0, 100]


@pytest.mark.parametrize("total", [-0.1, 100.1, math.nan, math.inf])
def test_a_total_outside_the_instrument_is_refused(total: float) -> None:
    world = build_world()
    with pytest.raises(StudyError) as caught:
        enter(world, world.client, "session", total)
    assert caught.value.code == "score-range"
    assert not Score.objects.exists()


def test_only_the_designs_questionnaires_of_a_role_are_taken() -> None:
    world = build_world()
    for person, instrument in ((world.client, "mood"), (world.therapist, "outcome")):
        with pytest.raises(StudyError) as caught:
            enter(world, person, instrument, 20)
        assert caught.value.code == "instrument-wrong"


def test_only_people_of_the_dyad_are_scored() -> None:
    world = build_world()
    stranger = add_participant(
        study_id=world.study.pk, role=Role.CLIENT, code="K8", user_id=world.owner.pk, now=timezone.now()
    )
    with pytest.raises(StudyError) as caught:
        enter(world, stranger, "session", 20)
    assert caught.value.code == "not-in-dyad"
