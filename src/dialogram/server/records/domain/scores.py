from datetime import datetime

from django.db import transaction

from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.models import Participant, Score, Session
from dialogram.server.records.models.sealed import seal, unseal


@transaction.atomic
def enter_score(
    *, session_id: str, participant_id: str, instrument: str, total: float, user_id: int, now: datetime
) -> Score:
    """Enter a questionnaire's total; entered again, another total replaces the one before and the trail says so."""
    session = Session.objects.get(pk=session_id)
    participant = Participant.objects.select_related("study").get(pk=participant_id)
    questionnaires = {one.key: one for one in design_of(participant.study).questionnaires}
    asked = questionnaires.get(instrument)
    if asked is None or participant.role not in asked.roles:
        raise StudyError("instrument-wrong", "The design has no such questionnaire for this role.")
    if not session.dyad.members.filter(participant=participant).exists():
        raise StudyError("not-in-dyad", "This participant does not belong to the session's dyad.")
    if not asked.accepts(total):
        raise StudyError("score-range", f"{asked.name}: expected {asked.low:g} to {asked.high:g}, got {total:g}.")
    score = Score.objects.filter(session=session, participant=participant, instrument=instrument).first()
    if score is not None and total_of(score) == total:
        return score
    is_new = score is None
    score = score or Score(session=session, participant=participant, instrument=instrument)
    score.entered_by_id, score.entered_at = user_id, now
    score.sealed_payload = seal(total, participant_id=participant.pk, context=f"score:{score.pk}")
    score.save()
    audit.append(
        participant.study_id,
        actor=audit.account_actor(user_id),
        action="score.entered" if is_new else "score.changed",
        subject=score.pk,
        now=now,
        details={"instrument": instrument},
    )
    return score


@transaction.atomic
def remove_score(*, session_id: str, participant_id: str, instrument: str, user_id: int, now: datetime) -> None:
    """Take a total back that should not be there; the trail says so."""
    score = (
        Score.objects.select_related("participant")
        .filter(session_id=session_id, participant_id=participant_id, instrument=instrument)
        .first()
    )
    if score is None:
        return
    audit.append(
        score.participant.study_id,
        actor=audit.account_actor(user_id),
        action="score.removed",
        subject=score.pk,
        now=now,
        details={"instrument": instrument},
    )
    score.delete()


def total_of(score: Score) -> float:
    """Open a score's total."""
    return float(unseal(score.sealed_payload, participant_id=score.participant_id, context=f"score:{score.pk}"))
