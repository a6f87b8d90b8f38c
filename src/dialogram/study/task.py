from enum import StrEnum


class Role(StrEnum):
    """Who a participant is in a session."""

    CLIENT = "client"
    THERAPIST = "therapist"
    OBSERVER = "observer"


class Task(StrEnum):
    """What a participant does in a sitting."""

    RATE = "rate"
    RECALL = "recall"
    GUESS = "guess"
