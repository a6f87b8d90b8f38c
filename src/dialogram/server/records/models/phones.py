from django.db import models

from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.links import Link
from dialogram.server.records.models.sittings import Sitting


class Phone(RandomIdModel):
    """A phone that may be, or is, a sitting's dial; of its code and of its key only hashes are stored."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="phones")
    link = models.ForeignKey(Link, on_delete=models.PROTECT)
    code_hash = models.BinaryField(max_length=32, unique=True)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    key_hash = models.BinaryField(max_length=32, unique=True, null=True)
    paired_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
