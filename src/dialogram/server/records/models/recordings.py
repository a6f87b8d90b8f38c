from django.conf import settings
from django.db import models

from dialogram.server.records.enums import RecordingState
from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.sessions import Session
from dialogram.timeline import Segment


class Recording(RandomIdModel):
    """The media of a session, sealed in the vault. Replaced by a new one, never changed."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="recordings")
    state = models.CharField(max_length=16, choices=RecordingState.choices, default=RecordingState.UPLOADING)
    failure = models.CharField(max_length=400, blank=True)
    media_type = models.CharField(max_length=40, blank=True)
    has_video = models.BooleanField(default=True)
    duration_s = models.FloatField(null=True)
    size = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    trim_start_s = models.FloatField(default=0.0)
    trim_end_s = models.FloatField(null=True)
    rated_start_s = models.FloatField(null=True)
    rated_end_s = models.FloatField(null=True)
    created_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="confirmed_recordings"
    )
    confirmed_at = models.DateTimeField(null=True)
    void_reason = models.TextField(blank=True)

    @property
    def vault_name(self) -> str:
        """Name of the served rendition in the vault."""
        return f"{self.pk}-recording"

    @property
    def loudness_name(self) -> str:
        """Name of the loudness peaks in the vault."""
        return f"{self.pk}-loudness"

    @property
    def end_s(self) -> float:
        """Where the trimmed recording ends, in media seconds."""
        return self.trim_end_s if self.trim_end_s is not None else (self.duration_s or 0.0)

    @property
    def stretch(self) -> Segment:
        """What of it is rated: the plan's part of what is watched, as it was fixed when it was confirmed."""
        if self.rated_start_s is None or self.rated_end_s is None:
            return Segment(self.trim_start_s, self.end_s)
        return Segment(self.rated_start_s, self.rated_end_s)


class RecordingPart(RandomIdModel):
    """One uploaded file of a recording; several are joined in order."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "number"], name="one_part_a_number")]
        ordering = ["number"]
