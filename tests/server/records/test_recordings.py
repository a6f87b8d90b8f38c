import json
import math

import pytest
from django.conf import settings
from django.db import connection
from django.test import TestCase
from django.utils import timezone
from tests.server.factories import CLIENT_VALUES, LENGTH_S, World, add_recording, build_world, give_link, rate

from dialogram.server.records.domain import recordings
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.recordings import open_rendition, pieces_of
from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.domain.uploads import PIECE_BYTES, received_pieces, take_piece
from dialogram.server.records.enums import JobState, RecordingState
from dialogram.server.records.models import AuditEntry, Job, Recording
from dialogram.server.records.models.sealed import keyring, recording_key
from dialogram.vault import KeyUnknown, SealingError

pytestmark = pytest.mark.django_db

SIZE = PIECE_BYTES + 7
FILE = bytes(range(256)) * (SIZE // 256 + 1)


def start(world: World, *sizes: int, number: int = 6) -> Recording:
    session = add_session(
        dyad_id=world.dyad.pk, number=number, held_on=None, user_id=world.owner.pk, now=timezone.now()
    )
    return recordings.start_upload(
        session_id=session.pk,
        files=[(f"part {place}.mp4", size) for place, size in enumerate(sizes)],
        user_id=world.owner.pk,
        now=timezone.now(),
    )


def send(recording: Recording, *, part: int = 0, pieces: tuple[int, ...] = (0, 1), file: bytes = FILE[:SIZE]) -> None:
    for piece in pieces:
        data = file[piece * PIECE_BYTES : (piece + 1) * PIECE_BYTES]
        take_piece(recording_id=recording.pk, part_number=part, piece_number=piece, data=data)


def finish(world: World, recording: Recording) -> Job:
    return recordings.finish_upload(recording_id=recording.pk, user_id=world.owner.pk, now=timezone.now())


def cancel(world: World, recording: Recording) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        recordings.cancel_import(recording_id=recording.pk, user_id=world.owner.pk, now=timezone.now())


def make_void(world: World, recording: Recording, reason: str = "Another dyad's") -> Recording:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return recordings.make_void(
            recording_id=recording.pk, reason=reason, user_id=world.owner.pk, now=timezone.now()
        )


def trim(world: World, start_s: float, end_s: float, recording: Recording | None = None) -> Recording:
    return recordings.trim(
        recording_id=(recording or world.recording).pk,
        start_s=start_s,
        end_s=end_s,
        user_id=world.owner.pk,
        now=timezone.now(),
    )


def uploads() -> tuple[str, ...]:
    names: tuple[str, ...] = settings.UPLOADS.names()
    return names


def test_a_whole_upload_asks_for_its_import_in_the_same_breath() -> None:
    world = build_world()
    recording = start(world, SIZE, 5)
    send(recording)
    send(recording, part=1, pieces=(0,), file=b"hello")
    assert received_pieces(recording) == [[0, 1], [0]]
    job = finish(world, recording)
    assert (job.kind, job.subject, job.state) == ("import-recording", recording.pk, JobState.WAITING)
    assert Recording.objects.get(pk=recording.pk).state == RecordingState.IMPORTING
    first, second = recording.parts.all()
    with pieces_of(first).open() as file:
        assert file.read() == FILE[:SIZE]
    with pieces_of(second).open() as file:
        assert file.read() == b"hello"


def test_uploaded_pieces_lie_sealed() -> None:
    world = build_world()
    recording = start(world, SIZE)
    send(recording, pieces=(0,))
    (part,) = recording.parts.all()
    (name,) = [name for name in uploads() if part.pk in name]
    with settings.UPLOADS.open(name) as file:
        assert FILE[:64] not in file.read()


def test_an_incomplete_upload_is_refused_and_can_go_on() -> None:
    world = build_world()
    recording = start(world, SIZE, 5)
    send(recording, pieces=(0,))
    for _ in range(2):
        with pytest.raises(StudyError) as caught:
            finish(world, recording)
        assert caught.value.code == "upload-incomplete"
        assert f"{PIECE_BYTES} of {SIZE}" in caught.value.message
    assert not Job.objects.exists()
    send(recording, pieces=(1,))
    send(recording, part=1, pieces=(0,), file=b"hello")
    finish(world, recording)
    with pytest.raises(StudyError) as caught:
        finish(world, recording)
    assert caught.value.code == "upload-closed"
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("piece", "data", "code"),
    [
        (0, FILE[: PIECE_BYTES - 1], "piece-wrong"),
        (0, FILE[: PIECE_BYTES + 1], "piece-wrong"),
        (1, b"12345678", "piece-wrong"),
        (2, b"", "piece-wrong"),
        (-1, FILE[:PIECE_BYTES], "piece-wrong"),
        (0, b"x" * PIECE_BYTES, "piece-conflict"),
    ],
)
def test_a_piece_that_does_not_belong_is_refused(piece: int, data: bytes, code: str) -> None:
    recording = start(build_world(), SIZE)
    send(recording, pieces=(0,))
    send(recording, pieces=(0,))  # the same again is no error
    with pytest.raises(StudyError) as caught:
        take_piece(recording_id=recording.pk, part_number=0, piece_number=piece, data=data)
    assert caught.value.code == code
    assert received_pieces(recording) == [[0]]
    with pytest.raises(NotFoundError):
        take_piece(recording_id=recording.pk, part_number=1, piece_number=0, data=b"x")


@pytest.mark.parametrize(
    ("sizes", "code"),
    [((), "file-empty"), ((5, 0), "file-empty"), ((-1,), "file-empty"), ((10**30,), "file-too-large")],
)
def test_files_that_cannot_be_are_not_announced(sizes: tuple[int, ...], code: str) -> None:
    world = build_world()
    with pytest.raises(StudyError) as caught:
        start(world, *sizes)
    assert caught.value.code == code
    assert Recording.objects.get() == world.recording


def test_a_session_has_one_recording_at_a_time() -> None:
    world = build_world()
    with pytest.raises(StudyError) as caught:
        recordings.start_upload(
            session_id=world.session.pk, files=[("x.mp4", 5)], user_id=world.owner.pk, now=timezone.now()
        )
    assert caught.value.code == "recording-exists"


def test_a_cancelled_upload_leaves_no_piece() -> None:
    world = build_world()
    recording, other = start(world, SIZE), start(world, SIZE, number=7)
    send(recording)
    send(other)
    cancel(world, recording)
    recording.refresh_from_db()
    assert (recording.state, recording.failure) == (RecordingState.FAILED, "The upload was cancelled.")
    assert (received_pieces(recording), received_pieces(other)) == ([[]], [[0, 1]])
    for act in (lambda: send(recording), lambda: finish(world, recording)):
        with pytest.raises(StudyError) as caught:
            act()
        assert caught.value.code == "upload-closed"
    with pytest.raises(StudyError) as caught:
        cancel(world, recording)
    assert caught.value.code == "nothing-to-cancel"
    recordings.start_upload(
        session_id=recording.session_id, files=[("x.mp4", 5)], user_id=world.owner.pk, now=timezone.now()
    )


def test_cancelling_an_import_asks_its_job_and_keeps_the_pieces_for_it() -> None:
    world = build_world()
    recording = start(world, SIZE)
    send(recording)
    job = finish(world, recording)
    cancel(world, recording)
    job.refresh_from_db()
    assert job.cancel_asked
    assert received_pieces(recording) == [[0, 1]]
    assert Recording.objects.get(pk=recording.pk).state == RecordingState.IMPORTING


def test_a_void_recording_stays_void_whatever_its_import_says() -> None:
    world = build_world()
    recording = start(world, SIZE)
    send(recording)
    job = finish(world, recording)
    make_void(world, recording)
    job.refresh_from_db()
    assert job.cancel_asked
    recordings.fail_import(recording_id=recording.pk, failure="x", now=timezone.now())
    imported = recordings.Imported(media_type="video/mp4", has_video=True, duration_s=1.0, size=1, sha256="0" * 64)
    with pytest.raises(StudyError) as caught:
        recordings.finish_import(recording_id=recording.pk, imported=imported, now=timezone.now())
    assert caught.value.code == "import-closed"
    recording.refresh_from_db()
    assert (recording.state, recording.failure) == (RecordingState.VOID, "")


def test_a_ready_recording_is_not_failed_by_a_late_word() -> None:
    world = build_world()
    recordings.fail_import(recording_id=world.recording.pk, failure="x", now=timezone.now())
    assert Recording.objects.get().state == RecordingState.READY
    assert not AuditEntry.objects.filter(action="recording.import-failed").exists()


def test_a_void_upload_leaves_no_piece() -> None:
    world = build_world()
    recording = start(world, SIZE)
    send(recording)
    make_void(world, recording)
    assert received_pieces(recording) == [[]]


def test_a_void_recording_is_replaced_and_both_stay_on_record() -> None:
    world = build_world()
    with pytest.raises(StudyError) as caught:
        make_void(world, world.recording, reason="  ")
    assert caught.value.code == "reason-missing"
    assert make_void(world, world.recording, reason=" Another dyad's ").void_reason == "Another dyad's"
    assert recordings.current_recording(world.session.pk) is None
    with pytest.raises(StudyError) as caught:
        make_void(world, world.recording)
    assert caught.value.code == "recording-void"
    second = add_recording(
        world.session,
        media=b"the right one",
        media_type="audio/mp4",
        has_video=False,
        user_id=world.owner.pk,
        now=timezone.now(),
    )
    current = recordings.current_recording(world.session.pk)
    assert current == second
    assert second.confirmed_at is None
    assert keyring().key(recording_key(second.pk)) != keyring().key(recording_key(world.recording.pk))


def test_start_and_end_are_set_within_the_recording_until_somebody_watches() -> None:
    world = build_world()
    trimmed = trim(world, 5, 90.5)
    assert (trimmed.trim_start_s, trimmed.end_s, trimmed.duration_s) == (5, 90.5, LENGTH_S)
    assert trim(world, 0, LENGTH_S).end_s == LENGTH_S
    wrong = ((-1, 50), (50, 50.9), (60, 50), (0, LENGTH_S + 1), (math.nan, 50), (0, math.nan), (0, math.inf))
    for start_s, end_s in wrong:
        with pytest.raises(StudyError) as caught:
            trim(world, start_s, end_s)
        assert caught.value.code == "trim-wrong"
    recordings.confirm(
        recording_id=world.recording.pk, watched=recordings.PLACES, user_id=world.owner.pk, now=timezone.now()
    )
    rate(world, world.client, CLIENT_VALUES, finish=False)
    with pytest.raises(StudyError) as caught:
        trim(world, 5, 90)
    assert caught.value.code == "trim-too-late"
    assert Recording.objects.get().end_s == LENGTH_S


def test_another_start_or_end_takes_the_confirmation_back() -> None:
    world = build_world()
    assert trim(world, 0, LENGTH_S).confirmed_at is not None, "nothing moved"
    for start_s, end_s in ((0, 40), (15, 40), (0, LENGTH_S)):
        assert trim(world, start_s, end_s).confirmed_at is None
        with pytest.raises(StudyError) as caught:
            give_link(world, world.client)
        assert caught.value.code == "not-confirmed"
        confirmed = recordings.confirm(
            recording_id=world.recording.pk, watched=recordings.PLACES, user_id=world.owner.pk, now=timezone.now()
        )
        assert (confirmed.stretch.start_s, confirmed.stretch.end_s) == (start_s, end_s)
        assert trim(world, start_s, end_s).confirmed_at is not None


def test_only_a_ready_recording_is_trimmed_and_confirmed() -> None:
    world = build_world()
    recording = start(world, SIZE)
    with pytest.raises(StudyError) as caught:
        recordings.confirm(
            recording_id=recording.pk, watched=recordings.PLACES, user_id=world.owner.pk, now=timezone.now()
        )
    assert caught.value.code == "recording-not-ready"
    with pytest.raises(StudyError) as caught:
        trim(world, 0, 10, recording)
    assert caught.value.code == "recording-not-ready"
    with pytest.raises(NotFoundError):
        recordings.confirm(recording_id="f" * 32, watched=recordings.PLACES, user_id=world.owner.pk, now=timezone.now())
    make_void(world, world.recording)
    with pytest.raises(StudyError) as caught:
        recordings.confirm(
            recording_id=world.recording.pk, watched=recordings.PLACES, user_id=world.owner.pk, now=timezone.now()
        )
    assert caught.value.code == "recording-not-ready"


def test_a_confirmation_needs_all_three_places_and_says_who_looked() -> None:
    world = build_world(confirmed=False)
    for watched in ((), ("start", "end"), ("start", "middle", "end", "credits")):
        with pytest.raises(StudyError) as caught:
            recordings.confirm(
                recording_id=world.recording.pk, watched=watched, user_id=world.owner.pk, now=timezone.now()
            )
        assert caught.value.code == "not-watched"
    now = timezone.now()
    confirmed = recordings.confirm(
        recording_id=world.recording.pk, watched=recordings.PLACES, user_id=world.owner.pk, now=now
    )
    assert (confirmed.confirmed_by, confirmed.confirmed_at) == (world.owner, now)
    assert AuditEntry.objects.get(action="recording.confirmed").actor == f"account:{world.owner.pk}"


def test_a_rendition_opens_with_its_own_key_and_under_its_own_name_only() -> None:
    media = b"moov" * 10_000
    world, other = build_world(media=media), build_world(media=b"mdat" * 10_000)
    with open_rendition(world.recording) as reader:
        assert reader.read(0, reader.size) == media
    with settings.VAULT.open(world.recording.vault_name) as file:
        sealed = file.read()
    assert media[:64] not in sealed
    with settings.VAULT.write(other.recording.vault_name) as file:
        file.write(sealed)
    with pytest.raises(SealingError):
        open_rendition(other.recording)
    keyring().destroy_key(recording_key(world.recording.pk))
    with pytest.raises(KeyUnknown):
        open_rendition(world.recording)


def test_no_content_of_a_recording_is_in_its_rows() -> None:
    world = build_world(media=b"canary-in-the-media" * 100)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM records_recording")
        row = repr(cursor.fetchall())
    assert "canary" not in row
    assert world.recording.pk in row
    assert json.dumps(AuditEntry.objects.get(action="recording.imported").details).count("canary") == 0
