from django.db import models

from dialogram.server.records.enums import JobState
from dialogram.server.records.models.ids import RandomIdModel


class Job(RandomIdModel):
    """Long work, asked for in the transaction that needs it and claimed by a worker under a lease."""

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.WAITING)
    progress = models.FloatField(default=0.0)
    cancel_asked = models.BooleanField(default=False)
    failure = models.CharField(max_length=400, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
