"""What is no recording, no design and no link is refused with one clear message, and leaves nothing behind."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Film, OpenContext
from tests.e2e.desk import Desk, short_design
from tests.e2e.room import Room
from tests.e2e.serving import Server

from dialogram.simulate.recording import make_recording

pytestmark = pytest.mark.e2e

EXPIRE = """
import sys
from pathlib import Path
from dialogram.server.config.boot import boot
boot(Path(sys.argv[1]))
from django.utils import timezone
from dialogram.server.records.models import Link
Link.objects.filter(pk=Link.objects.latest("created_at").pk).update(expires_at=timezone.now())
"""


def stored(server: Server) -> set[str]:
    """Name every file of the parts of the data folder where recordings lie."""
    return {
        str(path.relative_to(server.data))
        for part in ("uploads", "vault", "scratch")
        for path in (server.data / part).rglob("*")
        if path.is_file()
    }


def new_study(desk: Desk, folder: Path) -> str:
    study = desk.make_study("Bad input", design=short_design(per_kind=1, practice=False), folder=folder)
    desk.add_person(study, role="client", code="K7-02")
    desk.add_person(study, role="therapist", code="T4-02")
    desk.pair(study, client="K7-02", therapist="T4-02")
    return study


def refusal(page: Page) -> str:
    """Wait for the one message, and read it."""
    alert = page.locator("#recording [role=alert]:not([hidden])")
    expect(alert).to_have_count(1, timeout=30_000)
    return alert.inner_text()


def test_what_is_no_recording_is_refused_and_what_is_unusual_is_taken(
    server: Server, desk: Desk, film: Film, open_context: OpenContext, tmp_path: Path
) -> None:
    page = desk.page
    study = new_study(desk, tmp_path)
    session = desk.add_session(study, number=1)
    before = stored(server)
    whole = film(20).read_bytes()
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(whole)
    bad = {
        "text.mp4": b"Dear diary, today we talked about my mother.\n" * 200,
        "playlist.mp4": f"ffconcat version 1.0\nfile '{secret}'\n".encode(),
        "empty.mp4": b"",
        "cut.mp4": whole[: len(whole) // 2],
    }
    said = {}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        page.goto(session)
        page.locator("[data-files]").set_input_files(tmp_path / name)
        page.locator("[data-send]").click()
        said[name] = refusal(page)
        assert said[name].count("\n") == 0
        assert "diary" not in said[name]
        assert str(tmp_path) not in said[name]
        expect(page.locator("[data-files]")).to_be_enabled()
        assert stored(server) == before, f"{name} leaves nothing behind"
    assert len(set(said.values())) == len(bad), "each has a message of its own"

    sound, uneven = tmp_path / "sound.m4a", tmp_path / "uneven.mp4"
    make_recording(sound, duration_s=8, seed=1, audio_only=True)
    make_recording(uneven, duration_s=8, seed=1, size=(320, 180), variable=True)
    desk.upload(session, sound)
    assert len(stored(server) - before) > 0, "what is taken is there, so the listing would have shown the rest"
    desk.look_and_confirm(session)
    expect(page.locator("#recording a[href$='/look']")).to_be_visible()
    desk.note_others(session)
    follow_links(server, desk, session, open_context)

    other = desk.add_session(study, number=2)
    desk.upload(other, uneven)
    desk.look_and_confirm(other)


def follow_links(server: Server, desk: Desk, session: str, open_context: OpenContext) -> None:
    """Links that are wrong, revoked or run out show one calm page; one used before opens again."""
    link = desk.make_link(session, "client")
    client = Room(open_context(base_url=server.address).new_page())
    client.come_in(link)
    client.agree()
    client.check()
    client.read()
    client.wait_for_dial()

    again = open_context(base_url=server.address).new_page()
    for wrong in ("/r/" + "x" * 32, link[:-1] + ("a" if link[-1] != "a" else "b"), "/room/"):
        refused(again, wrong)
    again.goto(link)
    expect(again.locator("form[method=post] button")).to_be_visible()

    desk.page.goto(session)
    fold = desk.page.locator("#person-client details", has=desk.page.locator("form[action$='/revoke']"))
    fold.locator("summary").click()
    fold.locator("form[action$='/revoke'] button").click()
    expect(desk.page.locator("#person-client form[action$='/revoke']")).to_have_count(0)
    refused(again, link)
    refused(client.page, "/room/")

    link = desk.make_link(session, "client")
    again.goto(link)
    expect(again.locator("form[method=post] button")).to_be_visible()
    subprocess.run([sys.executable, "-c", EXPIRE, server.data], check=True)
    refused(again, link)


def refused(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("form, video, audio")).to_have_count(0)


def test_a_typo_in_a_design_file_is_named_with_its_line(desk: Desk, tmp_path: Path) -> None:
    right = short_design()
    wrong = right.replace("\npause =", "\npauze =")
    line = next(number for number, text in enumerate(wrong.splitlines(), start=1) if "pauze =" in text)
    desk.page.goto("/desk/studies/new")
    desk.fill_study("Typo", design=wrong, folder=tmp_path)
    message = desk.page.locator(".field-design_file .error, #id_design_file_error")
    expect(message.first).to_contain_text(f"line {line}")
    expect(message.first).to_contain_text("pauze")
    desk.page.goto("/desk/")
    expect(desk.page.get_by_text("Typo", exact=True)).to_have_count(0)
