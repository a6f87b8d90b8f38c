"""Import of a recording: remux the sealed pieces on an encrypted scratch file, then seal once, in sequence."""

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
    fail_import,
    finish_import,
    pieces_of,
    seal_context,
)
from dialogram.server.records.enums import JobState
from dialogram.server.records.models import Job, Recording
from dialogram.server.records.models.sealed import keyring, recording_key
from dialogram.vault import EncryptedScratch, seal

REPORT_EVERY_S = 0.5


class ImportStopped(Exception):  # noqa: N818  # not an error: the worker was told to stop; the lease runs out and it is taken up again
    """The worker stops; somebody else will do it again from the start."""


class _Hashing(io.RawIOBase):
    """Reads on, and knows the SHA-256 of what was read."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self.source, self.digest = source, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        return data


class _Reports:
    """Passes progress on at most twice a second and listens for a cancel."""

    def __init__(self, job: Job, stopping: threading.Event) -> None:
        self.job, self.stopping = job, stopping
        self.next_at = 0.0
        self.cancel_asked = False

    def progress(self, share: float) -> None:
        if time.monotonic() >= self.next_at:
            self.next_at = time.monotonic() + REPORT_EVERY_S
            self.cancel_asked = report_progress(job_id=self.job.pk, progress=share, now=timezone.now())

    def cancelled(self) -> bool:
        return self.cancel_asked or self.stopping.is_set()


def import_recording(job: Job, *, stopping: threading.Event) -> None:
    """Import one uploaded recording; whatever happens, nothing half-made stays."""
    recording = Recording.objects.get(pk=job.subject)
    parts = list(recording.parts.all())
    reports = _Reports(job, stopping)
    try:
        imported = _make(recording, reports)
    except ImportCancelled:
        if stopping.is_set() and not reports.cancel_asked:
            raise ImportStopped from None
        fail_import(recording_id=recording.pk, failure="The import was cancelled.", now=timezone.now())
        end_job(job_id=job.pk, state=JobState.CANCELLED, now=timezone.now())
    except RecordingError as error:
        fail_import(recording_id=recording.pk, failure=str(error), now=timezone.now())
        end_job(job_id=job.pk, state=JobState.FAILED, now=timezone.now(), failure=error.code)
    else:
        finish_import(recording_id=recording.pk, imported=imported, now=timezone.now())
        end_job(job_id=job.pk, state=JobState.DONE, now=timezone.now())
    for part in parts:
        pieces_of(part).delete()


def _make(recording: Recording, reports: _Reports) -> Imported:
    key = keyring().key(recording_key(recording.pk))
    context = seal_context(recording.pk)
    scratch_folder = settings.SCRATCH
    scratch_folder.mkdir(exist_ok=True)
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
        peaks = loudness_peaks(scratch)
        with settings.VAULT.write(recording.loudness_name) as sealed:
            seal(io.BytesIO(peaks.tobytes()), sealed, key=key, context=context + b":loudness")
        scratch.seek(0)
        source = _Hashing(scratch)
        with settings.VAULT.write(recording.vault_name) as sealed:
            size = seal(cast("BinaryIO", source), sealed, key=key, context=context)
    return Imported(
        media_type=rendition.media_type,
        has_video=rendition.has_video,
        duration_s=rendition.duration_s,
        size=size,
        sha256=source.digest.hexdigest(),
    )
