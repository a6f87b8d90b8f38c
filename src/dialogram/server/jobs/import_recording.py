"""Import of a recording: remux the sealed pieces on an encrypted scratch file, then seal once, in sequence."""

import errno
import hashlib
import io
import threading
import time
from typing import BinaryIO, cast

from django.conf import settings
from django.utils import timezone

from dialogram.archive.recording import ImportCancelled, RecordingError, loudness_peaks, make_rendition
from dialogram.server.records.domain.jobs import end_job, report_progress
from dialogram.server.records.domain.recordings import (
    Imported,
    delete_pieces,
    delete_rendition,
    fail_import,
    finish_import,
    pieces_of,
    seal_context,
)
from dialogram.server.records.enums import JobState, RecordingState
from dialogram.server.records.models import Job, Recording
from dialogram.server.records.models.sealed import keyring, recording_key
from dialogram.vault import EncryptedScratch, seal_recording

REPORT_EVERY_S = 0.5
DISK_FULL = "The disk of this machine is full; make room, then send the recording again."


class ImportStopped(Exception):  # noqa: N818  # not an error: the worker was told to stop
    """The worker stops; the import will be done again from the start."""


class _Hashing(io.RawIOBase):
    """Reads on, knows the SHA-256 of what was read, and stops reading when the import is cancelled."""

    def __init__(self, source: BinaryIO, reports: "_Reports") -> None:
        super().__init__()
        self.source, self.reports, self.digest = source, reports, hashlib.sha256()
        self.size, self.done = max(1, source.seek(0, io.SEEK_END)), 0
        source.seek(0)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        self.done += len(data)
        self.reports.progress(0.9 + 0.1 * self.done / self.size)
        if self.reports.cancelled():
            raise ImportCancelled
        return data


class _Reports:
    """Passes progress on at most twice a second and listens for a cancel."""

    def __init__(self, job: Job, stopping: threading.Event) -> None:
        self.job, self.stopping = job, stopping
        self.next_at = 0.0
        self.cancel_asked = job.cancel_asked

    def progress(self, share: float) -> None:
        if time.monotonic() >= self.next_at:
            self.next_at = time.monotonic() + REPORT_EVERY_S
            self.cancel_asked = report_progress(job_id=self.job.pk, progress=share, now=timezone.now())

    def cancelled(self) -> bool:
        return self.cancel_asked or self.stopping.is_set()


def import_recording(job: Job, *, stopping: threading.Event) -> None:
    """Import one uploaded recording; whatever happens, nothing half-made stays.

    The recording's state is settled first, then what is left over is deleted, and the job is closed last: a worker
    killed in between comes back to a recording that is not importing any more, and only clears up after itself.
    """
    recording = Recording.objects.get(pk=job.subject)
    reports = _Reports(job, stopping)
    ended, failure = JobState.DONE, ""
    try:
        if recording.state == RecordingState.IMPORTING:
            imported = _make(recording, reports)
            recording = finish_import(recording_id=recording.pk, imported=imported, now=timezone.now())
    except ImportCancelled:
        if stopping.is_set() and not reports.cancel_asked:
            raise ImportStopped from None
        ended = JobState.CANCELLED
        recording = fail_import(recording_id=recording.pk, failure="The import was cancelled.", now=timezone.now())
    except RecordingError as error:
        ended, failure = JobState.FAILED, error.code
        recording = fail_import(recording_id=recording.pk, failure=str(error), now=timezone.now())
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        ended, failure = JobState.FAILED, "disk-full"
        recording = fail_import(recording_id=recording.pk, failure=DISK_FULL, now=timezone.now())
    if ended is JobState.DONE and recording.state != RecordingState.READY:
        ended = JobState.CANCELLED
    clear_up(recording)
    end_job(job_id=job.pk, state=ended, now=timezone.now(), failure=failure)


def clear_up(recording: Recording) -> None:
    """Delete what an import that has ended leaves over: the pieces, and what it sealed in vain."""
    if recording.state != RecordingState.READY:
        delete_rendition(recording)
    delete_pieces(recording)


def _make(recording: Recording, reports: _Reports) -> Imported:
    key = keyring().key(recording_key(recording.pk))
    context = seal_context(recording.pk)
    scratch_folder = settings.SCRATCH
    scratch_folder.mkdir(mode=0o700, exist_ok=True)
    sources = [pieces_of(part).open() for part in recording.parts.all()]
    with EncryptedScratch(scratch_folder) as opened:
        scratch = cast("BinaryIO", opened)
        names = [part.file_name for part in recording.parts.all()]
        rendition = make_rendition(
            sources,
            scratch,
            names=names,
            progress=lambda share: reports.progress(share * 0.8),
            cancelled=reports.cancelled,
        )
        scratch.seek(0)
        peaks = loudness_peaks(
            scratch, progress=lambda share: reports.progress(0.8 + 0.1 * share), cancelled=reports.cancelled
        )
        loudness = io.BytesIO(peaks.tobytes())
        seal_recording(settings.VAULT, recording.loudness_name, loudness, key=key, context=context + b":loudness")
        source = _Hashing(scratch, reports)
        size = seal_recording(settings.VAULT, recording.vault_name, cast("BinaryIO", source), key=key, context=context)
    return Imported(
        media_type=rendition.media_type,
        has_video=rendition.has_video,
        duration_s=rendition.duration_s,
        size=size,
        sha256=source.digest.hexdigest(),
    )
