from datetime import datetime

from django.db import transaction

from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.enums import ConsentWay
from dialogram.server.records.models import Consent, Participant, Session


@transaction.atomic
def record_consent(
    *, participant_id: str, session_id: str, way: ConsentWay, clips_agreed: bool, actor: str, now: datetime
) -> Consent:
    """Record that a participant agrees, on the screen or on paper, to the text of the design's version."""
    participant = Participant.objects.select_related("study").get(pk=participant_id)
    session = Session.objects.get(pk=session_id)
    if not session.dyad.members.filter(participant=participant).exists():
        raise StudyError("not-in-dyad", "This participant does not belong to the session's dyad.")
    consent, _ = Consent.objects.update_or_create(
        participant=participant,
        session=session,
        version=design_of(participant.study).consent_version,
        defaults={"way": way, "clips_agreed": clips_agreed, "given_at": now},
    )
    audit.append(
        participant.study_id,
        actor=actor,
        action="consent.given",
        subject=participant.pk,
        now=now,
        details={"session": session.pk, "version": consent.version, "way": way, "clips": clips_agreed},
    )
    return consent


def consent_of(*, participant_id: str, session_id: str) -> Consent | None:
    """Return a participant's consent for a session to the version in force, if given."""
    participant = Participant.objects.select_related("study").get(pk=participant_id)
    version = design_of(participant.study).consent_version
    return Consent.objects.filter(participant=participant, session_id=session_id, version=version).first()
