"""What is stored. Content is in sealed columns, under the key of the person it comes from."""

from dialogram.server.records.models.audit import AuditEntry
from dialogram.server.records.models.consents import Consent
from dialogram.server.records.models.guesses import Guess, GuessRelease, Unblinding
from dialogram.server.records.models.jobs import Job
from dialogram.server.records.models.links import Link
from dialogram.server.records.models.people import Dyad, DyadMember, Participant
from dialogram.server.records.models.phones import Phone
from dialogram.server.records.models.practice import PracticeTry
from dialogram.server.records.models.recalls import Description, ExtremeSet
from dialogram.server.records.models.recordings import Recording, RecordingPart
from dialogram.server.records.models.scores import Score
from dialogram.server.records.models.sessions import Deviation, Session
from dialogram.server.records.models.sittings import ConflictingRecord, EventRecord, Sitting, Stream
from dialogram.server.records.models.studies import Membership, Study
from dialogram.server.records.models.traces import DerivedTrace

__all__ = [
    "AuditEntry",
    "ConflictingRecord",
    "Consent",
    "DerivedTrace",
    "Description",
    "Deviation",
    "Dyad",
    "DyadMember",
    "EventRecord",
    "ExtremeSet",
    "Guess",
    "GuessRelease",
    "Job",
    "Link",
    "Membership",
    "Participant",
    "Phone",
    "PracticeTry",
    "Recording",
    "RecordingPart",
    "Score",
    "Session",
    "Sitting",
    "Stream",
    "Study",
    "Unblinding",
]
