from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.server.desk.study_at_work import make_account
from tests.server.factories import CLIENT_VALUES, World, agree, build_world, describe, give_link, rate, release

from dialogram.server.records.domain.people import add_dyad, add_participant
from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.domain.sittings import close_partial, note_stop
from dialogram.server.records.domain.studies import create_study
from dialogram.server.records.models import Membership, Recording, Sitting, Study
from dialogram.study import Role
from dialogram.study.design import shipped_text

pytestmark = pytest.mark.django_db


def browser_of(world: World) -> Client:
    browser = Client()
    browser.force_login(world.owner)
    return browser


def glance(world: World) -> str:
    return browser_of(world).get(f"/desk/studies/{world.study.pk}/sessions").content.decode()


def test_a_study_is_made_from_the_shipped_design() -> None:
    browser = Client()
    browser.force_login(make_account("mara"))

    response = browser.post("/desk/studies/new", {"name": "Mine", "design": "helpfulness", "deals": "yes"})

    study = Study.objects.get()
    assert response["Location"] == f"/desk/studies/{study.pk}/"
    assert study.design_text == shipped_text("helpfulness")
    assert Membership.objects.get().deals_with_therapists


def test_a_study_is_made_from_a_file() -> None:
    browser = Client()
    browser.force_login(make_account("mara"))
    text = shipped_text("helpfulness").replace("window_s = 30", "window_s = 20")
    file = SimpleUploadedFile("mine.toml", text.encode())

    browser.post("/desk/studies/new", {"name": "Mine", "design": "file", "design_file": file, "deals": "no"})

    assert Study.objects.get().design_text == text
    assert not Membership.objects.get().deals_with_therapists


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'format = 1\nname = "mine"\ntitel = "Mine"\n', "line 3, titel"),
        (b"format = = 1", "line 1"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"x" * 600_000, "at most 512 KiB"),
        (b"", "Choose the file"),
    ],
)
def test_a_wrong_design_is_said_in_the_page_and_makes_nothing(content: bytes, said: str) -> None:
    browser = Client()
    browser.force_login(make_account("mara"))
    file = SimpleUploadedFile("mine.toml", content)
    sent = {"name": "Mine", "design": "file", "deals": "no"} | ({"design_file": file} if content else {})

    page = browser.post("/desk/studies/new", sent).content.decode()

    assert said in page
    assert not Study.objects.exists()


def test_a_hostile_name_is_only_a_name() -> None:
    browser = Client()
    browser.force_login(make_account("mara"))
    name = "<script>alert(1)</script>{{ 7|add:1 }}\u202egnp"

    browser.post("/desk/studies/new", {"name": name, "design": "helpfulness", "deals": "no"})
    page = browser.get("/desk/").content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "{{ 7|add:1 }}" in page


def test_only_an_owner_changes_the_design() -> None:
    world = build_world()
    member = make_account("member")
    Membership.objects.create(study=world.study, user=member, role="researcher")
    changed = shipped_text("helpfulness").replace('title = "', 'title = "Our ', 1)
    address = f"/desk/studies/{world.study.pk}/design"
    browser = Client()
    browser.force_login(member)

    refused = browser.post(address, {"design_file": SimpleUploadedFile("d.toml", changed.encode())})
    before = Study.objects.get(pk=world.study.pk).design_text
    done = browser_of(world).post(address, {"design_file": SimpleUploadedFile("d.toml", changed.encode())})

    assert (refused.status_code, done.status_code) == (404, 302)
    assert before == world.study.design_text
    assert Study.objects.get(pk=world.study.pk).design_text == changed


def test_the_list_takes_the_same_queries_for_one_and_for_three() -> None:
    account = make_account("mara")
    browser = Client()
    browser.force_login(account)
    browser.get("/desk/")  # the session is read once, and remembered
    counts = []
    for made in range(3):
        create_study(
            name=f"Study {made}", design_text=shipped_text("helpfulness"), user_id=account.pk, now=timezone.now()
        )
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/desk/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[2] == 3


def test_the_glance_takes_the_same_queries_for_one_session_and_for_three() -> None:
    world = build_world()
    browser = browser_of(world)
    address = f"/desk/studies/{world.study.pk}/sessions"
    browser.get(address)  # the session is read once, and remembered
    counts = []
    for number in (10, 11, 12):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        counts.append(len(queries))
        add_session(dyad_id=world.dyad.pk, number=number, held_on=None, user_id=world.owner.pk, now=timezone.now())
    assert counts[0] == counts[2] <= 15


def test_the_glance_follows_a_session_from_the_recording_to_the_results() -> None:
    world = build_world(confirmed=False)
    assert "and confirm that it is theirs" in glance(world)

    Recording.objects.update(confirmed_at=timezone.now(), confirmed_by=world.owner)
    assert "let the client of K7 × T3, session 5 rate" in glance(world)

    agree(world, world.client)
    agree(world, world.therapist)
    give_link(world, world.client)
    assert "link until" in glance(world)
    assert "let the therapist of K7 × T3, session 5 rate" in glance(world)

    rating = rate(world, world.client, CLIENT_VALUES, finish=False)
    page = glance(world)
    assert "rating now" in page
    assert "saved to 1:40" in page

    Sitting.objects.filter(pk=rating.pk).update(last_seen_at=timezone.now() - timedelta(minutes=5))
    page = glance(world)
    assert "begun" in page
    assert "last seen" in page

    note_stop(sitting_id=rating.pk, now=timezone.now())
    assert "pressed stop" in glance(world)

    close_partial(sitting_id=rating.pk, reason="went home", user_id=world.owner.pk, now=timezone.now())
    assert "in part" in glance(world)

    describe(world, world.client)
    page = glance(world)
    assert "release it" in page
    assert "6 of 6" in page

    release(world)
    assert "open now" in glance(world)


def test_whoever_has_no_link_to_the_next_task_is_to_be_invited() -> None:
    world = build_world()
    for person in (world.client, world.therapist):
        agree(world, person)
    rate(world, world.client, CLIENT_VALUES)
    assert "let the client of K7 × T3, session 5 describe" in glance(world)

    describe(world, world.client)
    release(world)
    assert "let the therapist of K7 × T3, session 5 rate" in glance(world)

    rate(world, world.therapist, CLIENT_VALUES)
    describe(world, world.therapist)
    assert "let the therapist of K7 × T3, session 5 guess" in glance(world)

    give_link(world, world.therapist)
    assert "let the therapist" not in glance(world)


def test_results_wait_for_the_guess_for_those_who_meet_the_therapist() -> None:
    world = build_world()
    for person in (world.client, world.therapist):
        agree(world, person)
        rate(world, person, CLIENT_VALUES)
    assert "after the guess" in glance(world)

    Membership.objects.update(deals_with_therapists=False)
    page = glance(world)

    assert "after the guess" not in page
    assert f"/desk/sessions/{world.session.pk}/results" in page


def test_an_empty_study_says_what_comes_first() -> None:
    account = make_account("mara")
    study = create_study(name="Empty", design_text=shipped_text("helpfulness"), user_id=account.pk, now=timezone.now())
    browser = Client()
    browser.force_login(account)

    def say() -> str:
        return browser.get(f"/desk/studies/{study.pk}/").content.decode()

    assert "add a client and a therapist" in say()
    people = [
        add_participant(study_id=study.pk, role=role, code=code, user_id=account.pk, now=timezone.now())
        for role, code in ((Role.CLIENT, "K1"), (Role.THERAPIST, "T1"))
    ]
    assert "which client works with which therapist" in say()
    dyad = add_dyad(
        study_id=study.pk, participant_ids=[one.pk for one in people], user_id=account.pk, now=timezone.now()
    )
    assert "add the first session" in say()
    add_session(dyad_id=dyad.pk, number=1, held_on=None, user_id=account.pk, now=timezone.now())
    assert "upload the recording" in say()
