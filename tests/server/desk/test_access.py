"""Every address of the desk with everybody who might knock. A new address without a row here fails."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from tests.server.desk.study_at_work import StudyAtWork, build_study_at_work
from tests.server.factories import words_of

from dialogram.server.desk.urls import urlpatterns

pytestmark = pytest.mark.django_db(databases=["default", "identity"])

WHO = ("anonymous", "stranger", "own", "member", "owner")


@dataclass(frozen=True)
class Row:
    """An address, what is sent to it, and to whom it is there."""

    method: str
    opens_to: frozenset[str]
    ids: Callable[[StudyAtWork], dict[str, Any]] = lambda _: {}
    send: Mapping[str, Any] = field(default_factory=dict)
    json: bool = False


ACCOUNTS = frozenset({"stranger", "own", "member", "owner"})
MEMBERS = frozenset({"own", "member", "owner"})
OUTSIDE_DYAD = frozenset({"member", "owner"})
OWNER = frozenset({"owner"})


def of_study(work: StudyAtWork) -> dict[str, Any]:
    return {"study_id": work.world.study.pk}


def of_member(work: StudyAtWork) -> dict[str, Any]:
    return {"study_id": work.world.study.pk, "account_id": work.member.pk}


def of_session(work: StudyAtWork) -> dict[str, Any]:
    return {"session_id": work.world.session.pk}


def of_person(work: StudyAtWork) -> dict[str, Any]:
    return {"session_id": work.world.session.pk, "participant_id": work.world.therapist.pk}


def of_participant(work: StudyAtWork) -> dict[str, Any]:
    return {"participant_id": work.world.client.pk}


def of_recording(work: StudyAtWork) -> dict[str, Any]:
    return {"recording_id": work.world.recording.pk}


def of_upload(work: StudyAtWork) -> dict[str, Any]:
    return {"recording_id": work.upload.pk}


def of_recall(work: StudyAtWork) -> dict[str, Any]:
    return {"sitting_id": work.recall.pk}


def get(opens_to: frozenset[str], ids: Callable[[StudyAtWork], dict[str, Any]] = lambda _: {}) -> Row:
    return Row("get", opens_to, ids)


def post(opens_to: frozenset[str], ids: Callable[[StudyAtWork], dict[str, Any]] = lambda _: {}, **send: Any) -> Row:
    return Row("post", opens_to, ids, send)


TABLE: Mapping[str, Row] = {
    "studies": get(ACCOUNTS),
    "first-account": get(frozenset()),
    "sign-in": get(frozenset(WHO)),
    "sign-out": post(frozenset(WHO)),
    "own-account": get(ACCOUNTS),
    "new-study": get(ACCOUNTS),
    "study": get(MEMBERS, of_study),
    "sessions": get(MEMBERS, of_study),
    "new-session": get(MEMBERS, of_study),
    "people": get(MEMBERS, of_study),
    "new-participant": post(MEMBERS, of_study, role="client", code="K99"),
    "new-dyad": post(MEMBERS, of_study),
    "design": get(MEMBERS, of_study),
    "design-file": get(MEMBERS, of_study),
    "members": get(OWNER, of_study),
    "new-member": post(OWNER, of_study, username="stranger", role="researcher"),
    "edit-member": post(OWNER, of_member, act="remove"),
    "study-results": get(MEMBERS, of_study),
    # one session is no study, so nobody gets these here; with three, test_study_results asks who does
    "study-figure": get(frozenset(), lambda work: {**of_study(work), "suffix": "svg"}),
    "study-report": get(frozenset(), lambda work: {**of_study(work), "suffix": "html"}),
    "export-study": post(MEMBERS, of_study),
    "participant": get(OUTSIDE_DYAD, of_participant),
    "session": get(OUTSIDE_DYAD, of_session),
    "recording": get(OUTSIDE_DYAD, of_session),
    "new-upload": Row("post", OUTSIDE_DYAD, of_session, {"files": [{"name": "a.mp4", "size": 3}]}, json=True),
    "others-agreed": post(OUTSIDE_DYAD, of_session, note="all signed"),
    "deviation": post(OUTSIDE_DYAD, of_session, note="began late"),
    "release": post(OUTSIDE_DYAD, of_session),
    "results": get(OUTSIDE_DYAD, of_session),
    "figure": get(OUTSIDE_DYAD, lambda work: {**of_session(work), "suffix": "svg"}),
    "report": get(OUTSIDE_DYAD, lambda work: {**of_session(work), "suffix": "html"}),
    "unblind": post(OWNER, of_session, reason="a reason that is long enough"),
    "export": post(OUTSIDE_DYAD, of_session),
    "paper-consent": post(OUTSIDE_DYAD, of_person, agreed="on"),
    "scores": post(OUTSIDE_DYAD, of_person, session_rating="80"),
    "new-link": post(OUTSIDE_DYAD, of_person),
    "hand-over": post(OUTSIDE_DYAD, of_person),
    "describe": post(OUTSIDE_DYAD, of_person),
    "revoke-link": post(OUTSIDE_DYAD, lambda work: {"link_id": work.link.pk}),
    "close-sitting": post(OUTSIDE_DYAD, of_recall, reason="went home"),
    "descriptions": get(OUTSIDE_DYAD, of_recall),
    "save-description": post(
        OUTSIDE_DYAD, lambda work: {**of_recall(work), "description_id": work.description.pk}, text="words"
    ),
    "finish-descriptions": post(OUTSIDE_DYAD, of_recall),
    "new-piece": Row("post", OUTSIDE_DYAD, lambda work: {**of_upload(work), "part": 0, "piece": 0}, {}, json=True),
    "end-upload": post(OUTSIDE_DYAD, of_upload),
    "cancel": post(OUTSIDE_DYAD, of_upload),
    "look": get(OUTSIDE_DYAD, of_recording),
    "trim": post(OUTSIDE_DYAD, of_recording, start="0:01", end="0:50"),
    "confirm": post(OUTSIDE_DYAD, of_recording, watched="start middle end"),
    "void": post(OUTSIDE_DYAD, of_recording, reason="another dyad"),
    "media": get(OUTSIDE_DYAD, of_recording),
}


def test_every_address_has_a_row() -> None:
    assert Counter(pattern.name for pattern in urlpatterns) == Counter(TABLE.keys()), "each thing has one address"


def knock(work: StudyAtWork, who: str, name: str) -> Any:
    """Ask for an address as somebody; whatever it does is undone."""
    row, browser = TABLE[name], Client()
    account = {"stranger": work.stranger, "own": work.own, "member": work.member, "owner": work.world.owner}.get(who)
    with transaction.atomic():
        if account is not None:
            browser.force_login(account)
        address = reverse(f"desk:{name}", kwargs=row.ids(work))
        kind = {"content_type": "application/json"} if row.json else {}
        response = getattr(browser, row.method)(address, dict(row.send), **kind)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


@pytest.mark.parametrize("who", WHO)
def test_each_address_opens_to_whom_it_is_for_and_to_nobody_else(who: str, subtests: pytest.Subtests) -> None:
    work = build_study_at_work()
    for name, row in TABLE.items():
        with subtests.test(name):
            response = knock(work, who, name)
            to_sign_in = response.status_code == 302 and response["Location"].startswith("/desk/sign-in?")
            if who in row.opens_to:
                assert response.status_code in {200, 302, 409, 422}, name
                assert not to_sign_in
            elif who == "anonymous" and name != "first-account":
                assert to_sign_in
            else:
                assert response.status_code == 404


@pytest.mark.parametrize("name", ["session", "media", "people", "members", "descriptions"])
def test_what_is_not_yours_and_what_is_not_there_look_the_same(name: str) -> None:
    work = build_study_at_work()
    browser = Client()
    browser.force_login(work.stranger)
    row = TABLE[name]

    foreign = browser.get(reverse(f"desk:{name}", kwargs=row.ids(work)))
    absent = browser.get(reverse(f"desk:{name}", kwargs=dict.fromkeys(row.ids(work), "0" * 32)))

    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content
    assert b'href="/desk/"' in foreign.content, "there is a way on"
    assert b'href="/desk/"' not in browser.get("/r/absent").content, "which the room does not show"


def test_forms_without_the_page_s_token_change_nothing(subtests: pytest.Subtests) -> None:
    work = build_study_at_work()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(work.world.owner)
    for name, row in TABLE.items():
        if row.method == "post":
            with subtests.test(name):
                address = reverse(f"desk:{name}", kwargs=row.ids(work))
                assert (
                    browser.post(address, dict(row.send), headers={"Origin": "http://evil.example"}).status_code == 403
                )


def test_reading_never_changes_by_get(subtests: pytest.Subtests) -> None:
    work = build_study_at_work()
    browser = Client()
    browser.force_login(work.world.owner)
    for name, row in TABLE.items():
        if row.method == "post":
            with subtests.test(name):
                assert browser.get(reverse(f"desk:{name}", kwargs=row.ids(work))).status_code == 405


def test_own_dyads_stand_on_no_list() -> None:
    work = build_study_at_work()
    pages: dict[str, dict[str, str]] = {}
    for who, account in (("own", work.own), ("member", work.member)):
        browser = Client()
        browser.force_login(account)
        study = work.world.study.pk
        pages[who] = {
            name: words_of(browser.get(reverse(f"desk:{name}", kwargs={"study_id": study})))
            for name in ("study", "sessions", "people", "new-session")
        }
    for name in pages["own"]:
        assert "K7" not in pages["own"][name], name
        assert "K7" in pages["member"][name], name
