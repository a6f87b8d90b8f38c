import random
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from tests.server.factories import (
    CLIENT_VALUES,
    LENGTH_S,
    MOMENTS_S,
    World,
    add_recording,
    agree,
    build_world,
    describe,
    give_link,
    rate,
    release,
    short_design,
)

from dialogram.server.records.domain import guesses, recalls, recordings, sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.guesses import cards_of, placed_of, told_of, true_kinds
from dialogram.server.records.domain.links import find_link
from dialogram.server.records.domain.studies import change_design
from dialogram.server.records.domain.visits import opening_facts
from dialogram.server.records.enums import SittingState
from dialogram.server.records.models import Description, Guess, GuessRelease, Recording, Session, Sitting, Unblinding
from dialogram.server.records.queries.access import desk_viewer
from dialogram.study import Task

pytestmark = pytest.mark.django_db

HELPFUL = {start_s for start_s, value in zip(MOMENTS_S, CLIENT_VALUES, strict=True) if value > 50}


def finish_client(world: World, *, clips: bool = True, vetoed_s: tuple[float, ...] = ()) -> None:
    agree(world, world.client, clips=clips)
    rate(world, world.client, CLIENT_VALUES)
    describe(world, world.client, vetoed_s=vetoed_s)


def begin(world: World) -> Guess:
    person = world.therapist
    sitting = sittings.begin_sitting(
        participant=person,
        session_id=world.session.pk,
        task=Task.GUESS,
        actor=participant_actor(person.pk),
        now=timezone.now(),
    )
    guesses.start_guess(sitting_id=sitting.pk)
    return Guess.objects.select_related("sitting__participant__study", "release__about").get(sitting=sitting)


def place(guess: Guess, placed: dict[str, str]) -> None:
    guesses.place_cards(sitting_id=guess.sitting_id, placed=placed, now=timezone.now())
    guess.refresh_from_db(fields=["sealed_payload"])


def hand_in(guess: Guess) -> Guess:
    return guesses.hand_in_guess(sitting_id=guess.sitting_id, now=timezone.now())


def sorted_by(guess: Guess, helpful_s: set[float]) -> dict[str, str]:
    return {card.shown_id: ("helpful" if card.start_s in helpful_s else "hindering") for card in cards_of(guess)}


def release_refusal(world: World) -> str:
    with pytest.raises(StudyError) as caught:
        release(world)
    assert not GuessRelease.objects.filter(session=world.session).exists()
    return caught.value.code


def make_void_and_replace(world: World) -> Recording:
    recordings.make_void(
        recording_id=world.recording.pk, reason="Another session's", user_id=world.owner.pk, now=timezone.now()
    )
    second = add_recording(
        world.session,
        media=b"the right one",
        media_type="video/mp4",
        has_video=True,
        user_id=world.owner.pk,
        now=timezone.now(),
    )
    return recordings.confirm(
        recording_id=second.pk, watched=recordings.PLACES, user_id=world.owner.pk, now=timezone.now()
    )


def test_the_guess_waits_for_the_client_and_for_her_agreement() -> None:
    world = build_world()
    assert release_refusal(world) == "rate_unfinished"
    rate(world, world.client, CLIENT_VALUES)
    assert release_refusal(world) == "rate_unfinished"
    describe(world, world.client)
    assert release_refusal(world) == "clips_not_agreed"
    agree(world, world.client, clips=False, signed_on=timezone.now().date() - timedelta(days=1))
    assert release_refusal(world) == "clips_not_agreed"
    agree(world, world.client)
    release(world)
    release(world)  # once is enough
    assert GuessRelease.objects.get().session == world.session


def test_a_design_without_a_guess_releases_none() -> None:
    world = build_world(
        design=short_design(('therapist = ["rate", "recall", "guess"]', 'therapist = ["rate", "recall"]'))
    )
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    describe(world, world.client)
    assert release_refusal(world) == "not_in_design"


def test_a_therapist_gets_cards_without_kind_rank_or_words() -> None:
    world = build_world()
    finish_client(world)
    with pytest.raises(StudyError) as caught:
        begin(world)
    assert caught.value.code == "not-released"
    release(world)
    guess = begin(world)
    cards = cards_of(guess)
    assert {card.start_s for card in cards} == set(MOMENTS_S)
    assert len({card.shown_id for card in cards}) == 6
    client_order = [one.start_s for one in recalls.extremes_of(Sitting.objects.get(task=Task.RECALL))]
    assert [card.start_s for card in cards] not in (client_order, sorted(client_order))
    assert cards_of(begin(world)) == cards
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_payload FROM records_guess UNION SELECT sealed_payload FROM records_guessrelease")
        assert all(b"[" not in bytes(row[0])[:1] for row in cursor.fetchall())


def test_cards_of_two_therapists_tell_nothing_of_each_other() -> None:
    worlds = [build_world(), build_world()]
    for world in worlds:
        finish_client(world)
        release(world)
    ids = [{card.shown_id for card in cards_of(begin(world))} for world in worlds]
    assert ids[0].isdisjoint(ids[1])


def test_a_clip_the_client_kept_back_is_not_among_the_cards() -> None:
    world = build_world()
    finish_client(world, vetoed_s=(MOMENTS_S[1],))
    release(world)
    guess = begin(world)
    assert {card.start_s for card in cards_of(guess)} == set(MOMENTS_S) - {MOMENTS_S[1]}
    assert told_of(guess) is None  # the numbers would give away which kind was kept back


def test_the_release_freezes_the_cards() -> None:
    world = build_world()
    finish_client(world)
    release(world)
    for row in Description.objects.select_related("sitting"):
        row.sealed_payload = recalls._sealed(row, recalls.Said(vetoed=True, left=True), world.client.pk)
        row.save()
    assert len(cards_of(begin(world))) == 6


def test_a_clip_the_client_never_came_to_is_not_shown() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    now = timezone.now()
    recall = sittings.begin_sitting(
        participant=world.client,
        session_id=world.session.pk,
        task=Task.RECALL,
        actor=participant_actor(world.client.pk),
        now=now,
    )
    recalls.start_recall(sitting_id=recall.pk, rng=random.Random(1), now=now)
    extremes = recalls.extremes_of(recall)
    answers = {
        0: recalls.Said(text="because", moment="yes", left=True),
        1: recalls.Said(skipped=True),
        2: recalls.Said(text="half a sen"),
    }
    for position, said in answers.items():
        row = Description.objects.get(position=position)
        recalls.save_description(sitting_id=recall.pk, description_id=row.pk, said=said, now=now)
    sittings.close_partial(sitting_id=recall.pk, reason="Had to go", user_id=world.owner.pk, now=now)
    release(world)
    assert {card.start_s for card in cards_of(begin(world))} == {extremes[0].start_s, extremes[1].start_s}


def test_cards_move_until_they_are_handed_in() -> None:
    world = build_world()
    finish_client(world)
    release(world)
    guess = begin(world)
    told = told_of(guess)
    assert told is not None
    assert (told.helpful, told.hindering) == (3, 3)
    first, *rest = [card.shown_id for card in cards_of(guess)]
    place(guess, {first: "helpful"})
    with pytest.raises(StudyError) as caught:
        hand_in(guess)
    assert caught.value.code == "cards_unsorted"
    place(guess, dict.fromkeys([first, *rest], "helpful"))
    with pytest.raises(StudyError) as caught:
        hand_in(guess)
    assert caught.value.code == "cards_unbalanced"
    wanted = sorted_by(guess, HELPFUL)
    place(guess, wanted)
    assert placed_of(guess) == wanted
    handed_in = hand_in(guess)
    assert (handed_in.sitting.pk, Sitting.objects.get(pk=guess.sitting_id).state) == (
        guess.sitting_id,
        SittingState.FINISHED,
    )
    for act in (lambda: place(guess, {first: "helpful"}), lambda: hand_in(guess)):
        with pytest.raises(StudyError) as caught:
            act()
        assert caught.value.code == "closed"
    assert placed_of(Guess.objects.select_related("sitting").get()) == wanted


def test_what_a_therapist_was_told_stands_when_the_design_changes() -> None:
    world = build_world()
    finish_client(world)
    release(world)
    guess = begin(world)
    told = told_of(guess)
    for change in (("per_kind = 3", "per_kind = 2"), ("tell_numbers = true", "tell_numbers = false")):
        text = short_design(change, ('version = "1"', 'version = "2"'))
        change_design(study_id=world.study.pk, design_text=text, user_id=world.owner.pk, now=timezone.now())
        place(guess, sorted_by(guess, HELPFUL))
        later = Guess.objects.select_related("sitting__participant__study").get()
        assert told_of(later) == told is not None


def test_only_these_cards_go_on_only_these_sides() -> None:
    world = build_world()
    finish_client(world)
    release(world)
    guess = begin(world)
    first = cards_of(guess)[0].shown_id
    for wrong in ({"f" * 32: "helpful"}, {first: "neutral"}, {first: "helpful", "x": "helpful"}):
        with pytest.raises(StudyError) as caught:
            place(guess, wrong)
        assert caught.value.code == "cards-wrong"
    assert placed_of(guess) == {}


def test_a_guess_closed_by_staff_is_not_sorted_any_more() -> None:
    world = build_world()
    finish_client(world)
    release(world)
    guess = begin(world)
    sittings.close_partial(
        sitting_id=guess.sitting_id, reason="Left the clinic", user_id=world.owner.pk, now=timezone.now()
    )
    for act in (lambda: place(guess, sorted_by(guess, HELPFUL)), lambda: hand_in(guess)):
        with pytest.raises(StudyError) as caught:
            act()
        assert caught.value.code == "closed"
    assert placed_of(Guess.objects.select_related("sitting").get()) == {}


def test_true_kinds_are_those_of_the_clients_hand() -> None:
    world = build_world()
    finish_client(world)
    release(world)
    guess = begin(world)
    assert true_kinds(guess) == sorted_by(guess, HELPFUL)


def test_a_release_ends_with_the_recording_it_was_made_for() -> None:
    world = build_world()
    finish_client(world)
    link = find_link(give_link(world, world.therapist), now=timezone.now())
    release(world)
    old = cards_of(begin(world))
    assert opening_facts(participant=link.participant, session=link.session).guess_released
    make_void_and_replace(world)
    session = Session.objects.select_related("dyad__study").get(pk=world.session.pk)
    assert not opening_facts(participant=link.participant, session=link.session).guess_released
    assert not desk_viewer(user_id=world.owner.pk, session=session)[1].guess_released
    with pytest.raises(StudyError) as caught:
        begin(world)
    assert caught.value.code == "not-released"
    rate(world, world.client, list(reversed(CLIENT_VALUES)))
    describe(world, world.client)
    release(world)
    assert opening_facts(participant=link.participant, session=link.session).guess_released
    guess = begin(world)
    assert {card.shown_id for card in old}.isdisjoint(card.shown_id for card in cards_of(guess))
    assert true_kinds(guess) == sorted_by(guess, {LENGTH_S - 10 - start_s for start_s in HELPFUL})
    assert GuessRelease.objects.count() == 2


def test_results_opened_early_lock_again_with_another_recording() -> None:
    world = build_world()
    session = Session.objects.select_related("dyad__study").get(pk=world.session.pk)

    def unblind(reason: str) -> Unblinding:
        viewer, facts = desk_viewer(user_id=world.owner.pk, session=session)
        return guesses.unblind(
            session_id=session.pk,
            viewer=viewer,
            facts=facts,
            reason=reason,
            user_id=world.owner.pk,
            now=timezone.now(),
        )

    with pytest.raises(StudyError) as caught:
        unblind("short")
    assert caught.value.code == "reason_missing"
    first = unblind("The therapist has left the clinic")
    assert unblind("The therapist has left the clinic, again") == first
    assert desk_viewer(user_id=world.owner.pk, session=session)[1].is_unblinded
    make_void_and_replace(world)
    assert not desk_viewer(user_id=world.owner.pk, session=session)[1].is_unblinded
    assert unblind("And again for this recording") != first
