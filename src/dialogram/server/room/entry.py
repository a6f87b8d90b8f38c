"""The way in: a link's token is exchanged for a session, and is then gone from the address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dialogram.server.records.domain.errors import NotFoundError
from dialogram.server.records.domain.links import enter_by_link, find_link, is_open
from dialogram.server.records.models import Link

SESSION_KEY = "room-link"


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Show a door; only opening it uses the link, so that a preview of it does nothing."""
    try:
        if request.method != "POST":
            find_link(token, now=timezone.now())
            return render(request, "room/door.html")
        link = enter_by_link(token=token, now=timezone.now())
    except NotFoundError:
        raise Http404 from None
    request.session.flush()  # also ends the session of staff who hand this machine over
    request.session[SESSION_KEY] = link.pk
    return redirect("room:present")


def link_of(request: HttpRequest) -> Link:
    """Return the link this browser came in by; 404 without one that is still open."""
    link = entered_link_of(request)
    if not is_open(link, now=timezone.now()):
        raise Http404
    return link


def entered_link_of(request: HttpRequest) -> Link:
    """Return the link this browser came in by, be it open or not any more; 404 without one."""
    return get_object_or_404(
        Link.objects.select_related("participant__study", "session__dyad"), pk=request.session.get(SESSION_KEY, "")
    )
