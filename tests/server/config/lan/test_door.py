"""What other devices can reach: the room, and nothing of the desk, under this machine's names in the network only."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings
from tests.server.factories import build_world, give_link

from dialogram.server.config.lan import urls as lan_urls
from dialogram.server.config.lan.certificates import ServerFiles
from dialogram.server.config.lan.door import Lan

pytestmark = pytest.mark.django_db

HOST = "192.168.7.5"


@pytest.fixture(autouse=True)
def lan(settings: Settings) -> None:
    files = ServerFiles(Path("none.crt"), Path("none.key"))
    settings.LAN = Lan(8421, (HOST, "lab.local"), files, "-----BEGIN CERTIFICATE-----", "AA:BB:CC")
    settings.ALLOWED_HOSTS = ["localhost", HOST, "lab.local"]


def device(*, host: str = f"{HOST}:8421", checked: bool = False) -> Client:
    """Somebody's device in the network; granian speaks TLS with it."""
    return come_from("192.168.7.44", host, checked=checked)


def come_from(address: str, host: str, *, checked: bool = False) -> Client:
    return Client(enforce_csrf_checks=checked, REMOTE_ADDR=address, HTTP_HOST=host)


def here(host: str = "localhost:8420") -> Client:
    return come_from("127.0.0.1", host)


def addresses(patterns: Any, before: str = "") -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        here_ = before + str(pattern.pattern)
        found += addresses(pattern.url_patterns, here_) if hasattr(pattern, "url_patterns") else [here_]
    return found


def test_every_address_of_the_desk_is_absent_from_the_network_and_there_on_this_machine() -> None:
    desk = [address for address in addresses(get_resolver().url_patterns) if address.startswith("desk/")]
    assert len(desk) > 20
    for address in [*desk, "", "ready"]:
        path = "/" + address.replace("<str:token>", "x").replace("<", "").replace(">", "")
        assert device().get(path).status_code == 404, path
        assert device().post(path).status_code == 404, path
    assert here().get("/ready").status_code == 200
    assert here().get("/desk/sign-in").status_code in {200, 302}


def test_only_room_phone_static_and_trust_are_there() -> None:
    first = {address.partition("/")[0] for address in addresses(lan_urls.urlpatterns)}
    assert first == {"room", "r", "phone", "static", "trust"}


def test_a_participant_comes_in_from_the_network_with_cookies_for_tls_only() -> None:
    world = build_world()
    token = give_link(world, world.client)
    client = device()
    came_in = client.post(f"/r/{token}")
    assert came_in.status_code == 302
    assert all(cookie["secure"] for cookie in came_in.cookies.values())
    assert len(came_in.cookies) > 0
    client.defaults["HTTP_ORIGIN"] = f"https://{HOST}:8421"
    shown = client.get("/room/")
    assert shown.status_code == 200
    assert "Strict-Transport-Security" not in shown.headers
    # the control: at this machine's own door, which is plain, they are not
    plain = here().post(f"/r/{token}")
    assert not any(cookie["secure"] for cookie in plain.cookies.values())


def test_forms_are_taken_from_the_door_s_own_pages_only() -> None:
    world = build_world()
    token = give_link(world, world.client)
    for origin, status in ((f"https://{HOST}:8421", 302), (f"http://{HOST}:8421", 403), ("https://evil.example", 403)):
        client = device(checked=True)
        client.get(f"/r/{token}")
        csrf = client.cookies["dialogram_csrf"].value
        answer = client.post(f"/r/{token}", {"csrfmiddlewaretoken": csrf}, HTTP_ORIGIN=origin)
        assert answer.status_code == status, origin


def test_a_form_at_this_machine_s_own_door_is_plain_though_the_server_speaks_tls() -> None:
    world = build_world()
    token = give_link(world, world.client)
    client = come_from("127.0.0.1", "localhost:8420", checked=True)
    client.get(f"/r/{token}")
    data = {"csrfmiddlewaretoken": client.cookies["dialogram_csrf"].value}
    assert client.post(f"/r/{token}", data, HTTP_ORIGIN="http://localhost:8420", secure=True).status_code == 302


@pytest.mark.parametrize("host", ["localhost:8421", "evil.example", "localhost", "127.0.0.1:8421"])
def test_the_network_cannot_call_itself_this_machine(host: str) -> None:
    for path in ("/desk/sign-in", "/trust", "/room/"):
        assert device(host=host).get(path).status_code == 400


def test_nobody_here_is_led_in_under_the_network_s_name() -> None:
    assert here(host=f"{HOST}:8421").get("/desk/sign-in").status_code == 400
    assert here().get("/trust").status_code == 200


def test_without_the_door_nobody_comes_from_the_network(settings: Settings) -> None:
    settings.LAN = None
    assert device().get("/trust").status_code == 404
    assert device(host="localhost").get("/desk/sign-in").status_code == 404
    assert here().get("/trust").status_code == 404


def test_the_certificate_is_handed_out_with_its_fingerprint() -> None:
    page = device().get("/trust").content.decode()
    assert f"https://{HOST}:8421/trust" in page
    assert page.replace("<span>:</span><wbr>", ":").count("AA:BB:CC") == 1
    file = device().get("/trust/dialogram.crt")
    assert file.content.startswith(b"-----BEGIN CERTIFICATE-----")
    assert "PRIVATE" not in file.content.decode()
    assert file["Content-Type"] == "application/x-x509-ca-cert"
