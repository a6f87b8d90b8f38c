"""A recording's way from upload to watched: bytes go to the vault outside any transaction, then are linked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction

from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.enums import JobState, RecordingState
from dialogram.server.records.models import Job, Recording, RecordingPart, Session
from dialogram.server.records.models.sealed import keyring, recording_key
from dialogram.study.sampling import Part, stretch_to_rate
from dialogram.vault import SealedReader, UploadPieces, open_recording, recording_context

IMPORT = "import-recording"
LEAST_LENGTH_S = 1.0
PLACES = frozenset({"start", "middle", "end"})
"""Where a recording is looked at before it is confirmed: to play another client's session is the worst accident."""

MOST_FILE_BYTES = 200 * 1000**3


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import found out about the rendition it sealed."""

    media_type: str
    has_video: bool
    duration_s: float
    size: int
    sha256: str


def study_id_of(recording: Recording) -> str:
    """Return the id of the study a recording belongs to."""
    return str(Session.objects.values_list("dyad__study_id", flat=True).get(pk=recording.session_id))


def seal_context(recording_id: str) -> bytes:
    """Return what a recording's sealed bytes are bound to: swapped files do not open."""
    return recording_context(recording_id, 1)


def pieces_of(part: RecordingPart) -> UploadPieces:
    """Return the sealed pieces of an uploaded file."""
    key = keyring().key(recording_key(part.recording_id))
    return UploadPieces(settings.UPLOADS, part.pk, key)


def open_rendition(recording: Recording) -> SealedReader:
    """Open a recording's sealed bytes for reading."""
    key = keyring().key(recording_key(recording.pk))
    return open_recording(settings.VAULT, recording.vault_name, key=key, context=seal_context(recording.pk))


@transaction.atomic
def start_upload(*, session_id: str, files: Sequence[tuple[str, int]], user_id: int, now: datetime) -> Recording:
    """Make ready for the files of a recording, in the order in which they are joined."""
    session = Session.objects.select_related("dyad").get(pk=session_id)
    if not files or any(size <= 0 for _, size in files):
        raise StudyError("file-empty", "The file is empty.")
    if any(size > MOST_FILE_BYTES for _, size in files):
        raise StudyError("file-too-large", "A file has at most 200 GB.")
    if session.recordings.exclude(state__in=(RecordingState.VOID, RecordingState.FAILED)).exists():
        raise StudyError("recording-exists", "This session has a recording; make it void before you replace it.")
    recording = Recording(session=session, created_at=now)
    keyring().create_key(recording_key(recording.pk))
    recording.save(force_insert=True)
    for number, (name, size) in enumerate(files):
        RecordingPart.objects.create(recording=recording, number=number, file_name=name[-255:], size=size)
    audit.append(
        session.dyad.study_id,
        actor=audit.account_actor(user_id),
        action="recording.upload-started",
        subject=recording.pk,
        now=now,
        details={"parts": len(files), "bytes": sum(size for _, size in files)},
    )
    return recording


@transaction.atomic
def finish_upload(*, recording_id: str, user_id: int, now: datetime) -> Job:
    """Close an upload that is complete and ask for its import."""
    recording = Recording.objects.select_for_update().get(pk=recording_id)
    if recording.state != RecordingState.UPLOADING:
        raise StudyError("upload-closed", "This upload is closed.")
    for part in recording.parts.all():
        got = sum(pieces_of(part).received().values())
        if got != part.size:
            raise StudyError("upload-incomplete", f"Part {part.number + 1}: {got} of {part.size} bytes have arrived.")
    recording.state = RecordingState.IMPORTING
    recording.save(update_fields=["state"])
    job = Job.objects.create(kind=IMPORT, subject=recording.pk, created_at=now)
    audit.append(
        study_id_of(recording),
        actor=audit.account_actor(user_id),
        action="recording.uploaded",
        subject=recording.pk,
        now=now,
    )
    return job


@transaction.atomic
def finish_import(*, recording_id: str, imported: Imported, now: datetime) -> Recording:
    """Link the sealed rendition; the uploaded pieces are deleted by the caller afterwards."""
    recording = Recording.objects.select_for_update().get(pk=recording_id)
    if recording.state != RecordingState.IMPORTING:
        raise StudyError("import-closed", "This recording is not being imported.")
    recording.state = RecordingState.READY
    recording.media_type = imported.media_type
    recording.has_video = imported.has_video
    recording.duration_s = imported.duration_s
    recording.size = imported.size
    recording.sha256 = imported.sha256
    recording.save()
    audit.append(
        study_id_of(recording),
        actor="system",
        action="recording.imported",
        subject=recording.pk,
        now=now,
        details={"sha256": imported.sha256, "duration_s": imported.duration_s},
    )
    return recording


@transaction.atomic
def fail_import(*, recording_id: str, failure: str, now: datetime) -> Recording:
    """Say in a sentence why a recording could not be imported; one that is ready or void already stays so."""
    recording = Recording.objects.select_for_update().get(pk=recording_id)
    if recording.state != RecordingState.IMPORTING:
        return recording
    recording.state = RecordingState.FAILED
    recording.failure = failure[:400]
    recording.save(update_fields=["state", "failure"])
    audit.append(
        study_id_of(recording), actor="system", action="recording.import-failed", subject=recording.pk, now=now
    )
    return recording


@transaction.atomic
def cancel_import(*, recording_id: str, user_id: int, now: datetime) -> None:
    """Ask for an import to stop, or give up an upload that is under way."""
    recording = Recording.objects.select_for_update().get(pk=recording_id)
    if recording.state == RecordingState.UPLOADING:
        recording.state = RecordingState.FAILED
        recording.failure = "The upload was cancelled."
        recording.save(update_fields=["state", "failure"])
    elif recording.state != RecordingState.IMPORTING:
        raise StudyError("nothing-to-cancel", "There is nothing under way to cancel.")
    _stop_import(recording)
    audit.append(
        study_id_of(recording),
        actor=audit.account_actor(user_id),
        action="recording.cancelled",
        subject=recording.pk,
        now=now,
    )


@transaction.atomic
def trim(*, recording_id: str, start_s: float, end_s: float, user_id: int, now: datetime) -> Recording:
    """Set where watching begins and ends; nothing is cut off, and nothing moves once somebody has begun to rate.

    Another start or end is to be looked at and confirmed again.
    """
    recording = _ready(recording_id)
    if recording.sittings.exists():
        raise StudyError("trim-too-late", "Somebody has begun to watch; the start and the end stand.")
    if not (0 <= start_s and start_s + LEAST_LENGTH_S <= end_s <= (recording.duration_s or 0.0) + 0.001):
        raise StudyError("trim-wrong", "The end must come after the start, within the recording.")
    if (start_s, end_s) != (recording.trim_start_s, recording.end_s):
        # What was looked at was another start, middle and end.
        recording.confirmed_by = recording.confirmed_at = recording.rated_start_s = recording.rated_end_s = None
    recording.trim_start_s, recording.trim_end_s = start_s, end_s
    recording.save(
        update_fields=["trim_start_s", "trim_end_s", "confirmed_by", "confirmed_at", "rated_start_s", "rated_end_s"]
    )
    audit.append(
        study_id_of(recording),
        actor=audit.account_actor(user_id),
        action="recording.trimmed",
        subject=recording.pk,
        now=now,
        details={"start_s": start_s, "end_s": end_s},
    )
    return recording


@transaction.atomic
def confirm(*, recording_id: str, watched: Collection[str], user_id: int, now: datetime) -> Recording:
    """Record that a person has looked at its places and says that it is this dyad and this session."""
    recording = _ready(recording_id)
    if set(watched) != PLACES:
        raise StudyError("not-watched", "Watch a few seconds of the start, the middle and the end first.")
    if not recording.sittings.exists():
        _fix_stretch(recording)
    recording.confirmed_by_id, recording.confirmed_at = user_id, now
    recording.save(update_fields=["confirmed_by", "confirmed_at", "rated_start_s", "rated_end_s"])
    audit.append(
        study_id_of(recording),
        actor=audit.account_actor(user_id),
        action="recording.confirmed",
        subject=recording.pk,
        now=now,
        details={"start_s": recording.stretch.start_s, "end_s": recording.stretch.end_s},
    )
    return recording


@transaction.atomic
def make_void(*, recording_id: str, reason: str, user_id: int, now: datetime) -> Recording:
    """Take a recording out of use, with a reason; its session can then be given another."""
    recording = Recording.objects.select_for_update().get(pk=recording_id)
    if not reason.strip():
        raise StudyError("reason-missing", "Say why the recording is made void.")
    if recording.state == RecordingState.VOID:
        raise StudyError("recording-void", "This recording is void already.")
    _stop_import(recording)
    recording.state = RecordingState.VOID
    recording.void_reason = reason.strip()
    recording.save(update_fields=["state", "void_reason"])
    audit.append(
        study_id_of(recording),
        actor=audit.account_actor(user_id),
        action="recording.void",
        subject=recording.pk,
        now=now,
    )
    return recording


@transaction.atomic
def note_played(*, recording_id: str, user_id: int, now: datetime) -> None:
    """Write down that somebody at the desk looked into a recording."""
    recording = Recording.objects.get(pk=recording_id)
    audit.append(
        study_id_of(recording),
        actor=audit.account_actor(user_id),
        action="recording.played",
        subject=recording.pk,
        now=now,
    )


def current_recording(session_id: str) -> Recording | None:
    """Return the session's recording that is in use, if any."""
    return (
        Recording.objects.filter(session_id=session_id).exclude(state=RecordingState.VOID).order_by("created_at").last()
    )


def delete_pieces(recording: Recording) -> None:
    """Delete what was uploaded, when the rendition is sealed or nothing will come of it.

    What the files were called goes too: recordings are often named after people.
    """
    for part in recording.parts.all():
        pieces_of(part).delete()
    recording.parts.update(file_name="")


def delete_rendition(recording: Recording) -> None:
    """Delete what an import sealed before it failed."""
    for name in (recording.vault_name, recording.loudness_name):
        settings.VAULT.delete(name)


def _stop_import(recording: Recording) -> None:
    """Let a running import stop; where none will clear up the pieces, delete them."""
    open_jobs = Job.objects.filter(
        kind=IMPORT, subject=recording.pk, state__in=(JobState.WAITING, JobState.RUNNING)
    ).update(cancel_asked=True)
    if not open_jobs:
        transaction.on_commit(partial(delete_pieces, recording))


def _fix_stretch(recording: Recording) -> None:
    """Fix what of a recording is rated, for everybody who rates it."""
    rule = design_of(recording.session.dyad.study).sampling
    if rule.part is Part.NAMED and recording.trim_end_s is None:
        raise StudyError("stretch-unnamed", "Set the start and the end of what is rated first, then confirm.")
    stretch = stretch_to_rate(rule, start_s=recording.trim_start_s, end_s=recording.end_s)
    if stretch is None:
        raise StudyError("stretch-outside", "The recording is too short for the part that the design asks for.")
    recording.rated_start_s, recording.rated_end_s = stretch


def _ready(recording_id: str) -> Recording:
    recording = Recording.objects.select_for_update().filter(pk=recording_id).first()
    if recording is None:
        raise NotFoundError
    if recording.state != RecordingState.READY:
        raise StudyError("recording-not-ready", "This recording is not ready.")
    return recording
