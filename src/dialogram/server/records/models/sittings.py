from django.db import models

from dialogram.server.records.enums import TASKS, SittingState
from dialogram.server.records.models.ids import RandomIdModel
from dialogram.server.records.models.people import Participant
from dialogram.server.records.models.recordings import Recording


class Sitting(RandomIdModel):
    """One participant's visit to do one task on one recording."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="sittings")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="sittings")
    task = models.CharField(max_length=16, choices=TASKS)
    scale = models.CharField(max_length=60, blank=True)
    perspective = models.CharField(max_length=40, default="own")
    pass_number = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=SittingState.choices, default=SittingState.OPEN)
    steps_done = models.JSONField(default=list)
    epoch = models.PositiveIntegerField(default=0)
    saved_to_s = models.FloatField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    partial_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "recording", "task", "scale", "perspective", "pass_number"],
                name="one_sitting_a_trace",
            )
        ]


class Stream(RandomIdModel):
    """One load of the rating page, or of a phone used as its dial: its records are numbered from 0 without a gap."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="streams")
    phone = models.ForeignKey("records.Phone", on_delete=models.PROTECT, null=True, related_name="streams")
    stream_id = models.CharField(max_length=32)
    epoch = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    last_seq = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "stream_id"], name="one_stream_an_id")]


class EventRecord(models.Model):
    """What the browser wrote down in about 250 ms; never edited."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="records", db_index=False)
    seq = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    sealed_payload = models.BinaryField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        # its index begins with the stream: one of the stream alone would be written with every record for nothing
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="one_record_a_seq")]

    def __str__(self) -> str:
        return f"{self.stream_id} {self.seq}"


class ConflictingRecord(models.Model):
    """A record that came with the key of another but other content: kept aside, never used."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="conflicts")
    seq = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    sealed_payload = models.BinaryField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq", "digest"], name="one_conflict_a_content")]

    def __str__(self) -> str:
        return f"{self.stream_id} {self.seq}"
