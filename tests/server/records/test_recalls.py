import random
from dataclasses import replace

import pytest
from django.db import connection
from django.utils import timezone
from tests.server.factories import (
    CLIENT_VALUES,
    MOMENT_S,
    MOMENTS_S,
    World,
    build_world,
    describe,
    rate,
    short_design,
)

from dialogram.server.records.domain import recalls, sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.recalls import Said
from dialogram.server.records.domain.studies import change_design
from dialogram.server.records.models import Description, ExtremeSet, Participant, Sitting
from dialogram.server.records.models.sealed import keyring, participant_key
from dialogram.study import Task
from dialogram.vault import KeyUnknown

pytestmark = pytest.mark.django_db


def begin(world: World, person: Participant, *, seed: int = 1) -> Sitting:
    now = timezone.now()
    recall = sittings.begin_sitting(
        participant=person,
        session_id=world.session.pk,
        task=Task.RECALL,
        actor=participant_actor(person.pk),
        now=now,
    )
    recalls.start_recall(sitting_id=recall.pk, rng=random.Random(seed), now=now)
    return recall


def say(recall: Sitting, description: Description, said: Said) -> Description:
    return recalls.save_description(sitting_id=recall.pk, description_id=description.pk, said=said, now=timezone.now())


def refusal(recall: Sitting, description: Description, said: Said) -> str:
    description.refresh_from_db()
    before = recalls.said_of(description)
    with pytest.raises(StudyError) as caught:
        say(recall, description, said)
    description.refresh_from_db()
    assert recalls.said_of(description) == before
    return caught.value.code


def test_the_extremes_are_those_of_the_hand_in_a_random_order_ending_on_a_helpful_one() -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES)
    extremes = recalls.extremes_of(begin(world, world.client))
    highest = {MOMENTS_S[place] for place, value in enumerate(CLIENT_VALUES) if value > 50}
    assert {one.start_s for one in extremes if one.kind == "helpful"} == highest
    assert {one.start_s for one in extremes if one.kind == "hindering"} == set(MOMENTS_S) - highest
    assert {one.end_s - one.start_s for one in extremes} == {MOMENT_S}
    assert [one.mean for one in sorted(extremes, key=lambda one: one.start_s)] == pytest.approx(CLIENT_VALUES)
    assert extremes[-1].kind == "helpful"


def test_orders_differ_from_person_to_person() -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES)
    rate(world, world.therapist, CLIENT_VALUES)
    orders = [
        [one.start_s for one in recalls.extremes_of(begin(world, person, seed=seed))]
        for seed, person in enumerate((world.client, world.therapist))
    ]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == list(MOMENTS_S)


def test_the_extremes_stand_once_a_recall_has_begun() -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES)
    recall = begin(world, world.client)
    before, frozen = recalls.extremes_of(recall), ExtremeSet.objects.get()
    other = short_design(("per_kind = 3", "per_kind = 1"), ("window_s = 5", "window_s = 8"))
    change_design(study_id=world.study.pk, design_text=other, user_id=world.owner.pk, now=timezone.now())
    begin(world, world.client, seed=2)
    assert recalls.extremes_of(recall) == before
    again = ExtremeSet.objects.get()
    assert (again.pk, again.parameters, again.picked_at) == (frozen.pk, frozen.parameters, frozen.picked_at)
    assert (again.parameters["per_kind"], again.parameters["window_s"], again.rule) == (3, 5, "extremes/1")
    assert Description.objects.count() == 6


def test_a_flat_hand_has_no_extremes() -> None:
    world = build_world()
    rate(world, world.client, [50.0] * 6)
    recall = begin(world, world.client)
    assert recalls.extremes_of(recall) == []
    assert not Description.objects.exists()


def test_a_recall_waits_for_the_rating() -> None:
    world = build_world()
    with pytest.raises(StudyError) as caught:
        begin(world, world.client)
    assert caught.value.code == "not-rated"
    rating = rate(world, world.client, CLIENT_VALUES, finish=False)
    with pytest.raises(StudyError) as caught:
        begin(world, world.client)
    assert caught.value.code == "not-rated"
    with pytest.raises(StudyError) as caught:
        recalls.start_recall(sitting_id=rating.pk, rng=random.Random(1), now=timezone.now())
    assert caught.value.code == "not-rated"
    assert not ExtremeSet.objects.exists()


def test_what_was_said_is_kept_as_it_stands_and_sealed() -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES)
    recall = begin(world, world.client)
    first = Description.objects.get(position=0)
    assert recalls.said_of(first) == Said()
    for text in ("Sie hat zugehört", "Sie hat zugehört – “wirklich”. 🙂"):
        said = Said(text=text, moment="earlier", vetoed=True)
        saved = say(recall, first, said)
    assert saved.saved_at is not None
    assert recalls.said_of(Description.objects.get(position=0)) == said
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sealed_payload FROM records_description UNION SELECT sealed_payload FROM records_extremeset"
        )
        stored = b"".join(bytes(row[0]) for row in cursor.fetchall())
    assert "zugehört".encode() not in stored
    assert b"helpful" not in stored
    keyring().destroy_key(participant_key(world.client.pk))
    with pytest.raises(KeyUnknown):
        recalls.said_of(saved)


def test_what_cannot_be_said_is_refused_and_nothing_changes() -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES)
    recall = begin(world, world.client)
    first = Description.objects.get(position=0)
    say(recall, first, Said(text="a word", moment="yes"))
    assert refusal(recall, first, Said(moment="perhaps")) == "moment-wrong"
    assert refusal(recall, first, Said(text="x" * 20_001)) == "text-too-long"
    say(recall, first, Said(text="x" * 20_000))
    with pytest.raises(NotFoundError):
        recalls.save_description(sitting_id=recall.pk, description_id="f" * 32, said=Said(), now=timezone.now())


def test_nobody_writes_into_anothers_recall() -> None:
    world = build_world()
    for person in (world.client, world.therapist):
        rate(world, person, CLIENT_VALUES)
    own, other = begin(world, world.client), begin(world, world.therapist)
    with pytest.raises(NotFoundError):
        say(own, Description.objects.filter(sitting=other)[0], Said(text="x"))


def test_only_a_client_whose_therapist_guesses_keeps_a_clip_back() -> None:
    world = build_world()
    rate(world, world.therapist, CLIENT_VALUES)
    recall = begin(world, world.therapist)
    first = Description.objects.get(position=0)
    assert refusal(recall, first, Said(vetoed=True)) == "veto-wrong"
    without = short_design(('therapist = ["rate", "recall", "guess"]', 'therapist = ["rate", "recall"]'))
    unguessed = build_world(design=without)
    rate(unguessed, unguessed.client, CLIENT_VALUES)
    recall = begin(unguessed, unguessed.client)
    assert refusal(recall, Description.objects.filter(sitting=recall)[0], Said(vetoed=True)) == "veto-wrong"


def test_a_handed_in_recall_is_not_changed_any_more() -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES)
    recall = describe(world, world.client, words="because")
    first = Description.objects.get(position=0)
    assert refusal(recall, first, replace(recalls.said_of(first), text="no")) == "closed"
