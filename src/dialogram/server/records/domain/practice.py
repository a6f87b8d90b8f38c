"""Tries at following the ring before a rating: each is measured, kept sealed with its measures, and judged."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import numpy as np
from django.db import transaction

from dialogram.analysis import measure_following
from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.enums import SittingState
from dialogram.server.records.models import PracticeTry, Sitting
from dialogram.server.records.models.sealed import seal, unseal
from dialogram.study import Design, Task
from dialogram.study.practice import PATH_STEP_S, Verdict, judge_try, target_path

RULE = "following/1"
STEP_S = 0.05
MOST_TRIES = 99


@dataclass(frozen=True, kw_only=True)
class Try:
    """What was measured of a try; `reaction_s` and `r` are None where the hand did not follow."""

    number: int
    share_within: float
    reaction_s: float | None
    r: float | None
    verdict: Verdict


@transaction.atomic
def record_try(*, sitting_id: str, number: int, moves: Sequence[tuple[float, float]], now: datetime) -> Try:
    """Measure a try and keep it; sent twice it is kept once.

    `moves` are (seconds since the ring began, value), in order, the first at 0.
    """
    sitting = Sitting.objects.select_for_update().select_related("participant__study").get(pk=sitting_id)
    known = PracticeTry.objects.filter(sitting=sitting, number=number).first()
    if known is not None:
        return _opened(known, sitting)
    design = design_of(sitting.participant.study)
    if sitting.state != SittingState.OPEN or sitting.task != Task.RATE or design.practice.target_s == 0:
        raise StudyError("closed", "This practice is over.")
    if number != next_try(sitting) or number > MOST_TRIES:
        raise StudyError("try-number", "Tries are counted from 1, one after another.")
    measured = _measure(number, moves, design)
    stored = PracticeTry(
        sitting=sitting,
        number=number,
        rule=RULE,
        parameters={"scale": design.scale().name, "step_s": STEP_S} | asdict(design.practice),
        made_at=now,
    )
    content = asdict(measured) | {"moves": [list(move) for move in moves]}
    stored.sealed_payload = seal(content, participant_id=sitting.participant_id, context=_context(stored))
    stored.save(force_insert=True)
    audit.append(
        sitting.participant.study_id,
        actor=audit.participant_actor(sitting.participant_id),
        action="practice.tried",
        subject=sitting.pk,
        now=now,
        details={"number": number, "rule": RULE},
    )
    return measured


def next_try(sitting: Sitting) -> int:
    """Return the number of the try that comes now."""
    return PracticeTry.objects.filter(sitting=sitting).count() + 1


def tries_of(sitting: Sitting) -> Sequence[Try]:
    """Return a sitting's tries in order."""
    return [_opened(row, sitting) for row in PracticeTry.objects.filter(sitting=sitting)]


def reaction_of(tries: Sequence[Try]) -> float | None:
    """Return how late the hand is, in seconds: of the try in which it went with the ring most closely."""
    followed = [one for one in tries if one.r is not None and one.reaction_s is not None]
    return max(followed, key=lambda one: one.r or 0.0).reaction_s if followed else None


def _measure(number: int, moves: Sequence[tuple[float, float]], design: Design) -> Try:
    scale, rule = design.scale(), design.practice
    path = target_path(number, scale=scale, length_s=rule.target_s)
    at_s = np.arange(0.0, rule.target_s, STEP_S)
    times, values = np.array(moves, dtype=np.float64).T
    held = np.clip(values, scale.low, scale.high)[np.maximum(np.searchsorted(times, at_s, side="right") - 1, 0)]
    following = measure_following(
        np.interp(at_s, PATH_STEP_S * np.arange(len(path)), path),
        held,
        step_s=STEP_S,
        tolerance=rule.tolerance * (scale.high - scale.low),
    )
    followed = not math.isnan(following.reaction_s)
    return Try(
        number=number,
        share_within=following.share_within,
        reaction_s=following.reaction_s if followed else None,
        r=following.r if followed else None,
        verdict=judge_try(number, following.share_within, rule=rule),
    )


def _opened(row: PracticeTry, sitting: Sitting) -> Try:
    content = unseal(row.sealed_payload, participant_id=sitting.participant_id, context=_context(row))
    del content["moves"]
    return Try(**content | {"verdict": Verdict(content["verdict"])})


def _context(row: PracticeTry) -> str:
    return f"practice:{row.pk}"
