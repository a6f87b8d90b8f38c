"""Jobs: claimed by a conditional update under a lease, so that a killed worker's job is taken up again."""

from datetime import datetime, timedelta

from django.db.models import F, Q

from dialogram.server.records.enums import JobState
from dialogram.server.records.models import Job

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3


def claim_job(*, now: datetime) -> Job | None:
    """Take the oldest job that waits, or whose worker is gone; None when there is nothing to do."""
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=now)
    for job_id in Job.objects.filter(free).order_by("created_at").values_list("pk", flat=True):
        taken = Job.objects.filter(free, pk=job_id).update(
            state=JobState.RUNNING, lease_until=now + LEASE, started_at=now, attempts=F("attempts") + 1
        )
        if taken:
            return Job.objects.get(pk=job_id)
    return None


def report_progress(*, job_id: str, progress: float, now: datetime) -> bool:
    """Extend the lease and say how far it is; returns whether somebody asked for it to stop."""
    Job.objects.filter(pk=job_id).update(progress=progress, lease_until=now + LEASE)
    return Job.objects.filter(pk=job_id, cancel_asked=True).exists()


def release_job(*, job_id: str) -> None:
    """Give a job back untouched: its worker was told to stop, which is no failed attempt."""
    Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(
        state=JobState.WAITING, lease_until=None, progress=0.0, attempts=F("attempts") - 1
    )


def end_job(*, job_id: str, state: JobState, now: datetime, failure: str = "") -> None:
    """Close a job."""
    done = {"progress": 1.0} if state == JobState.DONE else {}
    Job.objects.filter(pk=job_id).update(state=state, ended_at=now, lease_until=None, failure=failure[:400], **done)
