from django.db import models

from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.sittings import Sitting


class ExtremeSet(RandomIdModel):
    """The extremes of a trace as they were picked when the recall began; frozen with rule and parameters."""

    sitting = models.OneToOneField(Sitting, on_delete=models.PROTECT, related_name="extreme_set")
    rule = models.CharField(max_length=40)
    parameters = models.JSONField()
    trace_digest = models.BinaryField(max_length=32)
    picked_at = models.DateTimeField()
    sealed_payload = models.BinaryField()


class Description(RandomIdModel):
    """What a participant said of one extreme segment: text, whether this was the moment, skipped, vetoed."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="descriptions")
    position = models.PositiveIntegerField()
    saved_at = models.DateTimeField(null=True)
    sealed_payload = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "position"], name="one_description_a_position")]
        ordering = ["position"]
