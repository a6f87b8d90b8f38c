"""The whole visit of a client and of a therapist, page by page."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.server.factories import (
    CLIENT_VALUES,
    THERAPIST_VALUES,
    agree,
    build_world,
    come_in,
    describe,
    give_link,
    page_data,
    rate,
    release,
    short_design,
)

from dialogram.server.records.domain import guesses, recalls
from dialogram.server.records.domain.links import revoke_link
from dialogram.server.records.domain.recordings import make_void
from dialogram.server.records.domain.studies import change_design
from dialogram.server.records.models import Consent, Description, Guess, Link, Sitting
from dialogram.study import Task

pytestmark = pytest.mark.django_db


def title(response: Any) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    assert found, response.content
    return found[1].strip()


def leave(browser: Client, step: str, **fields: str) -> Any:
    return browser.post("/room/", {"step": step, **fields}, follow=True)


def segment_now(browser: Client) -> str:
    found = re.search(r'name="segment" value="(\w+)"', browser.get("/room/").content.decode())
    assert found
    return found[1]


def test_a_client_goes_from_consent_to_the_rating() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))

    titles = [title(browser.get("/room/"))]
    titles.append(title(leave(browser, "consent", agree="on", clips="on")))
    titles += [title(leave(browser, step)) for step in ("check", "instructions")]
    titles.append(title(browser.get(page_data(browser.get("/room/"))["next_url"], follow=True)))

    assert titles == ["Taking part", "Picture and sound", "What to do", "Practice", "Rating"]
    consent = Consent.objects.get()
    assert (consent.way, consent.clips_agreed, consent.version) == ("screen", True, "1")


def test_a_dial_is_chosen_where_the_design_names_more_than_the_screen() -> None:
    design = short_design(("show_number = true", 'show_number = true\ndials = ["screen", "midi", "mouse-lock"]'))
    world = build_world(design=design)
    browser = come_in(give_link(world, world.client))
    pages = [browser.get("/room/"), leave(browser, "consent", agree="on")]
    pages += [leave(browser, step) for step in ("check", "instructions", "dial", "practice")]

    assert [title(page) for page in pages][3:] == ["Your dial", "Practice", "Rating"]
    chosen_from = re.findall(r'name="dial" value="([\w-]+)"', pages[3].content.decode())
    assert chosen_from == ["screen", "midi", "mouse-lock"]
    assert page_data(pages[5])["dials"] == chosen_from
    for place, page in enumerate(pages):
        policy = page.headers["Permissions-Policy"].split(", ")
        assert ("midi=(self)" in policy) == (place >= 3)
        assert ("midi=()" in policy) == (place < 3)
        assert {"gamepad=()", "hid=()", "serial=()", "camera=()", "microphone=()"} <= set(policy)
        assert len(policy) == 8


def test_with_the_screen_alone_no_page_may_reach_a_device() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))
    pages = [browser.get("/room/"), leave(browser, "consent", agree="on")]
    pages += [leave(browser, step) for step in ("check", "instructions", "practice")]
    assert title(pages[-1]) == "Rating"
    for page in pages:
        assert "(self)" not in page.headers["Permissions-Policy"]


def test_every_page_of_the_visit_can_be_stopped() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))
    pages = [browser.get("/room/"), leave(browser, "consent", agree="on", clips="on")]
    pages += [leave(browser, step) for step in ("check", "instructions", "practice")]
    assert title(pages[-1]) == "Rating"
    rate(world, world.client, CLIENT_VALUES)
    pages += [browser.get("/room/"), leave(browser, "instructions")]

    assert [title(page) for page in pages][-2:] == ["What to do", "Moment 1 of 6"]
    for page in pages:
        text = page.content.decode()
        assert 'action="/room/stop"' in text or '"stop_url": "/room/stop"' in text, title(page)
        assert re.search(r'class="stop"', text), title(page)


def test_consent_is_not_given_by_an_empty_form_and_the_page_says_so() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))

    page = browser.post("/room/", {"step": "consent", "clips": "on"})

    assert page.status_code == 422
    assert "Please tick that you want to take part" in page.content.decode()
    assert not Consent.objects.exists()


def test_the_clips_are_agreed_to_apart_from_taking_part() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))

    leave(browser, "consent", agree="on")

    assert Consent.objects.get().clips_agreed is False


def test_consent_says_who_sees_what_and_asks_therapists_for_no_clips() -> None:
    world = build_world()
    client, therapist = (come_in(give_link(world, person)).get("/room/") for person in (world.client, world.therapist))

    assert "Your therapist sees neither your ratings nor your words." in client.content.decode()
    assert 'name="clips"' in client.content.decode()
    assert 'name="clips"' not in therapist.content.decode()


def test_a_page_that_is_not_the_present_one_is_not_left() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))

    assert title(leave(browser, "check")) == "Taking part"
    assert title(leave(browser, "rate")) == "Taking part"
    assert title(browser.get("/room/practised", follow=True)) == "Taking part"
    leave(browser, "consent", agree="on")
    assert title(leave(browser, "consent", agree="on")) == "Picture and sound"


def test_stopping_leads_to_a_calm_page_with_help_and_the_way_back_stays_open() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))
    leave(browser, "consent", agree="on")

    stopped = browser.post("/room/stop", follow=True)

    assert title(stopped) == "You have stopped"
    assert "call your local emergency number" in stopped.content.decode()
    assert title(browser.get("/room/stop")) == "You have stopped"
    assert Sitting.objects.get().stopped_at is not None
    assert title(browser.post("/room/", follow=True)) == "Picture and sound"


def test_stopping_leads_to_the_calm_page_also_by_a_link_that_is_closed_and_offers_no_way_on() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))
    assert "Go on now" in browser.post("/room/stop", follow=True).content.decode()
    revoke_link(link_id=Link.objects.get().pk, user_id=world.owner.pk, now=timezone.now())

    stopped = browser.post("/room/stop", follow=True)

    assert title(stopped) == "You have stopped"
    assert "call your local emergency number" in stopped.content.decode()
    assert "Go on now" not in stopped.content.decode()
    assert browser.get("/room/").status_code == 404
    assert Client().get("/room/stop").status_code == 404


def test_a_recording_made_void_is_not_thanked_for() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    browser = come_in(give_link(world, world.client, Task.RATE))
    assert title(browser.get("/room/")) == "Thank you"
    make_void(recording_id=world.recording.pk, reason="another dyad", user_id=world.owner.pk, now=timezone.now())

    page = browser.get("/room/")

    assert title(page) == "This recording is not used any more"
    assert "Please talk to the person who gave you the link." in page.content.decode()
    assert "call your local emergency number" in page.content.decode()
    assert "saved" not in page.content.decode()


def test_who_could_do_nothing_yet_is_not_told_that_answers_are_saved() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))
    world.session.others_agreed = ""
    world.session.save()

    assert title(browser.get("/room/")) == "There is nothing to do now"


def test_a_client_describes_six_moments_and_ends_on_a_helpful_one() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    browser = come_in(give_link(world, world.client))
    leave(browser, "instructions")

    questions, page = [], browser.get("/room/")
    for number in range(1, 7):
        assert title(page) == f"Moment {number} of 6"
        found = re.search(r'<label for="text">(.*?)</label>', page.content.decode())
        assert found
        questions.append(found[1])
        page = leave(browser, "segment", segment=segment_now(browser), moment="yes", text=f"said {number}", act="next")

    assert title(page) == "Thank you"
    assert sorted(question.split(".")[0] for question in questions) == [
        *["You rated this moment as helpful"] * 3,
        *["You rated this moment as hindering"] * 3,
    ]
    assert questions[-1].endswith("Why was it helpful?")
    sitting = Sitting.objects.get(task=Task.RECALL)
    assert sitting.state == "finished"
    said = [recalls.said_of(row) for row in Description.objects.select_related("sitting").order_by("position")]
    assert [(row.text, row.moment) for row in said] == [(f"said {number}", "yes") for number in range(1, 7)]


def test_a_clip_starts_with_the_lead_in_but_not_before_the_trimmed_start() -> None:
    world = build_world(design=short_design(("lead_in_s = 3", "lead_in_s = 8")))
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    type(world.recording).objects.filter(pk=world.recording.pk).update(trim_start_s=4.0)
    browser = come_in(give_link(world, world.client))
    leave(browser, "instructions")

    clips = []
    for _ in range(6):
        clips.append(page_data(browser.get("/room/"))["clip"])
        leave(browser, "segment", segment=segment_now(browser), act="skip")

    lead_ins = {clip["start_s"]: clip["lead_in_s"] for clip in clips}
    assert lead_ins == {10.0: 6.0, 24.0: 8.0, 38.0: 8.0, 52.0: 8.0, 66.0: 8.0, 80.0: 8.0}


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"text": "only words"}, "was this the moment?"),
        ({"moment": "yes"}, "write a word or two"),
        ({"moment": "yes", "text": "  \n"}, "write a word or two"),
    ],
)
def test_a_moment_is_not_left_half_answered_and_what_was_said_stays(fields: dict[str, str], asked: str) -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    browser = come_in(give_link(world, world.client))
    leave(browser, "instructions")

    page = browser.post("/room/", {"step": "segment", "segment": segment_now(browser), "act": "next", **fields})

    assert page.status_code == 422
    assert asked in page.content.decode()
    assert title(page) == "Moment 1 of 6"
    assert fields.get("text", "") in page.content.decode()
    assert title(browser.get("/room/")) == "Moment 1 of 6"


def test_a_slip_of_the_hand_needs_no_words_and_skipping_needs_nothing() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    browser = come_in(give_link(world, world.client))
    leave(browser, "instructions")

    leave(browser, "segment", segment=segment_now(browser), moment="slip", act="next")
    page = leave(browser, "segment", segment=segment_now(browser), act="skip")

    assert title(page) == "Moment 3 of 6"
    first, second = (recalls.said_of(row) for row in Description.objects.order_by("position")[:2])
    assert (first.moment, first.skipped, second.moment, second.skipped) == ("slip", True, "", True)


def test_a_form_that_is_sent_twice_says_nothing_of_the_next_moment() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    browser = come_in(give_link(world, world.client))
    leave(browser, "instructions")
    fields = {"segment": segment_now(browser), "moment": "yes", "text": "of the first", "act": "next"}

    leave(browser, "segment", **fields)
    page = leave(browser, "segment", **fields)

    assert title(page) == "Moment 2 of 6"
    said = [recalls.said_of(row).text for row in Description.objects.order_by("position")]
    assert said == ["of the first", "", "", "", "", ""]


def test_words_are_saved_while_they_are_typed_and_stand_there_on_another_day() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    token = give_link(world, world.client)
    browser = come_in(token)
    url = page_data(leave(browser, "instructions"))["save_url"]

    answer = browser.post(
        url, json.dumps({"text": "half a sen", "moment": "later", "vetoed": True}), content_type="application/json"
    )

    assert (answer.status_code, answer.json()) == (200, {"saved": True})
    page = come_in(token).get("/room/").content.decode()
    assert ">half a sen</textarea>" in page
    assert re.search(r'value="later" checked', page)
    assert re.search(r'name="vetoed" checked', page)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "malformed"),
        ('{"text": null, "moment": "", "vetoed": false}', 400, "malformed"),
        ('{"text": "a", "moment": "perhaps", "vetoed": false}', 400, "malformed"),
        ('{"text": "a", "moment": "", "vetoed": 1}', 400, "malformed"),
        ('{"text": "a", "moment": "", "vetoed": false, "left": true}', 400, "malformed"),
        ('{"text": "\\ud800", "moment": "", "vetoed": false}', 400, "malformed"),
        (json.dumps({"text": "a" * 20_001, "moment": "", "vetoed": False}), 400, "text-too-long"),
        (json.dumps({"text": "a" * 300_000, "moment": "", "vetoed": False}), 413, "too-large"),
    ],
)
def test_a_draft_that_is_none_is_refused_and_changes_nothing(body: str, status: int, code: str) -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    browser = come_in(give_link(world, world.client))
    url = page_data(leave(browser, "instructions"))["save_url"]

    answer = browser.post(url, body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert all(recalls.said_of(row) == recalls.Said() for row in Description.objects.select_related("sitting"))


def test_a_finished_recall_takes_no_more_drafts() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    browser = come_in(give_link(world, world.client))
    url = page_data(leave(browser, "instructions"))["save_url"]
    for _ in range(6):
        leave(browser, "segment", segment=segment_now(browser), act="skip")

    draft = json.dumps({"text": "late", "moment": "", "vetoed": False})
    answer = browser.post(url, draft, content_type="application/json")

    assert title(browser.get("/room/")) == "Thank you"
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")


def test_nobody_can_write_into_somebody_elses_recall() -> None:
    world = build_world()
    for person, values in ((world.client, CLIENT_VALUES), (world.therapist, THERAPIST_VALUES)):
        agree(world, person)
        rate(world, person, values)
    owner = come_in(give_link(world, world.client))
    url = page_data(leave(owner, "instructions"))["save_url"]
    draft = json.dumps({"text": "not mine", "moment": "", "vetoed": False})

    answer = come_in(give_link(world, world.therapist)).post(url, draft, content_type="application/json")

    assert answer.status_code == 404
    assert all(recalls.said_of(row).text == "" for row in Description.objects.select_related("sitting"))


def test_a_veto_is_asked_only_of_a_client_who_agreed_to_show_clips() -> None:
    for clips, role in ((True, "client"), (False, "client"), (True, "therapist")):
        world = build_world()
        person = world.client if role == "client" else world.therapist
        agree(world, person, clips=clips)
        rate(world, person, CLIENT_VALUES)
        browser = come_in(give_link(world, person))
        page = leave(browser, "instructions")
        assert ('name="vetoed"' in page.content.decode()) is (clips and role == "client")


def therapist_at_cards(**vetoes: Any) -> tuple[Any, Client]:
    world = build_world()
    for person in (world.client, world.therapist):
        agree(world, person)
    rate(world, world.client, CLIENT_VALUES)
    rate(world, world.therapist, THERAPIST_VALUES)
    describe(world, world.client, **vetoes)
    describe(world, world.therapist)
    browser = come_in(give_link(world, world.therapist))
    assert title(browser.get("/room/")) == "Thank you"
    release(world)
    assert "On the helpful side belong 3" in browser.get("/room/").content.decode() or vetoes
    leave(browser, "instructions")
    return world, browser


def test_a_therapist_sorts_six_cards_and_is_told_what_chance_is() -> None:
    _, browser = therapist_at_cards()
    page = browser.get("/room/")
    data = page_data(page)
    ids = list(data["cards"])

    assert title(page) == "Helpful or hindering?"
    assert data["told"] == {"helpful": 3, "hindering": 3}
    assert sorted(clip["start_s"] for clip in data["cards"].values()) == [10.0, 24.0, 38.0, 52.0, 66.0, 80.0]
    placed = {card: "helpful" if place < 3 else "hindering" for place, card in enumerate(ids)}
    answer = browser.post(data["save_url"], json.dumps({"placed": placed}), content_type="application/json")
    assert answer.json() == {"saved": True}
    assert browser.get("/room/").content.decode().count(" checked") == 6
    debrief = leave(browser, "sort")
    assert title(debrief) == "Your guess is in"
    assert "One in 20 such people" in debrief.content.decode()
    assert title(leave(browser, "debrief")) == "Thank you"
    guess = Guess.objects.get()
    assert guess.handed_in_at is not None
    assert guesses.placed_of(guess) == placed


@pytest.mark.parametrize(
    ("helpful", "sorted_", "asked"), [(3, 5, "have not been sorted yet"), (4, 6, "are not as told")]
)
def test_an_incomplete_sorting_is_not_handed_in(helpful: int, sorted_: int, asked: str) -> None:
    _, browser = therapist_at_cards()
    ids = list(page_data(browser.get("/room/"))["cards"])
    fields = {f"card-{card}": "helpful" if place < helpful else "hindering" for place, card in enumerate(ids[:sorted_])}

    page = browser.post("/room/", {"step": "sort", **fields})

    assert page.status_code == 422
    assert asked in page.content.decode()
    assert Guess.objects.get().handed_in_at is None
    assert page.content.decode().count(" checked") == sorted_


def test_a_card_that_was_kept_back_is_not_among_them_and_no_numbers_are_told() -> None:
    _, browser = therapist_at_cards(vetoed_s=[24.0])

    data = page_data(browser.get("/room/"))

    assert data["told"] is None
    assert sorted(clip["start_s"] for clip in data["cards"].values()) == [10.0, 38.0, 52.0, 66.0, 80.0]


@pytest.mark.parametrize("placed", [{"made-up": "helpful"}, {"made-up": "both"}, [], None])
def test_cards_that_are_none_are_refused(placed: Any) -> None:
    _, browser = therapist_at_cards()
    url = page_data(browser.get("/room/"))["save_url"]

    answer = browser.post(url, json.dumps({"placed": placed}), content_type="application/json")

    assert answer.status_code == 400
    assert guesses.placed_of(Guess.objects.get()) == {}


def test_a_guess_that_is_handed_in_stands() -> None:
    _, browser = therapist_at_cards()
    data = page_data(browser.get("/room/"))
    placed = {card: "helpful" if place < 3 else "hindering" for place, card in enumerate(data["cards"])}
    leave(browser, "sort", **{f"card-{card}": side for card, side in placed.items()})

    late = json.dumps({"placed": dict.fromkeys(placed, "helpful")})
    answer = browser.post(data["save_url"], late, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
    assert guesses.placed_of(Guess.objects.get()) == placed


def test_a_flat_rating_has_no_moments_and_the_visit_ends_well() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, (50.0,) * 6)
    browser = come_in(give_link(world, world.client))

    assert title(browser.get("/room/")) == "Thank you"
    assert Sitting.objects.get(task=Task.RECALL).state == "finished"


def test_a_new_version_of_the_consent_is_asked_for_again() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))
    leave(browser, "consent", agree="on")
    changed = short_design(('[consent]\nversion = "1"', '[consent]\nversion = "2"'))
    change_design(study_id=world.study.pk, design_text=changed, user_id=world.owner.pk, now=world.session.created_at)

    assert title(browser.get("/room/")) == "Taking part"


def test_nothing_opens_while_the_recording_is_not_confirmed() -> None:
    world = build_world()
    token = give_link(world, world.client)
    type(world.recording).objects.filter(pk=world.recording.pk).update(confirmed_at=None)

    assert title(come_in(token).get("/room/")) == "There is nothing to do now"


def test_sound_only_recordings_say_so() -> None:
    world = build_world(media_type="audio/mp4", has_video=False)
    browser = come_in(give_link(world, world.client))

    page = leave(browser, "consent", agree="on")

    assert title(page) == "Sound"
    assert "sound only" in page.content.decode()
    assert page_data(page)["has_video"] is False
