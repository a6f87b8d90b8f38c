import errno
import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from tests.server.factories import World, build_world

from dialogram.server.jobs.worker import run_job, work
from dialogram.server.records.domain.jobs import (
    LEASE,
    MOST_ATTEMPTS,
    claim_job,
    end_job,
    release_job,
    report_progress,
)
from dialogram.server.records.domain.recordings import (
    fail_import,
    finish_upload,
    make_void,
    open_rendition,
    pieces_of,
    start_upload,
)
from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.domain.uploads import PIECE_BYTES, take_piece
from dialogram.server.records.enums import JobState, RecordingState
from dialogram.server.records.models import Job, Recording
from dialogram.simulate.recording import make_recording

IMPORT = "import-recording"


def add_job(**fields: object) -> Job:
    return Job.objects.create(kind=IMPORT, subject="x", created_at=timezone.now(), **fields)


def upload(world: World, *files: bytes, number: int = 6) -> Recording:
    session = add_session(
        dyad_id=world.dyad.pk, number=number, held_on=None, user_id=world.owner.pk, now=timezone.now()
    )
    recording = start_upload(
        session_id=session.pk,
        files=[(f"part-{place}.mp4", len(file)) for place, file in enumerate(files)],
        user_id=world.owner.pk,
        now=timezone.now(),
    )
    for place, file in enumerate(files):
        for piece, first in enumerate(range(0, len(file), PIECE_BYTES)):
            take_piece(
                recording_id=recording.pk,
                part_number=place,
                piece_number=piece,
                data=file[first : first + PIECE_BYTES],
            )
    finish_upload(recording_id=recording.pk, user_id=world.owner.pk, now=timezone.now())
    return recording


def claim() -> Job:
    job = claim_job(now=timezone.now())
    assert job is not None
    return job


def left_over(recording: Recording) -> list[str]:
    """Name what lies anywhere of a recording: pieces, vault files, half-written files, scratch files."""
    pieces = [name for part in recording.parts.all() for name in settings.UPLOADS.names() if part.pk in name]
    sealed = [name for name in settings.VAULT.names() if recording.pk in name]
    root = settings.SCRATCH.parent
    folders = [root / "vault/.partial", root / "uploads/.partial", root / "scratch"]
    halves = [str(path) for folder in folders if folder.is_dir() for path in folder.iterdir()]
    return [*pieces, *sealed, *halves]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path: Path = tmp_path_factory.mktemp("film") / "film.mp4"
    make_recording(path, duration_s=3.0, seed=1, size=(160, 90))
    return path.read_bytes()


@pytest.mark.django_db
def test_jobs_are_taken_up_in_the_order_in_which_they_were_asked_for() -> None:
    first, second = add_job(), add_job()
    now = timezone.now()
    assert [claim_job(now=now), claim_job(now=now), claim_job(now=now)] == [first, second, None]
    first.refresh_from_db()
    assert (first.state, first.attempts, first.started_at, first.lease_until) == (JobState.RUNNING, 1, now, now + LEASE)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_one_job_one_gets_it() -> None:
    job = add_job()
    ready = threading.Barrier(8)

    def race(_: int) -> Job | None:
        ready.wait()
        try:
            return claim_job(now=timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(race, range(8)))
    assert sorted(map(str, claimed)) == sorted([str(job), *["None"] * 7])
    assert Job.objects.get().attempts == 1


@pytest.mark.django_db
def test_a_job_whose_worker_is_gone_is_taken_up_again_when_its_lease_has_run_out() -> None:
    add_job()
    now = timezone.now()
    assert claim_job(now=now) is not None
    assert claim_job(now=now + LEASE) is None
    again = claim_job(now=now + LEASE + timedelta(microseconds=1))
    assert again is not None
    assert again.attempts == 2


@pytest.mark.django_db
def test_progress_extends_the_lease_and_hears_of_a_cancel() -> None:
    job, now = add_job(), timezone.now()
    claim_job(now=now)
    later = now + LEASE - timedelta(seconds=1)
    assert not report_progress(job_id=job.pk, progress=0.4, now=later)
    assert claim_job(now=later + LEASE) is None
    Job.objects.update(cancel_asked=True)
    assert report_progress(job_id=job.pk, progress=0.5, now=later)
    assert Job.objects.get().progress == 0.5


@pytest.mark.django_db
def test_a_closed_job_is_never_taken_up_again() -> None:
    now = timezone.now()
    for state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
        job = add_job()
        claim_job(now=now)
        end_job(job_id=job.pk, state=state, now=now, failure="x" * 500)
    assert claim_job(now=now + 10 * LEASE) is None
    assert {(row.lease_until, len(row.failure)) for row in Job.objects.all()} == {(None, 400)}
    assert sorted(Job.objects.values_list("progress", flat=True)) == [0.0, 0.0, 1.0]


@pytest.mark.django_db
def test_a_job_given_back_counts_no_attempt_and_is_free_at_once() -> None:
    job, now = add_job(), timezone.now()
    for _ in range(MOST_ATTEMPTS + 2):
        assert claim_job(now=now) == job
        release_job(job_id=job.pk)
    assert (Job.objects.get().attempts, Job.objects.get().state) == (0, JobState.WAITING)


@pytest.mark.django_db
def test_an_import_seals_what_a_browser_plays_and_leaves_nothing_else(film: bytes) -> None:
    recording = upload(build_world(), film)
    run_job(claim(), stopping=threading.Event())
    recording.refresh_from_db()
    job = Job.objects.get()
    assert (recording.state, job.state, job.progress) == (RecordingState.READY, JobState.DONE, 1.0)
    assert (recording.media_type, recording.has_video) == ("video/mp4", True)
    assert recording.duration_s == pytest.approx(3.0, abs=0.1)
    with open_rendition(recording) as reader:
        plain = reader.read(0, reader.size)
    assert (recording.size, recording.sha256) == (len(plain), hashlib.sha256(plain).hexdigest())
    assert [part.file_name for part in recording.parts.all()] == [""]
    assert plain[4:8] == b"ftyp"
    assert plain.index(b"moov") < plain.index(b"mdat")
    assert sorted(left_over(recording)) == sorted([recording.vault_name, recording.loudness_name])
    with settings.VAULT.open(recording.vault_name) as file:
        assert b"ftyp" not in file.read()


@pytest.mark.django_db
def test_several_parts_are_joined_in_order(film: bytes) -> None:
    recording = upload(build_world(), film, film)
    run_job(claim(), stopping=threading.Event())
    recording.refresh_from_db()
    assert recording.duration_s == pytest.approx(6.0, abs=0.2)
    assert sorted(left_over(recording)) == sorted([recording.vault_name, recording.loudness_name])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"Once upon a time there was a client.\n" * 50, "text"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "playlist"),
    ],
)
def test_what_is_no_recording_fails_with_a_sentence_and_leaves_nothing(file: bytes, code: str) -> None:
    recording = upload(build_world(), file)
    run_job(claim(), stopping=threading.Event())
    recording.refresh_from_db()
    job = Job.objects.get()
    assert (recording.state, job.state, job.failure) == (RecordingState.FAILED, JobState.FAILED, code)
    assert recording.failure.startswith("part-0.mp4")
    assert "client" not in recording.failure
    assert "passwd" not in recording.failure
    assert left_over(recording) == []


@pytest.mark.django_db
def test_a_failure_in_the_second_part_leaves_nothing_of_the_first(film: bytes) -> None:
    recording = upload(build_world(), film, film[: len(film) // 2])
    run_job(claim(), stopping=threading.Event())
    recording.refresh_from_db()
    assert recording.state == RecordingState.FAILED
    assert recording.failure.startswith("part-1.mp4")
    assert left_over(recording) == []


@pytest.mark.django_db
def test_a_full_disk_is_named_and_leaves_nothing(film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    recording = upload(build_world(), film)
    with monkeypatch.context() as full:
        full.setattr("dialogram.vault.scratch.MOST_BLOCKS", 1)  # so that a small film, too, has to go to the disk
        full.setattr(os, "pwrite", refuse)
        run_job(claim(), stopping=threading.Event())
    recording.refresh_from_db()
    assert (recording.state, Job.objects.get().failure) == (RecordingState.FAILED, "disk-full")
    assert recording.failure.startswith("The disk of this machine is full")
    assert left_over(recording) == []


@pytest.mark.django_db
def test_a_cancelled_import_leaves_nothing(film: bytes) -> None:
    recording = upload(build_world(), film)
    job = claim()
    Job.objects.update(cancel_asked=True)
    run_job(job, stopping=threading.Event())
    recording.refresh_from_db()
    job.refresh_from_db()
    assert (recording.state, recording.failure) == (RecordingState.FAILED, "The import was cancelled.")
    assert job.state == JobState.CANCELLED
    assert left_over(recording) == []


@pytest.mark.django_db
def test_a_recording_made_void_while_it_is_imported_stays_void_and_leaves_nothing(film: bytes) -> None:
    world = build_world()
    recording = upload(world, film)
    job = claim()
    make_void(recording_id=recording.pk, reason="Another dyad's", user_id=world.owner.pk, now=timezone.now())
    run_job(job, stopping=threading.Event())
    recording.refresh_from_db()
    job.refresh_from_db()
    assert (recording.state, job.state) == (RecordingState.VOID, JobState.CANCELLED)
    assert left_over(recording) == []


@pytest.mark.django_db
def test_a_worker_told_to_stop_gives_its_job_back_and_the_next_one_does_it(film: bytes) -> None:
    recording = upload(build_world(), film)
    stopping = threading.Event()
    stopping.set()
    for _ in range(MOST_ATTEMPTS + 1):
        run_job(claim(), stopping=stopping)
        recording.refresh_from_db()
        assert recording.state == RecordingState.IMPORTING
        assert not [name for name in left_over(recording) if not name.startswith("upload-")]
    run_job(claim(), stopping=threading.Event())
    recording.refresh_from_db()
    assert recording.state == RecordingState.READY


@pytest.mark.django_db
def test_a_worker_killed_after_the_import_only_clears_up(film: bytes) -> None:
    recording = upload(build_world(), film)
    (part,) = recording.parts.all()
    run_job(claim(), stopping=threading.Event())
    recording.refresh_from_db()
    before = (recording.state, recording.sha256)
    with settings.VAULT.open(recording.vault_name) as file:
        sealed = file.read()
    # As a kill just before the end leaves it: the recording is ready, a piece lies there, the job runs on.
    pieces_of(part).write_piece(0, film[:10])
    Job.objects.update(state=JobState.RUNNING, lease_until=timezone.now() - LEASE, ended_at=None)
    run_job(claim(), stopping=threading.Event())
    recording.refresh_from_db()
    assert (recording.state, recording.sha256) == before == (RecordingState.READY, recording.sha256)
    with settings.VAULT.open(recording.vault_name) as file:
        assert file.read() == sealed
    assert sorted(left_over(recording)) == sorted([recording.vault_name, recording.loudness_name])
    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db
def test_a_worker_killed_after_a_failure_only_clears_up(film: bytes) -> None:
    recording = upload(build_world(), film)
    fail_import(recording_id=recording.pk, failure="No.", now=timezone.now())
    run_job(claim(), stopping=threading.Event())
    recording.refresh_from_db()
    assert (recording.state, recording.failure) == (RecordingState.FAILED, "No.")
    assert left_over(recording) == []


@pytest.mark.django_db
def test_an_import_that_keeps_killing_its_worker_is_given_up(film: bytes, caplog: pytest.LogCaptureFixture) -> None:
    recording = upload(build_world(), film)
    now = timezone.now()
    for attempt in range(MOST_ATTEMPTS):
        assert claim_job(now=now + 2 * attempt * LEASE) is not None
    job = claim_job(now=now + 2 * MOST_ATTEMPTS * LEASE)
    assert job is not None
    run_job(job, stopping=threading.Event())
    recording.refresh_from_db()
    assert (recording.state, Job.objects.get().state) == (RecordingState.FAILED, JobState.FAILED)
    assert recording.failure == "The import failed unexpectedly."
    assert left_over(recording) == []
    assert "given up" not in caplog.text  # where, never what


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_what_there_is_and_ends_when_told(film: bytes) -> None:
    world = build_world()
    bad, good = upload(world, b"no film at all, canary"), upload(world, film, number=7)
    stopping = threading.Event()

    def be_worker() -> None:
        try:
            work(stopping=stopping)
        finally:
            connections.close_all()

    thread = threading.Thread(target=be_worker)
    thread.start()
    try:
        for _ in range(300):
            if not Job.objects.exclude(state__in=(JobState.DONE, JobState.FAILED)).exists():
                break
            stopping.wait(0.1)
    finally:
        stopping.set()
        thread.join(10)
    assert not thread.is_alive()
    states = {one.pk: one.state for one in Recording.objects.all()}
    assert (states[bad.pk], states[good.pk]) == (RecordingState.FAILED, RecordingState.READY)
