from django.db import models

from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.sittings import Sitting


class DerivedTrace(RandomIdModel):
    """A rating sitting's trace, assembled from its event log; can be thrown away and derived again."""

    sitting = models.OneToOneField(Sitting, on_delete=models.CASCADE, related_name="trace")
    rule = models.CharField(max_length=40)
    parameters = models.JSONField()
    derived_at = models.DateTimeField()
    sealed_payload = models.BinaryField()
    digest = models.BinaryField(max_length=32)
