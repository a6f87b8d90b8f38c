from django.conf import settings
from django.db import models

from dialogram.server.records.enums import ROLES
from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.studies import Study
from dialogram.server.records.validators import validate_code


class Participant(RandomIdModel):
    """Somebody in the study, known by a random id and by the lab's code."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="participants")
    role = models.CharField(max_length=16, choices=ROLES)
    code = models.CharField(max_length=32, validators=[validate_code])
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="participations"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "code"], name="one_code_a_study")]


class Dyad(RandomIdModel):
    """A client with a therapist; more people may belong to it."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="dyads")
    participants: "models.ManyToManyField[Participant, DyadMember]" = models.ManyToManyField(
        Participant, through="DyadMember", related_name="dyads"
    )
    created_at = models.DateTimeField()


class DyadMember(models.Model):
    """A participant's place in a dyad; a therapist has one in each of her dyads."""

    dyad = models.ForeignKey(Dyad, on_delete=models.CASCADE, related_name="members")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="places")
    role = models.CharField(max_length=16, choices=ROLES)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dyad", "participant"], name="one_place_a_dyad")]

    def __str__(self) -> str:
        return f"{self.role} of {self.dyad_id}"
