from django.conf import settings
from django.db import models

from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.people import Dyad


class Session(RandomIdModel):
    """One meeting of a dyad, numbered in the course of therapy."""

    dyad = models.ForeignKey(Dyad, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveIntegerField()
    held_on = models.DateField(null=True, blank=True)
    others_agreed = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dyad", "number"], name="one_session_a_number")]


class Deviation(RandomIdModel):
    """A note that something went otherwise than the protocol says."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="deviations")
    text = models.TextField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    noted_at = models.DateTimeField()
