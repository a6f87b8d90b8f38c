"""One address for the whole visit: it shows the page that comes now, and takes what belongs to that page."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dialogram.server.records.domain import guesses, recalls
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.consents import record_consent
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.sittings import note_stop
from dialogram.server.records.domain.visits import Visit, leave_step, present_visit
from dialogram.server.records.enums import ConsentWay, SittingState
from dialogram.server.records.models import Description, Guess
from dialogram.server.room import pages
from dialogram.server.room.entry import link_of
from dialogram.server.room.sittings import sitting_of
from dialogram.study.sitting import Step, StepError

STOPPED_KEY = "room-stopped"
MOST_BODY_BYTES = 256 * 1024


@require_http_methods(["GET", "POST"])
def present(request: HttpRequest) -> HttpResponse:
    """Show the page that comes now, or take what was done on it and go on."""
    link = link_of(request)
    visit = present_visit(link, now=timezone.now())
    if request.method == "POST":
        request.session.pop(STOPPED_KEY, None)
        if visit is not None and request.POST.get("step") == visit.position.step:
            _take(request, visit)
        return redirect("room:present")
    if request.session.get(STOPPED_KEY):
        return pages.show_stopped(request, link)
    if visit is None:
        return pages.show_thanks(request, link)
    return pages.show(request, visit)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stop, whatever was going on; the way back stays open."""
    link = link_of(request)
    visit = present_visit(link, now=timezone.now())
    if visit is not None and visit.sitting.state == SittingState.OPEN:
        note_stop(sitting_id=visit.sitting.pk, now=timezone.now())
    request.session[STOPPED_KEY] = True
    return redirect("room:present")


@require_POST
def save_segment(request: HttpRequest, sitting_id: str, description_id: str) -> HttpResponse:
    """Keep what is being typed about a segment."""
    sitting = sitting_of(request, sitting_id)
    description = Description.objects.select_related("sitting").filter(sitting=sitting, pk=description_id).first()
    if description is None:
        raise Http404
    known = recalls.said_of(description)
    body = _body(request)
    try:
        said = recalls.Said(
            text=str(body.get("text", known.text)),
            moment=str(body.get("moment", known.moment)),
            vetoed=body.get("vetoed", known.vetoed) is True,
            skipped=known.skipped,
            left=known.left,
            typed_by=known.typed_by,
        )
        recalls.save_description(sitting_id=sitting.pk, description_id=description.pk, said=said, now=timezone.now())
    except StudyError as error:
        return JsonResponse({"code": error.code, "message": error.message}, status=400)
    return JsonResponse({"saved": True})


@require_POST
def save_cards(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Keep where the cards lie."""
    sitting = sitting_of(request, sitting_id)
    placed = _body(request).get("placed")
    if not isinstance(placed, dict) or not Guess.objects.filter(sitting=sitting).exists():
        raise Http404
    try:
        guesses.place_cards(
            sitting_id=sitting.pk,
            placed={str(card): str(place) for card, place in placed.items()},
            now=timezone.now(),
        )
    except StudyError as error:
        return JsonResponse({"code": error.code, "message": error.message}, status=400)
    return JsonResponse({"saved": True})


def _take(request: HttpRequest, visit: Visit) -> None:
    acts: Mapping[Step, Callable[[HttpRequest, Visit], None]] = {
        Step.CONSENT: _agree,
        Step.SEGMENT: _leave_segment,
        Step.SORT: _hand_in,
    }
    try:
        acts.get(visit.position.step, _leave)(request, visit)
    except StepError:
        return  # sent twice: the page that comes now is shown
    except NotFoundError:
        raise Http404 from None


def _leave(_request: HttpRequest, visit: Visit) -> None:
    leave_step(visit, visit.position.step)


def _agree(request: HttpRequest, visit: Visit) -> None:
    if request.POST.get("agree") != "on":
        return
    person = visit.sitting.participant
    record_consent(
        participant_id=person.pk,
        session_id=visit.sitting.recording.session_id,
        way=ConsentWay.SCREEN,
        clips_agreed=request.POST.get("clips") == "on",
        actor=participant_actor(person.pk),
        now=timezone.now(),
    )


def _leave_segment(request: HttpRequest, visit: Visit) -> None:
    description = pages.description_of(visit)
    known = recalls.said_of(description)
    skipped = request.POST.get("act") == "skip"
    said = recalls.Said(
        text=request.POST.get("text", known.text),
        moment=request.POST.get("moment", known.moment),
        vetoed=request.POST.get("vetoed") == "on",
        skipped=skipped,
        left=True,
        typed_by=known.typed_by,
    )
    recalls.save_description(sitting_id=visit.sitting.pk, description_id=description.pk, said=said, now=timezone.now())


def _hand_in(_request: HttpRequest, visit: Visit) -> None:
    guesses.hand_in_guess(sitting_id=visit.sitting.pk, now=timezone.now())


def _body(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MOST_BODY_BYTES:
        raise Http404
    try:
        body = json.loads(request.body)
    except ValueError:
        raise Http404 from None
    if not isinstance(body, dict):
        raise Http404
    return body
