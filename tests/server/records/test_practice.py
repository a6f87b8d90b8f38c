import numpy as np
import pytest
from django.utils import timezone
from tests.server.factories import World, agree, build_world, short_design

from dialogram.server.records.domain import sittings
from dialogram.server.records.domain.audit import participant_actor, verify
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.practice import Try, next_try, reaction_of, record_try, tries_of
from dialogram.server.records.models import AuditEntry, PracticeTry, Sitting
from dialogram.study import Task
from dialogram.study.practice import PATH_STEP_S, target_path
from dialogram.timeline import HELPFULNESS

pytestmark = pytest.mark.django_db

DESIGN = short_design(("recording_s = 10", "recording_s = 10\ntarget_s = 12\ntries = 2"))
type Moves = list[tuple[float, float]]


def following(number: int, *, late_s: float) -> Moves:
    """A hand that goes where the ring was some time ago."""
    path = target_path(number, scale=HELPFULNESS, length_s=12.0)
    at_s = np.arange(0.0, 12.0, 0.04)
    values = np.interp(at_s - late_s, PATH_STEP_S * np.arange(len(path)), path)
    return list(zip(at_s.tolist(), np.round(values).tolist(), strict=True))


@pytest.fixture
def world() -> World:
    return build_world(design=DESIGN)


@pytest.fixture
def sitting(world: World) -> Sitting:
    agree(world, world.client)
    return sittings.begin_sitting(
        participant=world.client,
        session_id=world.session.pk,
        task=Task.RATE,
        actor=participant_actor(world.client.pk),
        now=timezone.now(),
    )


def tried(sitting: Sitting, number: int, moves: Moves) -> Try:
    return record_try(sitting_id=sitting.pk, number=number, moves=moves, now=timezone.now())


def test_a_hand_that_follows_is_on_record_with_its_delay(world: World, sitting: Sitting) -> None:
    made = tried(sitting, 1, following(1, late_s=0.6))
    assert made.verdict == "met"
    assert made.share_within == 1.0
    assert made.reaction_s == pytest.approx(0.6, abs=0.03)
    assert tries_of(sitting) == [made]
    assert reaction_of([made]) == made.reaction_s
    (entry,) = AuditEntry.objects.filter(action="practice.tried")
    assert entry.details == {"number": 1, "rule": "following/1"}
    assert verify(world.study.pk) == []
    assert b"moves" not in bytes(PracticeTry.objects.get().sealed_payload)


def test_whoever_does_not_follow_is_asked_again_and_then_goes_on(sitting: Sitting) -> None:
    still: Moves = [(0.0, 50.0)]
    first = tried(sitting, 1, still)
    assert (first.verdict, first.reaction_s, first.r) == ("again", None, None)
    assert tried(sitting, 2, still).verdict == "enough"
    assert tried(sitting, 3, following(3, late_s=0.4)).verdict == "met"
    assert reaction_of(tries_of(sitting)) == pytest.approx(0.4, abs=0.03)
    assert reaction_of(tries_of(sitting)[:2]) is None


def test_a_try_sent_twice_is_kept_once_and_as_it_came_first(sitting: Sitting) -> None:
    first = tried(sitting, 1, following(1, late_s=0.5))
    assert tried(sitting, 1, [(0.0, 0.0)]) == first
    assert next_try(sitting) == 2
    with pytest.raises(StudyError) as caught:
        tried(sitting, 4, following(4, late_s=0.5))
    assert caught.value.code == "try-number"


def test_a_closed_sitting_and_a_design_without_a_ring_take_no_try(sitting: Sitting) -> None:
    Sitting.objects.filter(pk=sitting.pk).update(state="partial")
    with pytest.raises(StudyError) as caught:
        tried(sitting, 1, following(1, late_s=0.5))
    assert caught.value.code == "closed"


def test_values_beyond_the_scale_count_as_its_end(sitting: Sitting) -> None:
    made = tried(sitting, 1, [(0.0, 50.0), (3.0, 1e9), (6.0, -1e9), (20.0, 50.0)])
    assert 0 <= made.share_within < 0.7
