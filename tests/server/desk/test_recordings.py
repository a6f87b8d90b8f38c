import json
import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.server.factories import CLIENT_VALUES, World, build_world, rate

from dialogram.server.jobs.worker import run_job
from dialogram.server.records.domain.jobs import claim_job
from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.domain.uploads import PIECE_BYTES
from dialogram.server.records.models import Job, Recording, Session
from dialogram.simulate.recording import make_recording

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_uploads_of_other_tests() -> None:
    for name in settings.UPLOADS.names("upload-"):
        settings.UPLOADS.delete(name)


@pytest.fixture
def world() -> World:
    return build_world(confirmed=False)


@pytest.fixture
def browser(world: World) -> Client:
    browser = Client()
    browser.force_login(world.owner)
    return browser


@pytest.fixture
def later(world: World) -> Session:
    return add_session(dyad_id=world.dyad.pk, number=6, held_on=None, user_id=world.owner.pk, now=timezone.now())


def announce(browser: Client, session: Session, *files: tuple[str, int]) -> Any:
    body = {"files": [{"name": name, "size": size} for name, size in files]}
    return browser.post(f"/desk/sessions/{session.pk}/recordings", json.dumps(body), content_type="application/json")


def send(browser: Client, base: str, part: int, piece: int, data: bytes) -> Any:
    return browser.post(f"{base}/parts/{part}/pieces/{piece}", data, content_type="application/octet-stream")


def test_pieces_in_any_order_become_a_recording(browser: Client, later: Session, tmp_path: Path) -> None:
    make_recording(tmp_path / "film.mp4", duration_s=3, seed=1)
    film = (tmp_path / "film.mp4").read_bytes()
    base = announce(browser, later, ("first.mp4", len(film)), ("second.mp4", len(film))).json()["base"]

    for part in (1, 0):
        assert send(browser, base, part, 0, film).status_code == 200
        assert send(browser, base, part, 0, film).status_code == 200, "the same once more is no error"
    assert browser.post(f"{base}/uploaded").json()["next"] == f"/desk/sessions/{later.pk}/"
    waiting = browser.get(f"/desk/sessions/{later.pk}/recording").content.decode()
    assert "Preparing it for the browser." in waiting
    assert "every 1s" in waiting

    job = claim_job(now=timezone.now())
    assert job is not None
    run_job(job, stopping=threading.Event())

    recording = Recording.objects.get(session=later)
    assert recording.state == "ready"
    assert recording.duration_s == pytest.approx(6, abs=0.3)
    ready = browser.get(f"/desk/sessions/{later.pk}/recording")
    assert ready["HX-Refresh"] == "true"
    assert not list(settings.UPLOADS.names("upload-")), "no piece stays behind"


def test_a_large_file_is_taken_in_pieces(browser: Client, later: Session) -> None:
    size = PIECE_BYTES + 3
    base = announce(browser, later, ("film.mp4", size)).json()["base"]

    assert send(browser, base, 0, 1, b"xyz").status_code == 200
    early = browser.post(f"{base}/uploaded")
    assert (early.status_code, early.json()["code"]) == (409, "upload-incomplete")
    assert send(browser, base, 0, 0, bytes(PIECE_BYTES)).status_code == 200
    assert browser.post(f"{base}/uploaded").status_code == 200


def test_an_upload_goes_on_after_a_reload(browser: Client, later: Session) -> None:
    base = announce(browser, later, ("film.mp4", PIECE_BYTES + 3)).json()["base"]
    send(browser, base, 0, 1, b"xyz")

    page = browser.get(f"/desk/sessions/{later.pk}/").content.decode()

    begun = json.loads(page.split('<script id="upload-begun" type="application/json">')[1].split("</script>")[0])
    assert begun["parts"] == [{"name": "film.mp4", "size": PIECE_BYTES + 3, "received": [1]}]
    assert "Choose the same files to go on" in page


@pytest.mark.parametrize(
    ("part", "piece", "data", "status"),
    [
        (0, 0, b"", 409),
        (0, 0, b"too much for it", 409),
        (0, 1, b"x", 409),
        (0, 999_999_999, b"x", 409),
        (7, 0, b"film!", 404),
    ],
)
def test_a_piece_that_does_not_belong_is_refused(
    browser: Client, later: Session, part: int, piece: int, data: bytes, status: int
) -> None:
    base = announce(browser, later, ("film.mp4", 5)).json()["base"]

    assert send(browser, base, part, piece, data).status_code == status
    assert not list(settings.UPLOADS.names("upload-"))


def test_another_file_under_the_same_name_is_noticed(browser: Client, later: Session) -> None:
    base = announce(browser, later, ("film.mp4", 5)).json()["base"]
    send(browser, base, 0, 0, b"film!")

    refused = send(browser, base, 0, 0, b"other")

    assert (refused.status_code, refused.json()["code"]) == (409, "piece-conflict")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"files": []}', b'{"files": [{"name": "a"}]}', b'{"files": [{"name": "a", "size": "x"}]}'],
)
def test_files_that_make_no_sense_are_refused(browser: Client, later: Session, body: bytes) -> None:
    response = browser.post(f"/desk/sessions/{later.pk}/recordings", body, content_type="application/json")

    assert response.status_code == 400
    assert not Recording.objects.filter(session=later).exists()


def test_an_empty_file_is_refused_in_words(browser: Client, later: Session) -> None:
    response = announce(browser, later, ("film.mp4", 0))

    assert (response.status_code, response.json()["message"]) == (409, "The file is empty.")


def test_a_hostile_file_name_is_only_a_name(browser: Client, later: Session) -> None:
    announce(browser, later, ("../../<img src=x>\u202e\x00\r\n.mp4", 5))

    page = browser.get(f"/desk/sessions/{later.pk}/").content.decode()

    assert "../../&lt;img src=x&gt;.mp4" in page
    assert "<img" not in page


def test_a_cancelled_upload_leaves_nothing(
    browser: Client, later: Session, django_capture_on_commit_callbacks: Any
) -> None:
    base = announce(browser, later, ("film.mp4", 5)).json()["base"]
    send(browser, base, 0, 0, b"film!")

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"{base}/cancel")

    assert not list(settings.UPLOADS.names("upload-"))
    assert "The upload was cancelled." in browser.get(f"/desk/sessions/{later.pk}/").content.decode()
    assert announce(browser, later, ("film.mp4", 5)).status_code == 200, "another can be sent"


def test_an_import_can_be_cancelled(browser: Client, later: Session) -> None:
    base = announce(browser, later, ("film.mp4", 5)).json()["base"]
    send(browser, base, 0, 0, b"film!")
    browser.post(f"{base}/uploaded")

    browser.post(f"{base}/cancel")

    assert Job.objects.get().cancel_asked


def test_what_is_no_recording_is_said_in_a_sentence(browser: Client, later: Session) -> None:
    base = announce(browser, later, ("notes.mp4", 5)).json()["base"]
    send(browser, base, 0, 0, b"notes")
    browser.post(f"{base}/uploaded")
    job = claim_job(now=timezone.now())
    assert job is not None
    run_job(job, stopping=threading.Event())

    page = browser.get(f"/desk/sessions/{later.pk}/").content.decode()

    assert Recording.objects.get(session=later).failure in page
    assert "notes.mp4" in page


def test_time_left_is_told_while_an_import_runs(browser: Client, later: Session) -> None:
    base = announce(browser, later, ("film.mp4", 5)).json()["base"]
    send(browser, base, 0, 0, b"film!")
    browser.post(f"{base}/uploaded")
    began = timezone.now() - timedelta(minutes=2)
    Job.objects.update(state="running", started_at=began, progress=0.25)

    page = browser.get(f"/desk/sessions/{later.pk}/recording").content.decode()

    assert "25 %, about 6 min left" in page


def test_a_recording_is_confirmed_only_when_all_three_places_were_watched(world: World, browser: Client) -> None:
    base = f"/desk/recordings/{world.recording.pk}"

    browser.post(f"{base}/confirm", {"watched": "start middle"})
    assert Recording.objects.get().confirmed_at is None
    look = browser.get(f"{base}/look").content.decode()
    assert "the middle and the end first" in look
    # Until the script is there a press would be lost: it is the script that enables them.
    assert re.findall(r"<button[^>]* disabled data-(?:place|set)=\"(\w+)\"", look) == [
        "start",
        "middle",
        "end",
        "start",
        "end",
    ]

    browser.post(f"{base}/confirm", {"watched": "start middle end"})
    recording = Recording.objects.get()
    assert recording.confirmed_at is not None
    assert recording.confirmed_by == world.owner


@pytest.mark.parametrize(
    ("start", "end"), [("1:00", "0:10"), ("0:00", "9:00:00x"), ("-1", "50"), ("", ""), ("abc", "5")]
)
def test_a_trim_that_cannot_be_changes_nothing(world: World, browser: Client, start: str, end: str) -> None:
    refused = browser.post(f"/desk/recordings/{world.recording.pk}/trim", {"start": start, "end": end})

    assert refused.status_code == 422
    for typed in filter(None, (start, end)):
        assert f'value="{typed}"' in refused.content.decode(), "nothing typed is lost"
    recording = Recording.objects.get()
    assert (recording.trim_start_s, recording.trim_end_s) == (0.0, None)


def test_start_and_end_are_set_and_stand_once_somebody_has_watched(world: World, browser: Client) -> None:
    base = f"/desk/recordings/{world.recording.pk}"
    browser.post(f"{base}/trim", {"start": "0:02,5", "end": "1:20.0"})
    recording = Recording.objects.get()
    assert (recording.trim_start_s, recording.trim_end_s) == (2.5, 80.0)

    browser.post(f"{base}/trim", {"start": "0", "end": "1:40"})
    browser.post(f"{base}/confirm", {"watched": "start middle end"})
    rate(world, world.client, CLIENT_VALUES)
    browser.post(f"{base}/trim", {"start": "5", "end": "50"})

    assert Recording.objects.get().trim_start_s == 0
    assert "so they stand" in browser.get(f"{base}/look").content.decode()


def test_a_wrong_recording_is_made_void_with_a_reason_and_replaced(world: World, browser: Client) -> None:
    address = f"/desk/recordings/{world.recording.pk}/void"
    assert announce(browser, world.session, ("other.mp4", 5)).status_code == 409

    browser.post(address, {"reason": ""})
    assert Recording.objects.get().state == "ready"
    browser.post(address, {"reason": "It was K8's session"})

    assert Recording.objects.get().state == "void"
    assert "It was K8&#x27;s session" in browser.get(f"/desk/sessions/{world.session.pk}/").content.decode()
    assert announce(browser, world.session, ("other.mp4", 5)).status_code == 200
