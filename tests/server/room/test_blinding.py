"""What the therapist can get out of the room says nothing of what the client rated, said, or finished."""

import json
from collections.abc import Sequence
from secrets import token_hex
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.server.factories import (
    CLIENT_VALUES,
    MOMENTS_S,
    THERAPIST_VALUES,
    World,
    add_held,
    agree,
    build_world,
    describe,
    give_link,
    page_data,
    rate,
    release,
)
from tests.server.room.twin_worlds import Act, Answer, Door, answers_in, chance, differences, heard

from dialogram.server.records.domain import guesses, recalls, visits
from dialogram.server.records.domain.consents import consent_of
from dialogram.server.records.models import Sitting
from dialogram.study import Task

pytestmark = pytest.mark.django_db

CANARY_WORDS = "kanarienvogel-im-bergwerk"
CANARY_VALUE = 88.0625


def stage(*, therapist_done: Sequence[Task]) -> tuple[World, Door]:
    """Build a dyad in which the therapist has come so far, and the client has only been let in."""
    with chance(token_hex(8)):
        world = build_world()
        agree(world, world.client)
        agree(world, world.therapist)
        if Task.RATE in therapist_done:
            rate(world, world.therapist, THERAPIST_VALUES)
        if Task.RECALL in therapist_done:
            describe(world, world.therapist, words="what I, the therapist, saw")
        own = Sitting.objects.filter(participant=world.therapist).order_by("task").values_list("pk", flat=True)
        return world, Door(give_link(world, world.therapist), [*own, "1" * 32])


def client_does(
    values: Sequence[float] = CLIENT_VALUES,
    *,
    words: str = "because",
    finish: bool = True,
    recall: bool = True,
    clips: bool = True,
) -> Act:
    def act(world: World) -> None:
        agree(world, world.client, clips=clips)
        rate(world, world.client, values, finish=finish)
        if recall:
            describe(world, world.client, words=words)

    return act


def nothing(_world: World) -> None:
    pass


INVERTED = tuple(100.0 - value for value in CLIENT_VALUES)
BEFORE: dict[str, Act] = {
    "has rated to the end": client_does(recall=False),
    "is in the middle of it": client_does(finish=False, recall=False),
    "has finished everything": client_does(),
    "has said other words": client_does(words="on the contrary, and at much greater length"),
    "felt the opposite": client_does(INVERTED),
    "shows no clips": client_does(clips=False),
    "felt nothing": client_does((50.0,) * 6, recall=False),
}


def look_around(browser: Client, answers: list[Answer]) -> None:
    answers.append(heard("look", browser.get("/room/")))
    answers.append(heard("go on", browser.post("/room/", {"step": "instructions"})))
    answers.append(heard("look again", browser.get("/room/")))


def sort_all(browser: Client, answers: list[Answer]) -> None:
    look_around(browser, answers)
    data = page_data(browser.get("/room/"))
    for count in range(1, 7):
        sides = ["helpful"] * 3 + ["hindering"] * 3
        placed = dict(zip(list(data["cards"])[:count], sides, strict=False))
        sent = browser.post(data["save_url"], json.dumps({"placed": placed}), content_type="application/json")
        answers.append(heard("place", sent))
    answers.append(heard("hand in", browser.post("/room/", {"step": "sort"})))
    answers.append(heard("debrief", browser.get("/room/")))


@pytest.mark.parametrize("done", [(), (Task.RATE,), (Task.RATE, Task.RECALL)], ids=["new", "rated", "described"])
def test_before_the_release_the_client_cannot_be_told_apart_from_one_who_has_not_begun(done: tuple[Task, ...]) -> None:
    world, door = stage(therapist_done=done)
    plain = answers_in(world, nothing, door, walk=look_around)

    found = {name: differences(plain, answers_in(world, act, door, walk=look_around)) for name, act in BEFORE.items()}

    assert found == {name: [] for name in BEFORE}
    assert len(plain) > 150
    assert {status for _, status, _, _, _ in plain} >= {200, 302, 400, 404, 405}


def test_the_comparison_catches_a_guess_that_opens_when_the_client_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    world, door = stage(therapist_done=(Task.RATE, Task.RECALL))
    decide = visits.opening_facts

    def leaking(*, participant: Any, session: Any) -> Any:
        facts = decide(participant=participant, session=session)
        finished = guesses.client_recall(session.pk) is not None
        if finished and not facts.guess_released:
            release(world)
        return decide(participant=participant, session=session)

    monkeypatch.setattr(visits, "opening_facts", leaking)

    plain = answers_in(world, nothing, door, walk=look_around)
    leaked = answers_in(world, BEFORE["has finished everything"], door, walk=look_around)

    assert "look" in differences(plain, leaked)


def released(values: Sequence[float], *, words: str = "because", also: Act = nothing) -> Act:
    def act(world: World) -> None:
        client_does(values, words=words)(world)
        also(world)
        release(world)

    return act


def rank_otherwise(values: Sequence[float]) -> tuple[float, ...]:
    """Return values at the same moments, of the same kinds, in another order of strength."""
    return tuple(value - 8 if place % 2 else value + 8 for place, value in enumerate(values))


AFTER: dict[str, Act] = {
    "felt the opposite": released(INVERTED),
    "said other words": released(CLIENT_VALUES, words="on the contrary, and at much greater length"),
    "felt it more strongly": released(rank_otherwise(CLIENT_VALUES)),
    "felt it elsewhere": released((90.0, 85.0, 80.0, 15.0, 20.0, 25.0)),
}


def kinds_by_time(world: World, act: Act) -> dict[float, str]:
    with transaction.atomic():
        with chance("blinded"):
            act(world)
        recall = Sitting.objects.get(participant=world.client, task=Task.RECALL)
        kinds: dict[float, str] = {extreme.start_s: extreme.kind for extreme in recalls.extremes_of(recall)}
        transaction.set_rollback(True)
    return kinds


def test_after_the_release_the_times_of_the_clips_are_all_there_is_to_know() -> None:
    world, door = stage(therapist_done=(Task.RATE, Task.RECALL))
    first = released(CLIENT_VALUES)
    kinds = {name: kinds_by_time(world, act) for name, act in {"as it is": first, **AFTER}.items()}
    assert {tuple(sorted(times)) for times in kinds.values()} == {MOMENTS_S}
    assert kinds["felt the opposite"] != kinds["as it is"] != kinds["felt it elsewhere"]
    plain = answers_in(world, first, door, walk=sort_all)

    found = {name: differences(plain, answers_in(world, act, door, walk=sort_all)) for name, act in AFTER.items()}

    assert found == {name: [] for name in AFTER}
    assert b"Your guess is in" in next(body for what, _, _, _, body in plain if what == "debrief")


def test_the_comparison_catches_cards_that_lie_in_the_order_of_their_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    world, door = stage(therapist_done=(Task.RATE, Task.RECALL))

    def by_kind(starts_s: Any, *, viewer_key: bytes) -> tuple[float, ...]:
        assert viewer_key
        recall = Sitting.objects.get(participant=world.client, task=Task.RECALL)
        kinds = {extreme.start_s: extreme.kind for extreme in recalls.extremes_of(recall)}
        return tuple(sorted(starts_s, key=lambda start_s: (kinds[start_s], start_s)))

    monkeypatch.setattr(guesses, "card_order", by_kind)

    plain = answers_in(world, released(CLIENT_VALUES), door, walk=sort_all)
    leaked = answers_in(world, AFTER["felt the opposite"], door, walk=sort_all)

    assert "look again" in differences(plain, leaked)


def test_the_comparison_catches_a_single_byte_and_a_single_header() -> None:
    one: Answer = ("GET /room/", 200, (("ETag", "a"),), "", b"page")

    assert differences([one], [one]) == []
    assert differences([one], [(*one[:4], b"Page")]) == ["GET /room/"]
    assert differences([one], [(*one[:2], (("ETag", "b"),), *one[3:])]) == ["GET /room/"]
    assert differences([one], [one, one]) == ["one crawl is longer"]


def stage_course() -> tuple[World, World, Door]:
    """Build a dyad with two sessions and a therapist whose one link leads through both; she has described the first."""
    with chance(token_hex(8)):
        first = build_world()
        later = add_held(first, first.session.number + 1)
        for world in (first, later):
            agree(world, world.client)
            agree(world, world.therapist)
        rate(first, first.therapist, THERAPIST_VALUES)
        describe(first, first.therapist, words="what I, the therapist, saw")
        own = Sitting.objects.filter(participant=first.therapist).order_by("task").values_list("pk", flat=True)
        return first, later, Door(give_link(first, first.therapist, whole_course=True), [*own, "1" * 32])


def test_a_link_to_the_whole_course_tells_nothing_of_the_client_in_any_session() -> None:
    first, later, door = stage_course()
    plain = answers_in(first, nothing, door, walk=look_around)

    def within(act: Act, *worlds: World) -> Act:
        return lambda _world: [act(world) for world in worlds]

    acts = {f"{name}, in both": within(act, first, later) for name, act in BEFORE.items()}
    acts |= {
        f"{name}, in the later": within(BEFORE[name], later) for name in ("has finished everything", "felt nothing")
    }
    found = {name: differences(plain, answers_in(first, act, door, walk=look_around)) for name, act in acts.items()}

    assert found == {name: [] for name in acts}
    assert b"Session 2" in next(body for what, *_, body in plain if what == "look")


def test_after_a_release_a_link_to_the_whole_course_tells_the_times_of_that_session_s_clips_alone() -> None:
    first, later, door = stage_course()
    plain = answers_in(first, released(CLIENT_VALUES), door, walk=sort_all)

    def and_later(act: Act) -> Act:
        return lambda _world: (released(CLIENT_VALUES)(first), act(later))

    acts = AFTER | {f"{name}, in the later": and_later(act) for name, act in BEFORE.items() if "felt" in name}
    found = {name: differences(plain, answers_in(first, act, door, walk=sort_all)) for name, act in acts.items()}

    assert found == {name: [] for name in acts}
    assert len(found) > len(AFTER)
    # the control: that there are clips to sort is seen
    look = [answers_in(first, act, door, walk=look_around) for act in (nothing, released(CLIENT_VALUES))]
    assert "look" in differences(*look)


def test_no_word_and_no_rating_of_the_client_reaches_the_therapist() -> None:
    world, door = stage(therapist_done=(Task.RATE, Task.RECALL))
    values = (CANARY_VALUE, *CLIENT_VALUES[1:])

    answers = answers_in(world, released(values, words=CANARY_WORDS), door, walk=sort_all)

    everything = b"".join(body + repr((headers, cookies)).encode() for _, _, headers, cookies, body in answers)
    assert b"what I, the therapist, saw" not in everything
    for canary in (CANARY_WORDS, str(CANARY_VALUE), "relative", "rank"):
        assert canary.encode() not in everything, canary


def test_the_canaries_are_where_they_could_leak_from() -> None:
    with chance(token_hex(8)):
        world = build_world()
        agree(world, world.client)
    token = give_link(world, world.client)
    rate(world, world.client, (CANARY_VALUE, *CLIENT_VALUES[1:]))
    describe(world, world.client, words=CANARY_WORDS)
    recall = Sitting.objects.get(task=Task.RECALL)

    said = [recalls.said_of(row).text for row in recall.descriptions.select_related("sitting")]
    assert all(CANARY_WORDS in text for text in said)
    assert any(extreme.mean == pytest.approx(CANARY_VALUE, abs=0.5) for extreme in recalls.extremes_of(recall))
    assert consent_of(participant_id=world.client.pk, session_id=world.session.pk) is not None
    assert token
