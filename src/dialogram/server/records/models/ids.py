import secrets

from django.db import models


def new_id() -> str:
    """Return 128 random bits: an id shown anywhere says nothing of order or time."""
    return secrets.token_hex(16)


class RandomIdModel(models.Model):
    """A row known by a random id."""

    id = models.CharField(primary_key=True, max_length=32, default=new_id, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"
