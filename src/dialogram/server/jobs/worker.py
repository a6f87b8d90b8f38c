"""The worker: claims jobs, runs them, and lets go cleanly when told to stop."""

import logging
import threading

from django.utils import timezone

from dialogram.server.jobs.import_recording import ImportStopped, clear_up, import_recording
from dialogram.server.records.domain.errors import where_raised
from dialogram.server.records.domain.jobs import MOST_ATTEMPTS, claim_job, end_job, release_job
from dialogram.server.records.domain.recordings import IMPORT, fail_import
from dialogram.server.records.enums import JobState
from dialogram.server.records.models import Job

IDLE_S = 0.5
log = logging.getLogger("dialogram.jobs")


def work(*, stopping: threading.Event) -> None:
    """Take up jobs one after the other until `stopping` is set."""
    while not stopping.is_set():
        job = claim_job(now=timezone.now())
        if job is None:
            stopping.wait(IDLE_S)
        else:
            run_job(job, stopping=stopping)


def run_job(job: Job, *, stopping: threading.Event) -> None:
    """Run one job and close it; a failure is said in a sentence and never ends the worker."""
    kinds = {IMPORT: import_recording}
    try:
        if job.attempts > MOST_ATTEMPTS:
            raise RuntimeError("given up after several attempts")
        kinds[job.kind](job, stopping=stopping)
    except ImportStopped:
        release_job(job_id=job.pk)
    except Exception as error:  # noqa: BLE001  # whatever went wrong, the job is closed and the worker goes on
        log.error("%s: %s", job.kind, where_raised(error))
        clear_up(fail_import(recording_id=job.subject, failure="The import failed unexpectedly.", now=timezone.now()))
        end_job(job_id=job.pk, state=JobState.FAILED, now=timezone.now(), failure=type(error).__name__)
