from datetime import date, datetime

from django.db import transaction

from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.sessions import EARLIEST_ZONE
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.enums import ConsentWay
from dialogram.server.records.models import Consent, Participant, Session


@transaction.atomic
def record_consent(
    *,
    participant_id: str,
    session_id: str,
    way: ConsentWay,
    clips_agreed: bool,
    actor: str,
    now: datetime,
    signed_on: date | None = None,
    knowingly: bool = False,
) -> Consent:
    """Record that a participant agrees, on the screen or on paper, to the text of the design's version.

    What stands is the newest by its day, and of two of one day the one that shows less. One that says otherwise of the
    clips than the one before is taken only where that is known.
    """
    signed_on = signed_on or now.date()
    if signed_on > (now + EARLIEST_ZONE).date():
        raise StudyError("consent-date", "The day of signing lies in the future.")
    participant = Participant.objects.select_related("study").get(pk=participant_id)
    session = Session.objects.get(pk=session_id)
    if not session.dyad.members.filter(participant=participant).exists():
        raise StudyError("not-in-dyad", "This participant does not belong to the session's dyad.")
    place = {"participant": participant, "session": session, "version": design_of(participant.study).consent_version}
    consent = Consent.objects.select_for_update().filter(**place).first()
    if consent is not None and consent.clips_agreed != clips_agreed and not knowingly:
        raise StudyError("consent-contradicts", _say_contradiction(consent))
    if consent is None or (signed_on, not clips_agreed) >= (consent.signed_on, not consent.clips_agreed):
        consent = consent or Consent(**place)
        consent.way, consent.clips_agreed = way, clips_agreed
        consent.signed_on, consent.given_at = signed_on, now
        consent.save()
    audit.append(
        participant.study_id,
        actor=actor,
        action="consent.given",
        subject=participant.pk,
        now=now,
        details={
            "session": session.pk,
            "version": consent.version,
            "way": way,
            "clips": clips_agreed,
            "signed_on": signed_on.isoformat(),
        },
    )
    return consent


def consent_of(*, participant_id: str, session_id: str) -> Consent | None:
    """Return a participant's consent for a session to the version in force, if given."""
    participant = Participant.objects.select_related("study").get(pk=participant_id)
    version = design_of(participant.study).consent_version
    return Consent.objects.filter(participant=participant, session_id=session_id, version=version).first()


def _say_contradiction(consent: Consent) -> str:
    where = "on paper" if consent.way == ConsentWay.PAPER else "on the screen"
    what = "the therapist may see the clips" if consent.clips_agreed else "no clips for the therapist"
    return (
        f"They said {where} on {consent.signed_on:%-d %B %Y}: {what}. If this says otherwise, confirm that it does;"
        " the newer of the two stands."
    )
