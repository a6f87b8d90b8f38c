"""One address for the whole visit: it shows the page that comes now, and takes what belongs to that page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dialogram.server.records.domain.links import is_open
from dialogram.server.records.domain.sittings import note_stop
from dialogram.server.records.domain.visits import leave_step, present_visit
from dialogram.server.records.enums import SittingState
from dialogram.server.room import pages
from dialogram.server.room.acts import take
from dialogram.server.room.entry import entered_link_of, link_of
from dialogram.study.sitting import Step


@require_http_methods(["GET", "HEAD", "POST"])
def present(request: HttpRequest) -> HttpResponse:
    """Show the page that comes now, or take what was done on it and go on."""
    link = link_of(request)
    visit = present_visit(link, now=timezone.now())
    if request.method == "POST":
        missing = ""
        if visit is not None and request.POST.get("step") == visit.position.step:
            missing = take(request, visit)
        if visit is None or not missing:
            return redirect("room:present")
        return pages.show(request, visit, missing=missing)
    if visit is None:
        return pages.show_end(request, link)
    return pages.show(request, visit)


@require_safe
def end_practice(request: HttpRequest) -> HttpResponse:
    """Go on from the practice, done or skipped: a plain link leads here, for nothing is handed in by it."""
    visit = present_visit(link_of(request), now=timezone.now())
    if visit is not None and visit.position.step is Step.PRACTICE:
        leave_step(visit, Step.PRACTICE)
    return redirect("room:present")


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """Stop, whatever was going on, and whether or not the link is still open; the way back stays as it is."""
    link = entered_link_of(request)
    if request.method != "POST":
        return pages.show_stopped(request, link)
    visit = present_visit(link, now=timezone.now()) if is_open(link, now=timezone.now()) else None
    if visit is not None and visit.sitting.state == SittingState.OPEN:
        note_stop(sitting_id=visit.sitting.pk, now=timezone.now())
    return redirect("room:stop")
