"""Descriptions typed by staff while the participant speaks, instead of the participant typing in the room."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import SystemRandom

from django.db import transaction

from dialogram.analysis import Extreme
from dialogram.server.records.domain.audit import account_actor
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.recalls import Said, extremes_of, said_of, save_description, start_recall
from dialogram.server.records.domain.sittings import begin_sitting, finish_task
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.visits import opening_facts
from dialogram.server.records.models import Description, Participant, Session, Sitting
from dialogram.study import Task
from dialogram.study.opening import may_open
from dialogram.study.sitting import Moment

REFUSALS = {
    "not_in_design": "This study's design has no describing for this role.",
    "consent_missing": "Record the consent first.",
    "rate_unfinished": "The describing opens when the rating is handed in.",
    "others_not_agreed": "Note first how the others on the recording agreed that it is watched.",
}


@dataclass(frozen=True)
class Segment:
    """A segment to be described, and what has been said of it."""

    description: Description
    extreme: Extreme
    said: Said


@transaction.atomic
def begin_dictation(*, participant_id: str, session_id: str, user_id: int, now: datetime) -> Sitting:
    """Open a participant's recall at the desk, under the same conditions as in the room."""
    participant = Participant.objects.select_related("study").get(pk=participant_id)
    session = Session.objects.get(pk=session_id)
    facts = opening_facts(participant=participant, session=session)
    decision = may_open(Task.RECALL, facts, design=design_of(participant.study))
    if not decision:
        raise StudyError(decision.code, REFUSALS.get(decision.code, "The recording is not ready yet."))
    actor = account_actor(user_id)
    recall = begin_sitting(participant=participant, session_id=session_id, task=Task.RECALL, actor=actor, now=now)
    start_recall(sitting_id=recall.pk, rng=SystemRandom(), now=now, actor=actor)
    return recall


def segments_of(recall: Sitting) -> Sequence[Segment]:
    """Return the segments of a recall in the order in which they are replayed, with what has been said."""
    extremes = extremes_of(recall)
    rows = Description.objects.select_related("sitting").filter(sitting=recall).order_by("position")
    return [Segment(row, extremes[row.position], said_of(row)) for row in rows]


def take_dictation(
    *,
    sitting_id: str,
    description_id: str,
    user_id: int,
    now: datetime,
    text: str,
    moment: str,
    skipped: bool,
    vetoed: bool,
) -> Description:
    """Keep what was typed of a segment; that staff typed it stays with the words. A slip needs none."""
    description = Description.objects.select_related("sitting").filter(pk=description_id, sitting_id=sitting_id).first()
    if description is None:
        raise NotFoundError
    said = replace(
        said_of(description),
        text=text,
        moment=moment,
        skipped=skipped or (moment == Moment.SLIP and not text.strip()),
        vetoed=vetoed,
        left=True,
        typed_by=account_actor(user_id),
    )
    return save_description(sitting_id=sitting_id, description_id=description_id, said=said, now=now)


def end_dictation(*, sitting_id: str, user_id: int, now: datetime) -> Sitting:
    """Hand a recall in for the participant, when every segment is described or passed over, as in the room."""
    recall = Sitting.objects.select_related("participant__study", "recording").get(pk=sitting_id)
    left = sum(not segment.said.as_replay().finished for segment in segments_of(recall))
    if left:
        raise StudyError(
            "segments-left",
            "Each is described, with an answer to whether this was the moment, or passed over. Still open:"
            f" {left} of the segments.",
        )
    return finish_task(sitting_id=sitting_id, now=now, actor=account_actor(user_id))
