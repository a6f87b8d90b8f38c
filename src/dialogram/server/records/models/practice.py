from django.db import models

from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.sittings import Sitting


class PracticeTry(RandomIdModel):
    """One try at following the ring before a rating: what the hand did, and what was measured of it."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveIntegerField()
    rule = models.CharField(max_length=40)
    parameters = models.JSONField()
    made_at = models.DateTimeField()
    sealed_payload = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "number"], name="one_try_a_number")]
        ordering = ["number"]
