from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from dialogram.server.desk.doors import SessionPlace, desk, open_session, open_study
from dialogram.server.desk.downloads import download
from dialogram.server.records.domain.export import export_sessions, say_locked
from dialogram.server.records.models import Session
from dialogram.study.blinding import Thing


@desk("POST")
def export_session(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """Send one session's data."""
    place = open_session(request, session_id, "export", thing=Thing.EXPORT)
    packed = export_sessions([place.session], study_id=place.study.pk, user_id=place.account.pk, now=timezone.now())
    return download(packed, media_type="application/zip", name="dialogram-session.zip")


@desk("POST")
def export_study(request: HttpRequest, study_id: str) -> HttpResponseBase:
    """Send the data of every session the account may see the results of."""
    place = open_study(request, study_id, "export")
    sessions = (
        Session.objects.select_related("dyad__study")
        .filter(dyad__study=place.study)
        .exclude(dyad_id__in=place.hidden_dyads)
        .order_by("number")
    )
    allowed = [
        session for session in sessions if SessionPlace(place.account, place.membership, session).may_see(Thing.EXPORT)
    ]
    locked = len(sessions) - len(allowed)
    packed = export_sessions(
        allowed, study_id=place.study.pk, user_id=place.account.pk, now=timezone.now(), locked=locked
    )
    if locked:
        messages.warning(request, say_locked(locked))
    return download(packed, media_type="application/zip", name="dialogram-study.zip")
