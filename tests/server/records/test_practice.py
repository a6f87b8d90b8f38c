import csv
import io
import zipfile

import numpy as np
import pytest
from django.utils import timezone
from tests.server.factories import (
    CLIENT_VALUES,
    THERAPIST_VALUES,
    World,
    agree,
    build_world,
    rate,
    short_design,
)

from dialogram.server.records.domain import sittings
from dialogram.server.records.domain.audit import participant_actor, verify
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.export import export_sessions
from dialogram.server.records.domain.practice import Try, next_try, reaction_of, record_try, tries_of
from dialogram.server.records.domain.results import report_session
from dialogram.server.records.models import AuditEntry, Participant, PracticeTry, Session, Sitting
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


def begin(world: World, person: Participant) -> Sitting:
    agree(world, person)
    actor = participant_actor(person.pk)
    return sittings.begin_sitting(
        participant=person, session_id=world.session.pk, task=Task.RATE, actor=actor, now=timezone.now()
    )


def test_tries_are_exported_and_no_trace_is_shifted_by_them(world: World) -> None:
    tried(begin(world, world.client), 1, [(0.0, 50.0)])
    tried(begin(world, world.client), 2, following(2, late_s=0.7))
    rate(world, world.client, CLIENT_VALUES)
    session = Session.objects.select_related("dyad__study").get(pk=world.session.pk)
    packed = export_sessions([session], study_id=world.study.pk, user_id=world.owner.pk, now=timezone.now())
    bundle = zipfile.ZipFile(io.BytesIO(packed))
    rows = list(csv.DictReader(io.StringIO(bundle.read("practice.csv").decode("utf-8-sig"))))
    assert [(row["try"], row["verdict"], row["rule"]) for row in rows] == [
        ("1", "again", "following/1"),
        ("2", "met", "following/1"),
    ]
    assert rows[0]["reaction_s"] == ""
    assert float(rows[1]["reaction_s"]) == pytest.approx(0.7, abs=0.03)
    traces = list(csv.DictReader(io.StringIO(bundle.read("traces.csv").decode("utf-8-sig"))))
    assert float(traces[12]["value"]) == CLIENT_VALUES[0]
    assert float(traces[9]["value"]) == 50.0


def test_the_results_offer_r_with_both_delays_taken_out_and_change_nothing_else(world: World) -> None:
    session = Session.objects.select_related("dyad__study").get(pk=world.session.pk)
    tried(begin(world, world.client), 1, following(1, late_s=0.5))
    begin(world, world.therapist)
    rate(world, world.client, CLIENT_VALUES)
    rate(world, world.therapist, THERAPIST_VALUES)
    before = report_session(session, now=timezone.now())
    assert before is not None
    assert before.without_delays is None, "one hand's delay is not enough"
    Sitting.objects.filter(participant=world.therapist).update(state="open")
    tried(begin(world, world.therapist), 1, following(1, late_s=1.2))
    Sitting.objects.filter(participant=world.therapist).update(state="finished")
    after = report_session(session, now=timezone.now())
    assert after is not None
    assert after.without_delays is not None
    assert (after.without_delays.a_s, after.without_delays.b_s) == pytest.approx((0.5, 1.2), abs=0.03)
    assert after.without_delays.r != pytest.approx(after.result.shape.r)
    assert after.result.shape == before.result.shape
