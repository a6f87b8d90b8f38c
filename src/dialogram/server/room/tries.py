"""The ring of the practice: its path goes to the page, what the hand did comes back, and a verdict answers it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from dialogram.capture.messages import parse_try
from dialogram.server.records.domain.practice import next_try, record_try
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.models import Sitting
from dialogram.server.room.capture import answer_problems
from dialogram.server.room.sittings import watched_sitting_of
from dialogram.study import Design
from dialogram.study.practice import PATH_STEP_S, target_path


def target_of(sitting: Sitting, design: Design) -> dict[str, Any] | None:
    """Return the ring's path for the try that comes now; None where a design has no ring."""
    length_s = design.practice.target_s
    if length_s == 0:
        return None
    number = next_try(sitting)
    path = target_path(number, scale=design.scale(), length_s=length_s)
    return {"number": number, "step_s": PATH_STEP_S, "values": path}


@require_POST
@answer_problems
def take_try(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Keep a try, say what came of it, and hand out the path of the next."""
    sitting = watched_sitting_of(request, sitting_id)
    design = design_of(sitting.participant.study)
    asked = parse_try(request.body)
    made = record_try(sitting_id=sitting.pk, number=asked.number, moves=asked.moves, now=timezone.now())
    return JsonResponse({"verdict": made.verdict, "target": target_of(sitting, design)})
