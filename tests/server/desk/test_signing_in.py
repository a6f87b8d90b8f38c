import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dialogram.server.accounts.failed_sign_ins import FREE_FAILURES, MARK_COOKIE, failures
from dialogram.server.accounts.models import User
from dialogram.server.accounts.sign_in import make_sign_in_link

pytestmark = pytest.mark.django_db

PASSWORD = "quiet lamp over water"


@pytest.fixture(autouse=True)
def _forget_failures() -> Iterator[None]:
    failures.__init__()  # type: ignore[misc]  # a counter as new for each test
    yield
    failures.__init__()  # type: ignore[misc]


def make_owner() -> Client:
    browser = Client()
    response = browser.post("/desk/first-account", {"username": "mara", "password": PASSWORD})
    assert response.status_code == 302
    return browser


def sign_in(browser: Client, password: str = PASSWORD, **more: str) -> int:
    return browser.post("/desk/sign-in", {"username": "mara", "password": password, **more}).status_code


def test_the_first_visit_leads_to_the_owner_s_account_and_only_the_first() -> None:
    start = Client().get("/desk/")
    assert (start.status_code, start["Location"]) == (302, "/desk/first-account")
    assert Client().get("/desk/sign-in")["Location"] == "/desk/first-account"

    browser = make_owner()

    assert User.objects.get().is_owner
    assert browser.get("/desk/").status_code == 200
    assert Client().get("/desk/first-account").status_code == 404
    assert Client().post("/desk/first-account", {"username": "eve", "password": PASSWORD}).status_code == 404
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "mara-mara-mara", "password1234", "x" * 1001])
def test_a_weak_password_makes_no_account(password: str) -> None:
    response = Client().post("/desk/first-account", {"username": "mara-mara-mara", "password": password})

    assert response.status_code == 200
    assert b'class="error"' in response.content
    assert re.search(rb'<input type="password"[^>]* value=', response.content) is None
    assert not User.objects.exists()


def test_a_password_may_be_long_and_hold_anything() -> None:
    odd = "  spaces, ünïcode and a 🙂 — kept as typed  "
    Client().post("/desk/first-account", {"username": "mara", "password": odd})

    assert sign_in(Client(), odd) == 302
    assert sign_in(Client(), odd.strip()) == 200


def test_signing_out_ends_the_session_for_good() -> None:
    browser = make_owner()
    old = browser.cookies["dialogram"].value

    browser.post("/desk/sign-out")
    browser.cookies["dialogram"] = old

    assert browser.get("/desk/account").status_code == 302


def test_signing_in_changes_the_session_s_name() -> None:
    make_owner()
    browser = Client()
    session = browser.session
    session["planted"] = True
    session.save()
    planted = browser.cookies["dialogram"].value

    assert sign_in(browser) == 302
    assert browser.cookies["dialogram"].value != planted


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_signing_in_leads_nowhere_else(wanted: str) -> None:
    make_owner()
    response = Client().post("/desk/sign-in", {"username": "mara", "password": PASSWORD, "next": wanted})

    assert response["Location"] == "/desk/"


def test_signing_in_leads_on_to_where_one_was_going() -> None:
    make_owner()
    response = Client().post("/desk/sign-in", {"username": "mara", "password": PASSWORD, "next": "/desk/account"})

    assert response["Location"] == "/desk/account"


def test_a_wrong_name_and_a_wrong_password_read_the_same() -> None:
    make_owner()
    pages = [
        Client().post("/desk/sign-in", {"username": name, "password": "not the password"}).content.decode()
        for name in ("mara", "nobody")
    ]

    assert all("Name and password do not belong together." in page for page in pages)


def test_guessing_is_slowed_down_but_locks_nobody_out_who_works_here() -> None:
    known = make_owner()
    known.post("/desk/sign-out")
    guesser = Client()

    statuses = [sign_in(guesser, "wrong wrong wrong") for _ in range(FREE_FAILURES + 3)]

    assert statuses[:FREE_FAILURES] == [200] * FREE_FAILURES
    assert statuses[-1] == 429
    assert sign_in(guesser) == 429, "while it waits, even the right password is not looked at"
    assert MARK_COOKIE in known.cookies
    assert sign_in(known) == 302, "the browser that has signed in before is not slowed down"


def test_a_mark_is_good_for_its_own_account_only() -> None:
    known = make_owner()
    User.objects.create_user("jon", PASSWORD)
    guesser = Client()
    for _ in range(FREE_FAILURES + 2):
        guesser.post("/desk/sign-in", {"username": "jon", "password": "wrong wrong wrong"})
    known.post("/desk/sign-out")

    assert known.post("/desk/sign-in", {"username": "jon", "password": PASSWORD}).status_code == 429


def test_changing_the_password_ends_sessions_elsewhere() -> None:
    here = make_owner()
    elsewhere = Client()
    assert sign_in(elsewhere) == 302

    wrong = here.post("/desk/account", {"old_password": "not it at all", "password": "another calm sentence"})
    assert wrong.status_code == 200
    right = here.post("/desk/account", {"old_password": PASSWORD, "password": "another calm sentence"})

    assert right.status_code == 302
    assert here.get("/desk/account").status_code == 200
    assert elsewhere.get("/desk/account").status_code == 302


def test_password_fields_let_a_password_manager_work() -> None:
    first = Client().get("/desk/first-account").content.decode()
    make_owner()
    later = Client().get("/desk/sign-in").content.decode()

    assert 'autocomplete="new-password"' in first
    assert 'autocomplete="current-password"' in later
    assert 'autocomplete="username"' in later
    assert "onpaste" not in first + later


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("", "/desk/"),
        ("?next=/desk/studies/new", "/desk/studies/new"),
        ("?next=https://evil.example/desk/", "/desk/"),
        ("?next=//evil.example/desk/", "/desk/"),
    ],
)
def test_a_printed_link_lets_in_and_leads_nowhere_else(wanted: str, leads_to: str) -> None:
    make_owner()
    now = timezone.now()
    token = make_sign_in_link(User.objects.get(), lifetime=timedelta(days=1), now=now)
    browser = Client()

    response = browser.get(f"/desk/enter/{token}{wanted}")

    assert (response.status_code, response["Location"]) == (302, leads_to)
    assert browser.get("/desk/").status_code == 200


def test_a_printed_link_that_is_wrong_or_has_run_out_lets_nobody_in() -> None:
    make_owner()
    old = make_sign_in_link(User.objects.get(), lifetime=timedelta(days=1), now=timezone.now() - timedelta(days=2))
    browser = Client()

    assert [browser.get(f"/desk/enter/{token}").status_code for token in (old, "x" * 32)] == [404, 404]
    assert browser.get("/desk/")["Location"].startswith("/desk/sign-in")
