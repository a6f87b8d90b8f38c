"""Descriptions typed at the desk while the participant speaks."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogram.server.desk.doors import SessionPlace, attempt, desk, open_session, open_sitting, person_of
from dialogram.server.desk.forms import SaidForm
from dialogram.server.desk.sessions import back
from dialogram.server.records.domain.dictation import begin_dictation, end_dictation, segments_of, take_dictation
from dialogram.server.records.enums import SittingState
from dialogram.server.records.models import Sitting
from dialogram.study import Role, Task
from dialogram.study.blinding import Thing
from dialogram.study.texts import recall_question

WORDS = {Role.CLIENT: Thing.CLIENT_WORDS, Role.THERAPIST: Thing.THERAPIST_WORDS}


@desk("POST")
def begin(request: HttpRequest, session_id: str, participant_id: str) -> HttpResponseBase:
    """Open the describing at the desk."""
    place = open_session(request, session_id)
    person = person_of(place, participant_id)
    _refuse_locked(place, Role(person.role))
    recall = attempt(
        request,
        lambda: begin_dictation(
            participant_id=person.pk, session_id=place.session.pk, user_id=place.account.pk, now=timezone.now()
        ),
    )
    if recall is None:
        return back(place, f"person-{person.role}")
    return redirect("desk:descriptions", recall.pk)


@desk("GET")
def show(request: HttpRequest, sitting_id: str) -> HttpResponseBase:
    """Show the segments one below the other, each with its place in the recording and its words."""
    place, recall = _recall(request, sitting_id)
    role = Role(recall.participant.role)
    segments = segments_of(recall)
    return render(
        request,
        "desk/descriptions.html",
        {
            "place": place,
            "study": place.study,
            "session": place.session,
            "recall": recall,
            "role": role,
            "recording": recall.recording,
            "lead_in_s": place.design.extremes.lead_in_s,
            "moment_question": place.design.text("recall_moment", role=role),
            "may_veto": role is Role.CLIENT and place.design.has_guess,
            "segments": [
                (
                    segment,
                    place.design.text(
                        recall_question(segment.extreme.kind, relative=segment.extreme.relative), role=role
                    ),
                )
                for segment in segments
            ],
        },
    )


@desk("POST")
def save(request: HttpRequest, sitting_id: str, description_id: str) -> HttpResponseBase:
    """Keep what was typed of one segment."""
    place, recall = _recall(request, sitting_id)
    form = SaidForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A description has at most 20,000 characters."))
        return redirect("desk:descriptions", recall.pk)
    now = timezone.now()
    kept = attempt(
        request,
        lambda: take_dictation(
            sitting_id=recall.pk, description_id=description_id, user_id=place.account.pk, now=now, **form.cleaned_data
        ),
    )
    if request.headers.get("HX-Request") == "true":
        return render(request, "desk/_saved.html", {"kept": kept, "now": now})
    response = redirect("desk:descriptions", recall.pk)
    response["Location"] += f"#segment-{description_id}"
    return response


@desk("POST")
def finish(request: HttpRequest, sitting_id: str) -> HttpResponseBase:
    """Hand the describing in."""
    place, recall = _recall(request, sitting_id)
    done = attempt(request, lambda: end_dictation(sitting_id=recall.pk, user_id=place.account.pk, now=timezone.now()))
    if done is None:
        return redirect("desk:descriptions", recall.pk)
    return back(place, f"person-{recall.participant.role}")


def _recall(request: HttpRequest, sitting_id: str) -> tuple[SessionPlace, Sitting]:
    place, sitting = open_sitting(request, sitting_id)
    if sitting.task != Task.RECALL or sitting.state != SittingState.OPEN or not hasattr(sitting, "extreme_set"):
        raise Http404
    _refuse_locked(place, Role(sitting.participant.role))
    return place, sitting


def _refuse_locked(place: SessionPlace, role: Role) -> None:
    if role not in WORDS or not place.may_see(WORDS[role]):
        raise Http404
