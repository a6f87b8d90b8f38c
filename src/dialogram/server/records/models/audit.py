from django.db import models

from dialogram.server.records.models.studies import Study


class AuditEntry(models.Model):
    """What happened, in a chain: each entry's digest covers the one before. It holds no content."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="audit_entries")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    details = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="one_entry_a_number")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"
