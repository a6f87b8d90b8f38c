from django.conf import settings
from django.db import models

from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.people import Participant
from dialogram.server.records.models.sessions import Session


class Link(RandomIdModel):
    """A way into the room for one participant and some tasks, on one session or on each of the plan.

    Only a hash of its token is stored.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="links")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="links")
    tasks = models.JSONField(default=list)
    whole_course = models.BooleanField(default=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    first_used_at = models.DateTimeField(null=True)
