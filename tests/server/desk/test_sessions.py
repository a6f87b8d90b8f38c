import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.server.factories import (
    CLIENT_VALUES,
    World,
    agree,
    build_world,
    describe,
    rate,
    release,
    short_design,
)

from dialogram.server.accounts.sign_in import make_sign_in_link
from dialogram.server.desk.links import HAND_OVER_LIFETIME
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.consents import consent_of
from dialogram.server.records.domain.practice import record_try
from dialogram.server.records.domain.scores import total_of
from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.domain.sittings import begin_sitting
from dialogram.server.records.models import (
    AuditEntry,
    Consent,
    Deviation,
    GuessRelease,
    Link,
    Membership,
    Score,
    Session,
    Sitting,
)
from dialogram.study import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def browser(world: World) -> Client:
    browser = Client()
    browser.force_login(world.owner)
    return browser


def page(browser: Client, world: World) -> str:
    return browser.get(f"/desk/sessions/{world.session.pk}/").content.decode()


def test_paper_consent_is_recorded_with_or_without_clips(world: World, browser: Client) -> None:
    address = f"/desk/sessions/{world.session.pk}/consents/{world.client.pk}"

    browser.post(address, {})
    assert consent_of(participant_id=world.client.pk, session_id=world.session.pk) is None
    assert "Tick that you hold the signed form." in page(browser, world)

    browser.post(address, {"agreed": "on"})
    consent = consent_of(participant_id=world.client.pk, session_id=world.session.pk)
    assert consent is not None
    assert (consent.way, consent.clips_agreed) == ("paper", False)
    assert "no clips for the therapist" in page(browser, world)

    browser.post(address, {"agreed": "on", "clips": "on"})
    assert "on paper on" in (refused := page(browser, world)), "what contradicts is shown and asked for"
    assert "no clips for the therapist" in refused
    browser.post(address, {"agreed": "on", "clips": "on", "signed_on": "2999-01-01", "differs": "on"})
    assert "The day of signing lies in the future." in page(browser, world)
    browser.post(address, {"agreed": "on", "clips": "on", "differs": "on"})
    assert "it is newer, or shows less" in page(browser, world), "of one day the narrower stands"
    Consent.objects.update(signed_on=date(2026, 1, 1))
    browser.post(address, {"agreed": "on", "clips": "on", "differs": "on"})
    assert "the therapist may see the clips" in page(browser, world)


def test_totals_are_entered_changed_and_refused(world: World, browser: Client) -> None:
    address = f"/desk/sessions/{world.session.pk}/scores/{world.client.pk}"

    browser.post(address, {"alliance": "47,5", "session_rating": ""})
    score = Score.objects.get()
    assert total_of(score) == 47.5
    assert "47.5" in page(browser, world)

    for typed, said in (("61", "expected 12 to 60, got 61"), ("many", "Write a number."), ("nan", "got nan")):
        refused = browser.post(address, {"alliance": typed, "session": "8O"})
        shown = refused.content.decode()
        assert (refused.status_code, said in shown) == (422, True)
        assert f'value="{typed}"' in shown, "nothing typed is lost"
        assert 'value="8O"' in shown
    assert total_of(Score.objects.get()) == 47.5

    browser.post(address, {"alliance": "50"})
    assert total_of(Score.objects.get()) == 50


def test_an_emptied_total_is_taken_back(world: World, browser: Client) -> None:
    address = f"/desk/sessions/{world.session.pk}/scores/{world.client.pk}"
    browser.post(address, {"alliance": "47", "session": "80"})

    browser.post(address, {"alliance": "", "session": "80"})
    assert [score.instrument for score in Score.objects.all()] == ["session"]
    browser.post(address, {"alliance": ""})
    assert [score.instrument for score in Score.objects.all()] == ["session"], "what was not on the page stays"
    assert AuditEntry.objects.filter(action="score.removed").count() == 1


def test_number_and_date_are_put_right(world: World, browser: Client) -> None:
    address = f"/desk/sessions/{world.session.pk}/"
    add_session(dyad_id=world.dyad.pk, number=6, held_on=None, user_id=world.owner.pk, now=timezone.now())
    for sent, said in (
        ({"number": "6"}, "already has a session 6"),
        ({"number": "5", "held_on": "2999-01-01"}, "lies in the future"),
        ({"number": "0"}, "greater than or equal to 1"),
    ):
        refused = browser.post(address, sent)
        assert (refused.status_code, said in refused.content.decode()) == (422, True), said
    assert not AuditEntry.objects.filter(action="session.changed").exists()

    assert browser.post(address, {"number": "4", "held_on": "2026-01-31"}).status_code == 302
    session = Session.objects.get(pk=world.session.pk)
    assert (session.number, session.held_on) == (4, date(2026, 1, 31))
    assert 'value="2026-01-31"' in page(browser, world)
    browser.post(address, {"number": "4"})
    assert Session.objects.get(pk=world.session.pk).held_on is None
    assert AuditEntry.objects.filter(action="session.changed").count() == 2


def test_a_total_is_offered_again_to_its_last_digit(world: World, browser: Client) -> None:
    address = f"/desk/sessions/{world.session.pk}/scores/{world.client.pk}"
    browser.post(address, {"alliance": "47.0625"})

    assert 'value="47.0625"' in page(browser, world)


def test_the_others_agreement_and_deviations_are_kept_as_written(world: World, browser: Client) -> None:
    browser.post(f"/desk/sessions/{world.session.pk}/others", {"note": "Both <b>signed</b>"})
    browser.post(f"/desk/sessions/{world.session.pk}/deviations", {"note": "Fire alarm\nat 12:30"})
    browser.post(f"/desk/sessions/{world.session.pk}/deviations", {"note": "   "})

    shown = page(browser, world)
    assert Session.objects.get(pk=world.session.pk).others_agreed == "Both <b>signed</b>"
    assert "Both &lt;b&gt;signed&lt;/b&gt;" in shown
    assert Deviation.objects.count() == 1
    assert "Fire alarm<br>at 12:30" in shown
    assert "Say what went otherwise." in shown


def test_a_link_s_token_is_shown_once_and_opens_the_room(world: World, browser: Client) -> None:
    made = browser.post(
        f"/desk/sessions/{world.session.pk}/links/{world.client.pk}", {"tasks": ["rate"]}
    ).content.decode()
    found = re.search(r"http://testserver(/r/[\w-]{32,})", made)
    assert found is not None

    assert Client().get(found[1]).status_code == 200
    assert found[1] not in page(browser, world)
    link = Link.objects.get()
    assert link.tasks == ["rate"]
    assert (link.expires_at - link.created_at).days == 14

    browser.post(f"/desk/links/{link.pk}/revoke")
    assert Client().get(found[1]).status_code == 404
    assert "revoked" in page(browser, world)


def test_a_link_for_a_task_the_role_does_not_have_is_refused(world: World, browser: Client) -> None:
    browser.post(f"/desk/sessions/{world.session.pk}/links/{world.client.pk}", {"tasks": ["rate", "guess"]})

    assert not Link.objects.exists()


def test_a_link_for_somebody_of_another_dyad_is_refused(world: World, browser: Client) -> None:
    other = build_world()

    response = browser.post(f"/desk/sessions/{world.session.pk}/links/{other.client.pk}")

    assert response.status_code == 404
    assert not Link.objects.exists()


def test_no_link_opens_before_the_recording_is_confirmed() -> None:
    world = build_world(confirmed=False)
    browser = Client()
    browser.force_login(world.owner)

    browser.post(f"/desk/sessions/{world.session.pk}/links/{world.client.pk}")
    handed = browser.post(f"/desk/sessions/{world.session.pk}/hand-over/{world.client.pk}")

    assert not Link.objects.exists()
    assert handed["Location"].startswith("/desk/sessions/")
    assert "Look at the recording and confirm that it is theirs" in page(browser, world)


def test_handing_over_ends_the_staff_s_session_and_opens_the_room(world: World, browser: Client) -> None:
    staff = browser.cookies["dialogram"].value

    handed = browser.post(f"/desk/sessions/{world.session.pk}/hand-over/{world.client.pk}")

    assert re.fullmatch(r"/r/[\w-]{32,}", handed["Location"])
    assert browser.get("/desk/account").status_code == 302
    assert browser.post(handed["Location"])["Location"] == "/room/"
    assert browser.get("/room/").status_code == 200
    assert browser.get(f"/desk/sessions/{world.session.pk}/").status_code == 302
    browser.cookies["dialogram"] = staff
    assert browser.get("/desk/account").status_code == 302, "the old cookie is worth nothing"
    link = Link.objects.get()
    assert link.expires_at - link.created_at == HAND_OVER_LIFETIME


def test_staff_who_sign_in_again_end_the_visit_of_whom_the_machine_was_handed_to(world: World, browser: Client) -> None:
    world.owner.set_password("quiet lamp over water")
    world.owner.save()
    link = make_sign_in_link(world.owner, lifetime=timedelta(hours=1), now=timezone.now())
    password = {"username": world.owner.username, "password": "quiet lamp over water"}
    for by_link in (False, True):
        browser.force_login(world.owner)
        handed = browser.post(f"/desk/sessions/{world.session.pk}/hand-over/{world.client.pk}")
        browser.post(handed["Location"])
        visit = browser.cookies["dialogram"].value
        assert browser.get("/room/").status_code == 200

        came = browser.get(f"/desk/enter/{link}") if by_link else browser.post("/desk/sign-in", password)
        assert came.status_code == 302

        assert browser.get("/desk/account").status_code == 200
        assert browser.get("/room/").status_code == 404
        browser.cookies["dialogram"] = visit
        assert browser.get("/room/").status_code == 404, "the old cookie is worth nothing"


def test_a_sitting_is_closed_as_partial_only_with_a_reason(world: World, browser: Client) -> None:
    sitting = rate(world, world.client, CLIENT_VALUES, finish=False)
    address = f"/desk/sittings/{sitting.pk}/close"

    browser.post(address, {"reason": "  "})
    assert Sitting.objects.get().state == "open"

    browser.post(address, {"reason": "went home"})
    assert (Sitting.objects.get().state, Sitting.objects.get().partial_reason) == ("partial", "went home")
    assert "went home" in page(browser, world)


def test_the_guess_is_released_by_a_person_and_not_too_early(world: World, browser: Client) -> None:
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    browser.post(f"/desk/sessions/{world.session.pk}/release")
    assert not GuessRelease.objects.exists()
    assert "The client has not finished yet." in page(browser, world)

    describe(world, world.client)
    assert "Release the guess" in page(browser, world)
    browser.post(f"/desk/sessions/{world.session.pk}/release")

    assert GuessRelease.objects.count() == 1
    assert "open now" in page(browser, world)


def test_no_release_is_offered_where_the_client_shows_no_clips(world: World, browser: Client) -> None:
    agree(world, world.client, clips=False)
    rate(world, world.client, CLIENT_VALUES)
    describe(world, world.client)

    shown = page(browser, world)

    assert "the client shows none" in shown
    assert "Release the guess" not in shown


def test_the_page_holds_no_word_and_no_rating_of_anybody(world: World, browser: Client) -> None:
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    recall = describe(world, world.client, words="zanzibar")
    release(world)

    shown = page(browser, world) + browser.get(f"/desk/studies/{world.study.pk}/").content.decode()

    assert "described" in shown
    assert "zanzibar" not in shown
    assert recall.pk not in shown


def test_a_rating_s_quality_is_said_and_what_the_hand_did_only_to_who_may_see_it(world: World, browser: Client) -> None:
    agree(world, world.client)
    assert "data-quality" not in page(browser, world)

    rate(world, world.client, [50.0] * 6)

    assert 'data-quality="good"' in page(browser, world)
    assert "never moved" not in page(browser, world)
    Membership.objects.update(deals_with_therapists=False)
    assert 'data-quality="check"' in page(browser, world)
    assert "the dial never moved" in page(browser, world)


def test_a_rating_closed_halfway_says_what_was_not_played(world: World, browser: Client) -> None:
    agree(world, world.client)
    sitting = rate(world, world.client, CLIENT_VALUES, finish=False, until_s=40.0)
    browser.post(f"/desk/sittings/{sitting.pk}/close", {"reason": "had to leave"})
    assert 'data-quality="poor"' in page(browser, world)
    assert "1:00 min not played" in page(browser, world)


def test_how_the_hand_followed_is_told_to_whoever_may_see_ratings() -> None:
    world = build_world(design=short_design(("recording_s = 10", "recording_s = 10\ntarget_s = 12")))
    browser = Client()
    browser.force_login(world.owner)
    actor = participant_actor(world.client.pk)
    sitting = begin_sitting(
        participant=world.client, session_id=world.session.pk, task=Task.RATE, actor=actor, now=timezone.now()
    )
    record_try(sitting_id=sitting.pk, number=1, moves=[(0.0, 50.0)], now=timezone.now())
    assert "did not follow the ring" not in page(browser, world)
    Membership.objects.update(deals_with_therapists=False)
    shown = page(browser, world)
    assert "1 try" in shown
    assert "the hand did not follow the ring" in shown


def test_why_there_are_no_moments_is_said_to_who_may_know(world: World, browser: Client) -> None:
    agree(world, world.client)
    rate(world, world.client, (50.0,) * 6)
    describe(world, world.client)
    Membership.objects.update(deals_with_therapists=False)
    assert "The trace is flat" in page(browser, world) or "the trace is flat" in page(browser, world)

    Membership.objects.update(deals_with_therapists=True)
    assert "race is flat" not in page(browser, world)
