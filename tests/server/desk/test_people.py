import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.server.desk.study_at_work import make_account
from tests.server.factories import World, build_world

from dialogram.server.accounts.models import User
from dialogram.server.identity.models import Person
from dialogram.server.records.models import AuditEntry, Dyad, Membership, Participant, Session

pytestmark = pytest.mark.django_db(databases=["default", "identity"])


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def browser(world: World) -> Client:
    browser = Client()
    browser.force_login(world.owner)
    return browser


def test_a_participant_is_added_with_a_name_kept_elsewhere(world: World, browser: Client) -> None:
    response = browser.post(
        f"/desk/studies/{world.study.pk}/people/new", {"role": "client", "code": "K8-1", "name": "Zofia Quellwasser"}
    )

    assert response.status_code == 302
    participant = Participant.objects.get(code="K8-1")
    assert Person.objects.get().participant_id == participant.pk
    people = browser.get(f"/desk/studies/{world.study.pk}/people").content.decode()
    assert "K8-1" in people
    assert "Zofia" not in people
    assert "Zofia Quellwasser" in browser.get(f"/desk/participants/{participant.pk}/").content.decode()


def test_a_code_like_a_name_is_warned_about_and_taken_on_a_second_thought(world: World, browser: Client) -> None:
    address = f"/desk/studies/{world.study.pk}/people/new"

    warned = browser.post(address, {"role": "client", "code": "anna"})
    assert warned.status_code == 422
    assert "looks like a name" in warned.content.decode()
    assert 'name="use_all_the_same"' in warned.content.decode()
    assert not Participant.objects.filter(code="anna").exists()

    assert browser.post(address, {"role": "client", "code": "anna", "use_all_the_same": "on"}).status_code == 302
    assert Participant.objects.filter(code="anna").exists()


@pytest.mark.parametrize("code", ["K7", "", "a b", "../x", "<b>", "x" * 33, "K\u0000"])
def test_a_code_that_cannot_be_is_said_and_makes_nobody(world: World, browser: Client, code: str) -> None:
    sent = {"role": "client", "code": code, "use_all_the_same": "on"}
    response = browser.post(f"/desk/studies/{world.study.pk}/people/new", sent)

    assert response.status_code == 422
    assert 'class="error"' in response.content.decode()
    assert Participant.objects.count() == 2


def test_an_account_of_another_study_cannot_be_a_participant(world: World, browser: Client) -> None:
    stranger = make_account("stranger")
    sent = {"role": "client", "code": "K8-1", "account": str(stranger.pk)}

    assert browser.post(f"/desk/studies/{world.study.pk}/people/new", sent).status_code == 422
    assert not Participant.objects.filter(code="K8-1").exists()


def test_a_member_who_turns_out_to_be_a_participant_loses_the_own_dyad(world: World, browser: Client) -> None:
    theo = make_account("theo")
    browser.post(f"/desk/studies/{world.study.pk}/members/new", {"username": "theo", "role": "researcher"})
    theirs = Client()
    theirs.force_login(theo)
    page, session = f"/desk/participants/{world.therapist.pk}/", f"/desk/sessions/{world.session.pk}/"
    assert theirs.get(session).status_code == theirs.get(page).status_code == 200

    assert browser.post(page, {"code": "T3", "account": str(theo.pk)}).status_code == 302

    for address in (session, f"{session}results", page):
        assert theirs.get(address).status_code == 404, address
    assert theirs.post(page, {"code": "T3"}).status_code == 404
    browser.post(page, {"code": "T3"})
    assert theirs.get(session).status_code == 200
    told = AuditEntry.objects.filter(action="participant.account-changed").order_by("pk")
    assert [entry.details["account"] for entry in told] == [f"account:{theo.pk}", None]


def test_adding_a_member_asks_whether_it_is_a_participant(world: World, browser: Client) -> None:
    address = f"/desk/studies/{world.study.pk}/members"
    asked = browser.get(address).content.decode()
    assert "Is this person a participant of the study?" in asked
    assert f'<option value="{world.therapist.pk}">T3</option>' in asked

    theo = make_account("theo")
    sent = {"username": "theo", "role": "researcher", "participant": world.therapist.pk}
    assert browser.post(f"{address}/new", sent).status_code == 302

    theirs = Client()
    theirs.force_login(theo)
    assert theirs.get(f"/desk/studies/{world.study.pk}/").status_code == 200
    assert theirs.get(f"/desk/sessions/{world.session.pk}/").status_code == 404
    assert "T3</option>" not in browser.get(address).content.decode()


def test_nobody_lets_go_of_their_own_account(world: World, browser: Client) -> None:
    browser.post(f"/desk/studies/{world.study.pk}/people/new", {"role": "client", "code": "K8-1"})
    person = Participant.objects.get(code="K8-1")
    page = f"/desk/participants/{person.pk}/"
    browser.post(page, {"code": "K8-1", "account": str(world.owner.pk)})

    refused = browser.post(page, {"code": "K8-1"})

    assert refused.status_code == 422
    assert "Somebody else must change this" in refused.content.decode()
    assert Participant.objects.get(code="K8-1").account == world.owner


def test_a_code_is_put_right_with_the_warnings_of_a_new_one(world: World, browser: Client) -> None:
    page = f"/desk/participants/{world.client.pk}/"
    for code, said in (("anna", "looks like a name"), ("T3", "already somebody"), ("", "required"), ("a b", "letters")):
        refused = browser.post(page, {"code": code, "use_all_the_same": "on" if code != "anna" else ""})
        assert refused.status_code == 422, code
        assert said in refused.content.decode(), code
    assert Participant.objects.get(pk=world.client.pk).code == "K7"

    assert browser.post(page, {"code": "K17"}).status_code == 302

    assert Participant.objects.get(pk=world.client.pk).code == "K17"
    assert AuditEntry.objects.filter(action="participant.code-changed", subject=world.client.pk).count() == 1
    Participant.objects.filter(pk=world.client.pk).update(code="anna")
    assert browser.post(page, {"code": "anna", "name": "N"}).status_code == 302, "what stands is not warned about again"


def test_a_therapist_has_several_clients_and_no_dyad_comes_twice(world: World, browser: Client) -> None:
    browser.post(f"/desk/studies/{world.study.pk}/people/new", {"role": "client", "code": "K8-1"})
    second = Participant.objects.get(code="K8-1")
    address = f"/desk/studies/{world.study.pk}/dyads/new"
    pair = {"client": second.pk, "therapist": world.therapist.pk}

    assert browser.post(address, pair).status_code == 302
    again = browser.post(address, pair)

    assert again.status_code == 422
    assert "already a dyad" in again.content.decode()
    assert Dyad.objects.count() == 2


def test_people_of_another_study_make_no_dyad_here(world: World, browser: Client) -> None:
    other = build_world()
    pair = {"client": other.client.pk, "therapist": world.therapist.pk}

    assert browser.post(f"/desk/studies/{world.study.pk}/dyads/new", pair).status_code == 422
    assert Dyad.objects.filter(study=world.study).count() == 1


def test_a_session_is_added_with_the_next_number_offered(world: World, browser: Client) -> None:
    address = f"/desk/studies/{world.study.pk}/sessions/new"
    assert 'value="6"' in browser.get(f"{address}?dyad={world.dyad.pk}").content.decode()

    taken = browser.post(address, {"dyad": world.dyad.pk, "number": "5"})
    future = browser.post(address, {"dyad": world.dyad.pk, "number": "6", "held_on": "2999-01-01"})
    added = browser.post(address, {"dyad": world.dyad.pk, "number": "6", "held_on": "2020-01-31"})

    assert "already has a session 5" in taken.content.decode()
    assert "lies in the future" in future.content.decode()
    assert added["Location"] == f"/desk/sessions/{Session.objects.get(number=6).pk}/"


def test_a_session_of_another_study_s_dyad_is_refused(world: World, browser: Client) -> None:
    other = build_world()

    browser.post(f"/desk/studies/{world.study.pk}/sessions/new", {"dyad": other.dyad.pk, "number": "9"})

    assert not Session.objects.filter(number=9).exists()


def test_a_member_s_password_is_shown_once_and_lets_them_in(world: World, browser: Client) -> None:
    address = f"/desk/studies/{world.study.pk}/members"
    made = browser.post(f"{address}/new", {"username": "jon", "role": "researcher", "deals": "on"}).content.decode()
    found = re.search(r'id="made-password" readonly value="([^"]+)"', made)
    assert found is not None

    assert found[1] not in browser.get(address).content.decode()
    assert Client().post("/desk/sign-in", {"username": "jon", "password": found[1]}).status_code == 302
    assert Membership.objects.get(user__username="jon").deals_with_therapists


def test_a_known_account_is_let_in_without_a_new_password(world: World, browser: Client) -> None:
    jon = make_account("Jon")
    response = browser.post(f"/desk/studies/{world.study.pk}/members/new", {"username": "jon", "role": "researcher"})

    assert response.status_code == 302
    assert not Membership.objects.get(user=jon).deals_with_therapists
    again = browser.post(f"/desk/studies/{world.study.pk}/members/new", {"username": "jon", "role": "researcher"})
    assert "belongs to the study already" in again.content.decode()
    assert User.objects.filter(username__iexact="jon").count() == 1


def test_nobody_gives_themselves_more_than_they_have(world: World, browser: Client) -> None:
    own = f"/desk/studies/{world.study.pk}/members/{world.owner.pk}"

    browser.post(own, {"role": "researcher", "deals": "on"})
    browser.post(own, {"role": "owner"})
    browser.post(own, {"act": "remove"})

    membership = Membership.objects.get(user=world.owner)
    assert (membership.role, membership.deals_with_therapists) == ("owner", True)


def test_a_member_taken_out_finds_nothing_any_more(world: World, browser: Client) -> None:
    jon = make_account("jon")
    browser.post(f"/desk/studies/{world.study.pk}/members/new", {"username": "jon", "role": "researcher"})
    theirs = Client()
    theirs.force_login(jon)
    assert theirs.get(f"/desk/studies/{world.study.pk}/").status_code == 200

    browser.post(f"/desk/studies/{world.study.pk}/members/{jon.pk}", {"act": "remove"})

    assert theirs.get(f"/desk/studies/{world.study.pk}/").status_code == 404


def test_the_people_s_page_takes_the_same_queries_for_few_and_many(world: World, browser: Client) -> None:
    address = f"/desk/studies/{world.study.pk}/people"
    counts = []
    for code in ("K8-1", "K8-2", "K8-3"):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        counts.append(len(queries))
        browser.post(f"{address}/new", {"role": "client", "code": code})
        pair = {"client": Participant.objects.get(code=code).pk, "therapist": world.therapist.pk}
        browser.post(f"/desk/studies/{world.study.pk}/dyads/new", pair)
    browser.get(address)  # shows what was added last, once
    assert counts[1] == counts[2]
