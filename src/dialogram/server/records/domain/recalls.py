"""Recall: the extremes are picked and frozen when it begins; each is then replayed and described."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dialogram.analysis import Extreme, ExtremesRule, pick_extremes
from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.traces import kept_trace, trace_of
from dialogram.server.records.enums import SittingState
from dialogram.server.records.models import Description, ExtremeSet, Sitting
from dialogram.server.records.models.sealed import seal, unseal
from dialogram.study import Design, Role, Task
from dialogram.study.assignment import recall_order
from dialogram.study.sitting import Moment, Replay

MOST_TEXT = 20_000


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a participant said of one segment."""

    text: str = ""
    moment: str = ""
    skipped: bool = False
    vetoed: bool = False
    left: bool = False
    typed_by: str = "participant"

    def as_replay(self) -> Replay:
        """Return what matters of it for where the sitting stands."""
        return Replay(
            has_answer=bool(self.text.strip()),
            moment=Moment(self.moment) if self.moment else None,
            skipped=self.skipped,
            vetoed=self.vetoed,
            left=self.left,
        )


def rating_for(recall: Sitting) -> Sitting | None:
    """Return the rating a recall looks back on: the same participant's of the same recording."""
    return Sitting.objects.filter(
        participant_id=recall.participant_id,
        recording_id=recall.recording_id,
        task=Task.RATE,
        scale=recall.scale,
        perspective=recall.perspective,
        pass_number=recall.pass_number,
    ).first()


def picking_rule(design: Design) -> ExtremesRule:
    """Return the rule by which a design has its segments picked."""
    asked = design.extremes
    return ExtremesRule(
        name=asked.rule,
        window_s=asked.window_s,
        per_kind=asked.per_kind,
        warm_up_s=asked.warm_up_s,
        least_coverage=asked.least_coverage,
        same_kind_gap_s=asked.same_kind_gap_s,
    )


@transaction.atomic
def start_recall(*, sitting_id: str, rng: random.Random, now: datetime, actor: str | None = None) -> ExtremeSet:
    """Pick the extremes of the participant's rating and freeze them with rule and parameters, in a random order.

    `actor` is said where staff begins it for the participant beside them.
    """
    recall = Sitting.objects.select_for_update().select_related("participant__study", "recording").get(pk=sitting_id)
    frozen = ExtremeSet.objects.filter(sitting=recall).first()
    if frozen is not None:
        return frozen
    rating = rating_for(recall)
    if recall.task != Task.RECALL or rating is None or rating.state == SittingState.OPEN:
        raise StudyError("not-rated", "The recall opens when the rating is handed in.")
    design = design_of(recall.participant.study)
    rule = picking_rule(design)
    derived = kept_trace(sitting_id=rating.pk, now=now)
    picked = pick_extremes(trace_of(rating, now=now), rule)
    ordered = [picked.extremes[place] for place in recall_order(picked.extremes, rng=rng)]
    person = recall.participant_id
    frozen = ExtremeSet.objects.create(
        sitting=recall,
        rule=rule.name,
        parameters=asdict(rule) | {"lead_in_s": design.extremes.lead_in_s},
        trace_digest=bytes(derived.digest),
        picked_at=now,
        sealed_payload=seal(
            {"extremes": [asdict(extreme) for extreme in ordered], "notes": list(picked.notes)},
            participant_id=person,
            context=f"extremes:{recall.pk}",
        ),
    )
    for position in range(len(ordered)):
        description = Description(sitting=recall, position=position)
        description.sealed_payload = _sealed(description, Said(), person)
        description.save(force_insert=True)
    audit.append(
        recall.participant.study_id,
        actor=actor or audit.participant_actor(person),
        action="recall.started",
        subject=recall.pk,
        now=now,
        details={"rule": rule.name},
    )
    return frozen


def extremes_of(recall: Sitting) -> Sequence[Extreme]:
    """Return a recall's frozen extremes, in the order in which they are replayed."""
    return [Extreme(**row) for row in _content(recall)["extremes"]]


def notes_of(recall: Sitting) -> Sequence[str]:
    """Return why fewer extremes were picked than were looked for, if so."""
    notes: Sequence[str] = _content(recall)["notes"]
    return notes


def said_of(description: Description) -> Said:
    """Open what was said of a segment."""
    person = description.sitting.participant_id
    return Said(**unseal(description.sealed_payload, participant_id=person, context=_context(description)))


@transaction.atomic
def save_description(*, sitting_id: str, description_id: str, said: Said, now: datetime) -> Description:
    """Keep what was said of a segment as it stands; saved as it is typed, until the recall is handed in."""
    description = (
        Description.objects.select_for_update()
        .select_related("sitting__participant__study")
        .filter(pk=description_id, sitting_id=sitting_id)
        .first()
    )
    if description is None:
        raise NotFoundError
    if description.sitting.state != SittingState.OPEN:
        raise StudyError("closed", "This sitting is closed.")
    if said.moment and said.moment not in set(Moment):
        raise StudyError("moment-wrong", f"Expected one of {', '.join(Moment)}.")
    participant = description.sitting.participant
    if said.vetoed and not (participant.role == Role.CLIENT and design_of(participant.study).has_guess):
        raise StudyError("veto-wrong", "Only a client whose therapist guesses can keep a clip back.")
    if len(said.text) > MOST_TEXT:
        raise StudyError("text-too-long", f"A description has at most {MOST_TEXT} characters.")
    description.sealed_payload = _sealed(description, said, description.sitting.participant_id)
    description.saved_at = now
    description.save(update_fields=["sealed_payload", "saved_at"])
    return description


def _content(recall: Sitting) -> dict[str, Any]:
    frozen = ExtremeSet.objects.get(sitting=recall)
    content: dict[str, Any] = unseal(
        frozen.sealed_payload, participant_id=recall.participant_id, context=f"extremes:{recall.pk}"
    )
    return content


def _context(description: Description) -> str:
    return f"description:{description.pk}"


def _sealed(description: Description, said: Said, participant_id: str) -> bytes:
    return seal(asdict(said), participant_id=participant_id, context=_context(description))
