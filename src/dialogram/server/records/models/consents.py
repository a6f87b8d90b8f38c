from django.db import models

from dialogram.server.records.enums import ConsentWay
from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.people import Participant
from dialogram.server.records.models.sessions import Session


class Consent(RandomIdModel):
    """A participant's agreement for one session, to one version of the text."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="consents")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="consents")
    version = models.CharField(max_length=40)
    way = models.CharField(max_length=8, choices=ConsentWay.choices)
    clips_agreed = models.BooleanField(default=False)
    signed_on = models.DateField()
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "session", "version"], name="one_consent_a_version")
        ]
