"""Ways into the room: links to give away, and this machine handed over."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogram.server.desk.doors import SessionPlace, attempt, desk, open_session, person_of
from dialogram.server.desk.sessions import back
from dialogram.server.records.domain.links import NewLink, make_link, revoke_link
from dialogram.server.records.models import Link, Participant
from dialogram.study import Role, Task

HAND_OVER_LIFETIME = timedelta(hours=12)
"""Long enough for a sitting with its breaks; the participant's own link is for another day."""


@desk("POST")
def new_link(request: HttpRequest, session_id: str, participant_id: str) -> HttpResponseBase:
    """Make a link and show it, this once; it is kept nowhere."""
    place = open_session(request, session_id)
    person = person_of(place, participant_id)
    made = _make(request, place, person, timedelta(days=place.design.link_expire_days))
    if made is None:
        return back(place, f"person-{person.role}")
    return render(
        request,
        "desk/link.html",
        {
            "place": place,
            "study": place.study,
            "session": place.session,
            "person": person,
            "link": made.link,
            "address": request.build_absolute_uri(_way_in(made)),
            "elsewhere": f"{settings.LAN.address}{_way_in(made)}" if settings.LAN else "",
        },
    )


@desk("POST")
def hand_over(request: HttpRequest, session_id: str, participant_id: str) -> HttpResponseBase:
    """Hand this machine to the participant: the staff's session ends, and the room opens."""
    place = open_session(request, session_id)
    person = person_of(place, participant_id)
    made = _make(request, place, person, HAND_OVER_LIFETIME)
    if made is None:
        return back(place, f"person-{person.role}")
    logout(request)
    return redirect(_way_in(made))


@desk("POST")
def revoke(request: HttpRequest, link_id: str) -> HttpResponseBase:
    """Close a link for good."""
    link = Link.objects.select_related("participant").filter(pk=link_id).first()
    if link is None:
        raise Http404
    place = open_session(request, link.session_id)
    attempt(request, lambda: revoke_link(link_id=link.pk, user_id=place.account.pk, now=timezone.now()))
    return back(place, f"person-{link.participant.role}")


def _make(request: HttpRequest, place: SessionPlace, person: Participant, lifetime: timedelta) -> NewLink | None:
    of_role = place.design.tasks[Role(person.role)]
    chosen = set(request.POST.getlist("tasks"))
    tasks = [task for task in of_role if task in chosen] if chosen else list(of_role)
    if not chosen <= set(of_role) or not tasks:
        messages.error(request, _("The design has no such task for this role."))
        return None
    return attempt(
        request,
        lambda: make_link(
            participant_id=person.pk,
            session_id=place.session.pk,
            tasks=[Task(task) for task in tasks],
            whole_course=request.POST.get("whole_course") == "on",
            lifetime=lifetime,
            user_id=place.account.pk,
            now=timezone.now(),
        ),
    )


def _way_in(made: NewLink) -> str:
    return reverse("room:enter", args=[made.token])
