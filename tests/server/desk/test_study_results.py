from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from tests.server.desk.study_at_work import make_account
from tests.server.factories import (
    CLIENT_VALUES,
    THERAPIST_VALUES,
    World,
    add_recording,
    agree,
    build_world,
    rate,
    words_of,
)

from dialogram.server.accounts.models import User
from dialogram.server.records.domain import recordings
from dialogram.server.records.domain.people import add_dyad, add_participant
from dialogram.server.records.domain.scores import enter_score
from dialogram.server.records.domain.sessions import add_session, note_others_agreed
from dialogram.server.records.enums import MemberRole
from dialogram.server.records.models import Membership, Participant
from dialogram.study import Role

pytestmark = pytest.mark.django_db


def another_session(world: World, *, client: str, therapist: str) -> World:
    """Add a dyad with a session of its own."""
    now = timezone.now()
    people = [
        add_participant(study_id=world.study.pk, role=role, code=code, user_id=world.owner.pk, now=now)
        for role, code in ((Role.CLIENT, client), (Role.THERAPIST, therapist))
    ]
    dyad = add_dyad(
        study_id=world.study.pk, participant_ids=[one.pk for one in people], user_id=world.owner.pk, now=now
    )
    return next_session(replace(world, client=people[0], therapist=people[1], dyad=dyad), number=2)


def next_session(world: World, *, number: int) -> World:
    """Add a session of the same two, confirmed and ready to be watched."""
    now = timezone.now()
    session = add_session(dyad_id=world.dyad.pk, number=number, held_on=None, user_id=world.owner.pk, now=now)
    note_others_agreed(session_id=session.pk, note="Signed", user_id=world.owner.pk, now=now)
    recording = add_recording(
        session, media=b"film" * 99, media_type="video/mp4", has_video=True, user_id=world.owner.pk, now=now
    )
    recordings.confirm(recording_id=recording.pk, watched=recordings.PLACES, user_id=world.owner.pk, now=now)
    return replace(world, session=session, recording=recording)


def rate_both(world: World, client: Sequence[float], therapist: Sequence[float]) -> None:
    for person, values in ((world.client, client), (world.therapist, therapist)):
        agree(world, person)
        rate(world, person, values)


@pytest.fixture
def worlds() -> list[World]:
    first = build_world()
    Membership.objects.update(deals_with_therapists=False)
    made = [first, *(another_session(first, client=f"K{n}", therapist=f"T{n}") for n in (8, 9))]
    rng = np.random.default_rng(6)
    for world, alliance in zip(made, (40, 50, 55), strict=True):
        client = [value + 8 * rng.normal() for value in CLIENT_VALUES]
        rate_both(world, client, [0.5 * value + 20 + 5 * rng.normal() for value in client])
        enter_score(
            session_id=world.session.pk,
            participant_id=world.client.pk,
            instrument="alliance",
            total=alliance,
            user_id=world.owner.pk,
            now=timezone.now(),
        )
    return made


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_the_study_leads_to_what_all_its_sessions_say(worlds: list[World]) -> None:
    study, browser = worlds[0].study, browser_of(worlds[0].owner)
    address = f"/desk/studies/{study.pk}/results"
    assert address in browser.get(f"/desk/studies/{study.pk}/").content.decode()
    page = browser.get(address).content.decode()
    for name in ("K7 × T3, 5", "K8 × T8, 2", "K9 × T9, 2"):
        assert name in page
    assert "What it goes with" not in page


def test_what_it_may_go_with_is_chosen_on_the_page(worlds: list[World]) -> None:
    browser = browser_of(worlds[0].owner)
    address = f"/desk/studies/{worlds[0].study.pk}/results"
    assert "Working alliance, client" in browser.get(address).content.decode()
    chosen = browser.get(address, {"with": "Working alliance, client"}).content.decode()
    assert "What it goes with" in chosen
    assert "checked" in chosen
    assert "checked" not in browser.get(address, {"with": "no such thing"}).content.decode()


def test_sessions_of_one_client_are_not_taken_for_clients(worlds: list[World]) -> None:
    browser = browser_of(worlds[0].owner)
    address = f"/desk/studies/{worlds[0].study.pk}/results"
    assert "clients, 4 dyads" not in words_of(browser.get(address))
    rng = np.random.default_rng(7)
    values = [value + 8 * rng.normal() for value in CLIENT_VALUES]
    rate_both(next_session(worlds[1], number=3), values, [0.5 * value + 20 + 5 * rng.normal() for value in values])
    page = words_of(browser.get(address))
    assert "3 clients, 4 dyads" in page


@pytest.mark.parametrize(("suffix", "begins"), [("pdf", b"%PDF"), ("html", b"<!doctype html>")])
def test_the_report_is_a_file(worlds: list[World], suffix: str, begins: bytes) -> None:
    browser = browser_of(worlds[0].owner)
    response = browser.get(f"/desk/studies/{worlds[0].study.pk}/results/report.{suffix}")
    assert response.content.lower().startswith(begins.lower())
    assert "attachment" in response["Content-Disposition"]
    assert browser.get(f"/desk/studies/{worlds[0].study.pk}/results/report.exe").status_code == 404


def test_a_session_is_left_out_where_its_own_results_are_not_to_be_seen(worlds: list[World]) -> None:
    """One's own dyad does not exist; what is locked for who deals with therapists is not in the sum either."""
    study = worlds[0].study
    own, dealing, stranger = (make_account(name) for name in ("own", "dealing", "stranger"))
    Membership.objects.create(study=study, user=own, role=MemberRole.RESEARCHER, deals_with_therapists=False)
    Membership.objects.create(study=study, user=dealing, role=MemberRole.RESEARCHER, deals_with_therapists=True)
    Participant.objects.filter(pk=worlds[0].client.pk).update(account=own)
    address = f"/desk/studies/{study.pk}/results"

    page = words_of(browser_of(own).get(address))
    assert "K8 × T8, 2" in page
    assert "K7" not in page
    locked = words_of(browser_of(dealing).get(address))
    assert "Not yet" in locked
    assert "K8" not in locked
    assert browser_of(dealing).get(f"{address}/report.pdf").status_code == 404
    assert browser_of(stranger).get(address).status_code == 404


def test_one_session_is_no_study(worlds: list[World]) -> None:
    alone = build_world()
    Membership.objects.update(deals_with_therapists=False)
    rate_both(alone, CLIENT_VALUES, THERAPIST_VALUES)
    browser = browser_of(alone.owner)
    assert "Not yet" in browser.get(f"/desk/studies/{alone.study.pk}/results").content.decode()
    assert (
        f"/desk/studies/{alone.study.pk}/results"
        not in browser.get(f"/desk/studies/{alone.study.pk}/").content.decode()
    )


@pytest.fixture
def many() -> list[World]:
    """Nine sessions, after each of which the client rated it as a whole."""
    first = build_world()
    Membership.objects.update(deals_with_therapists=False)
    made = [first, *(another_session(first, client=f"K{n}", therapist=f"T{n}") for n in range(11, 19))]
    rng = np.random.default_rng(6)
    for world in made:
        level = float(rng.normal(scale=6))
        client = [min(100.0, max(0.0, value + level + 8 * rng.normal())) for value in CLIENT_VALUES]
        rate_both(world, client, [min(100.0, 0.5 * value + 25 + 9 * rng.normal()) for value in client])
        for person in (world.client, world.therapist):
            enter_score(
                session_id=world.session.pk,
                participant_id=person.pk,
                instrument="session",
                total=float(rng.integers(20, 95)),
                user_id=world.owner.pk,
                now=timezone.now(),
            )
    return made


def test_what_clients_said_is_held_against_the_ratings(many: list[World]) -> None:
    browser = browser_of(many[0].owner)
    address = f"/desk/studies/{many[0].study.pk}/results"
    plain = browser.get(address).content.decode()
    assert '<select name="rating"><option value="">–</option><option>Session rating, client</option></select>' in plain
    assert "remembered" not in plain
    asked = {"rating": "Session rating, client", "outcome": "Session rating, client"}
    page = browser.get(address, asked).content.decode()
    assert "Is a session remembered by its mean, its peak or its end?" in page
    assert "Session rating, client, 9 sessions, held against what the client rated in them" in page
    assert "Does “Session rating, client” depend on whether they agree?" in page
    assert page.count("<option selected>Session rating, client</option>") == 2
    report = browser.get(f"{address}/report.html", asked).content.decode()
    assert "Is a session remembered by its mean, its peak or its end?" in report
    for nothing in ("Session rating, therapist", "no such thing"):
        assert "remembered" not in browser.get(address, {"rating": nothing}).content.decode()


def test_what_cannot_be_told_is_said_and_the_rest_stays(many: list[World]) -> None:
    """Of two moderators that say the same one is judged, and the page does not go with the other."""
    browser = browser_of(many[0].owner)
    address = f"/desk/studies/{many[0].study.pk}/results"
    for world in many:
        for person in (world.client, world.therapist):
            enter_score(
                session_id=world.session.pk,
                participant_id=person.pk,
                instrument="alliance",
                total=30.0 + (world is many[0]),
                user_id=world.owner.pk,
                now=timezone.now(),
            )
    both = {"with": ["Working alliance, client", "Working alliance, therapist"]}
    page = browser.get(address, both).content.decode()
    told = words_of(browser.get(address, both))
    assert "This cannot be told: What goes with “Working alliance, therapist”: each of" in told
    assert "Bias × Working alliance, client" in told
    assert "How much higher, and how closely?" in page
    assert "This cannot be told" not in browser.get(address, {"with": both["with"][:1]}).content.decode()


def test_what_clients_said_of_a_session_one_may_not_see_counts_for_nothing(many: list[World]) -> None:
    """Nine sessions less one's own are eight; one more that is hidden leaves too few to be offered at all."""
    study = many[0].study
    own = make_account("own")
    Membership.objects.create(study=study, user=own, role=MemberRole.RESEARCHER, deals_with_therapists=False)
    address = f"/desk/studies/{study.pk}/results"
    asked = {"rating": "Session rating, client"}
    Participant.objects.filter(pk=many[0].client.pk).update(account=own)
    assert "Session rating, client, 8 sessions" in browser_of(own).get(address, asked).content.decode()
    Participant.objects.filter(pk=many[1].client.pk).update(account=own)
    page = browser_of(own).get(address, asked).content.decode()
    assert "remembered" not in page
    assert '<select name="rating">' not in page
    assert "Session rating, client, 9 sessions" in browser_of(many[0].owner).get(address, asked).content.decode()
