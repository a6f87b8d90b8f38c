from django.db import models


class Person(models.Model):
    """Who a participant is; known to the desk only, linked by the participant's random id."""

    participant_id = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.participant_id
