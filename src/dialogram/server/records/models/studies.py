from django.conf import settings
from django.db import models

from dialogram.server.records.enums import MemberRole
from dialogram.server.records.models.ids import RandomIdModel


class Study(RandomIdModel):
    """A research project with its design file."""

    name = models.CharField(max_length=200)
    design_text = models.TextField()
    design_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    audit_count = models.PositiveIntegerField(default=0)
    audit_head = models.BinaryField(max_length=32, default=bytes)

    class Meta:
        verbose_name_plural = "studies"


class Membership(models.Model):
    """A desk account's place in a study; without one the study does not exist for it.

    Who deals with therapists could let something slip, and sees results only after their guesses.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=MemberRole.choices)
    deals_with_therapists = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "user"], name="one_membership_a_study")]

    def __str__(self) -> str:
        return f"{self.role} of {self.study_id}"
