from collections.abc import Iterable
from enum import StrEnum

from django.db import models

from dialogram.study import Role, Task


def choices_of(words: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Give the field's words as a column's choices."""
    return [(word.value, word.value) for word in words]


ROLES = choices_of(Role)
TASKS = choices_of(Task)


class MemberRole(models.TextChoices):
    OWNER = "owner"
    RESEARCHER = "researcher"


class RecordingState(models.TextChoices):
    UPLOADING = "uploading"
    IMPORTING = "importing"
    READY = "ready"
    FAILED = "failed"
    VOID = "void"


class JobState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class SittingState(models.TextChoices):
    OPEN = "open"
    FINISHED = "finished"
    PARTIAL = "partial"


class ConsentWay(models.TextChoices):
    SCREEN = "screen"
    PAPER = "paper"
