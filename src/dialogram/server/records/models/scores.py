from django.conf import settings
from django.db import models

from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.people import Participant
from dialogram.server.records.models.sessions import Session


class Score(RandomIdModel):
    """A questionnaire's total for one participant and session, entered by hand."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="scores")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="scores")
    instrument = models.CharField(max_length=60)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    entered_at = models.DateTimeField()
    sealed_payload = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "participant", "instrument"], name="one_score_an_instrument")
        ]
