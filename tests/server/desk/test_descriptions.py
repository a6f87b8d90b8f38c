import re

import pytest
from django.test import Client
from tests.server.factories import CLIENT_VALUES, World, agree, build_world, rate

from dialogram.server.records.domain.audit import account_actor
from dialogram.server.records.domain.recalls import said_of
from dialogram.server.records.models import AuditEntry, Description, Membership, Sitting
from dialogram.study import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = build_world()
    Membership.objects.update(deals_with_therapists=False)
    agree(world, world.client)
    return world


@pytest.fixture
def browser(world: World) -> Client:
    browser = Client()
    browser.force_login(world.owner)
    return browser


def begin(browser: Client, world: World) -> str:
    response = browser.post(f"/desk/sessions/{world.session.pk}/describe/{world.client.pk}")
    assert response.status_code == 302
    return str(response["Location"])


def test_a_recall_is_typed_segment_by_segment_and_handed_in(world: World, browser: Client) -> None:
    rate(world, world.client, CLIENT_VALUES)
    address = begin(browser, world)
    assert AuditEntry.objects.get(action="recall.started").actor == account_actor(world.owner.pk)
    shown = browser.get(address).content.decode()
    assert shown.count("▲ helpful") == 3
    assert shown.count("▼ hindering") == 3
    assert "Why was it hindering?" in shown
    assert re.search(r"0:\d\d–0:\d\d", shown)

    for row in Description.objects.all():
        sent = {"text": f"words <i> {row.position}", "moment": "yes"} | ({"vetoed": "on"} if row.position == 1 else {})
        assert browser.post(f"{address}/{row.pk}", sent).status_code == 302
    said = [said_of(row) for row in Description.objects.select_related("sitting")]

    assert [one.text for one in said] == [f"words <i> {position}" for position in range(6)]
    assert {one.typed_by for one in said} == {account_actor(world.owner.pk)}
    assert [one.vetoed for one in said] == [False, True, False, False, False, False]
    assert "words &lt;i&gt; 0" in browser.get(address).content.decode()

    finished = browser.post(address.replace("descriptions", "finish"))
    assert finished["Location"].startswith(f"/desk/sessions/{world.session.pk}/")
    assert Sitting.objects.get(task=Task.RECALL).state == "finished"
    assert browser.get(address).status_code == 404, "what is handed in is read in the results"


def test_it_is_saved_while_typing_and_says_so(world: World, browser: Client) -> None:
    rate(world, world.client, CLIENT_VALUES)
    address = begin(browser, world)
    row = Description.objects.first()
    assert row is not None

    saved = browser.post(f"{address}/{row.pk}", {"text": "half a sen"}, headers={"HX-Request": "true"})
    wrong = browser.post(f"{address}/{row.pk}", {"text": "x", "moment": "never"}, headers={"HX-Request": "true"})

    assert saved.content.decode().startswith("<span>saved <time")
    assert "Expected one of" in wrong.content.decode()
    assert said_of(Description.objects.get(pk=row.pk)).text == "half a sen"


def test_it_is_not_handed_in_while_a_segment_is_left(world: World, browser: Client) -> None:
    rate(world, world.client, CLIENT_VALUES)
    address = begin(browser, world)
    for row in Description.objects.all()[:5]:
        browser.post(f"{address}/{row.pk}", {"skipped": "on"})

    browser.post(address.replace("descriptions", "finish"))

    assert Sitting.objects.get(task=Task.RECALL).state == "open"
    assert "1 of the segments" in browser.get(address).content.decode()


def test_words_alone_are_not_handed_in_but_a_slip_needs_none(world: World, browser: Client) -> None:
    rate(world, world.client, CLIENT_VALUES)
    address = begin(browser, world)
    for row in Description.objects.all():
        browser.post(f"{address}/{row.pk}", {"text": "because", "moment": "earlier" if row.position else ""})

    browser.post(address.replace("descriptions", "finish"))
    assert Sitting.objects.get(task=Task.RECALL).state == "open"
    assert "whether this was the moment" in browser.get(address).content.decode()

    browser.post(f"{address}/{Description.objects.get(position=0).pk}", {"text": "", "moment": "slip"})
    browser.post(address.replace("descriptions", "finish"))
    assert Sitting.objects.get(task=Task.RECALL).state == "finished"


def test_it_opens_only_after_the_rating_is_in(world: World, browser: Client) -> None:
    rate(world, world.client, CLIENT_VALUES, finish=False)

    response = browser.post(f"/desk/sessions/{world.session.pk}/describe/{world.client.pk}")

    assert response["Location"].startswith("/desk/sessions/")
    assert not Sitting.objects.filter(task=Task.RECALL).exists()
    assert "when the rating is handed in" in browser.get(f"/desk/sessions/{world.session.pk}/").content.decode()


def test_who_meets_the_therapist_does_not_read_the_client_s_words(world: World, browser: Client) -> None:
    rate(world, world.client, CLIENT_VALUES)
    address = begin(browser, world)
    assert browser.get(address).status_code == 200

    Membership.objects.update(deals_with_therapists=True)

    assert browser.get(address).status_code == 404
    assert browser.post(f"/desk/sessions/{world.session.pk}/describe/{world.client.pk}").status_code == 404
    shown = browser.get(f"/desk/sessions/{world.session.pk}/").content.decode()
    assert "Type while they speak" not in shown
    assert "typing while they speak is for a colleague who does not" in shown


def test_another_recall_s_segment_is_not_there(world: World, browser: Client) -> None:
    rate(world, world.client, CLIENT_VALUES)
    address = begin(browser, world)
    other = build_world()
    agree(other, other.client)
    Membership.objects.update(deals_with_therapists=False)
    rate(other, other.client, CLIENT_VALUES)
    theirs = Client()
    theirs.force_login(other.owner)
    begin(theirs, other)
    foreign = Description.objects.filter(sitting__participant=other.client).first()
    assert foreign is not None

    assert browser.post(f"{address}/{foreign.pk}", {"text": "mine now"}).status_code == 404
    assert said_of(foreign).text == ""
