from django.conf import settings
from django.db import models

from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.recordings import Recording
from dialogram.server.records.models.sessions import Session
from dialogram.server.records.models.sittings import Sitting


class GuessRelease(RandomIdModel):
    """The researcher's word that the therapist may guess; nothing the client does opens the task.

    It freezes which clips are shown: sealed under the client's key, for they come from her extremes. When the
    recording is made void, so is its release.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="guess_releases")
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    released_at = models.DateTimeField()
    about = models.OneToOneField(Sitting, on_delete=models.PROTECT, related_name="release")
    sealed_payload = models.BinaryField()


class Unblinding(RandomIdModel):
    """Results of a session's recording opened before the guess was in, on purpose and with a reason."""

    recording = models.OneToOneField(Recording, on_delete=models.PROTECT, related_name="unblinding")
    reason = models.TextField()
    unblinded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    unblinded_at = models.DateTimeField()


class Guess(RandomIdModel):
    """A participant's blind judgement of another's extreme segments; revisable until handed in."""

    sitting = models.OneToOneField(Sitting, on_delete=models.PROTECT, related_name="guess")
    release = models.ForeignKey(GuessRelease, on_delete=models.PROTECT, related_name="guesses")
    handed_in_at = models.DateTimeField(null=True)
    sealed_payload = models.BinaryField()

    class Meta:
        verbose_name_plural = "guesses"
