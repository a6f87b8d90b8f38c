"""Which sitting a request may touch: the participant's own, on the session of the link, for a task of the link."""

from django.http import Http404, HttpRequest

from dialogram.server.records.enums import RecordingState
from dialogram.server.records.models import Sitting
from dialogram.server.room.entry import link_of


def sitting_of(request: HttpRequest, sitting_id: str) -> Sitting:
    """Return the sitting, or 404: to everybody else it does not exist."""
    link = link_of(request)
    sitting = (
        Sitting.objects.select_related("participant__study", "recording")
        .filter(
            pk=sitting_id,
            participant=link.participant,
            recording__session=link.session,
            recording__state=RecordingState.READY,
            task__in=link.tasks,
        )
        .first()
    )
    if sitting is None:
        raise Http404
    return sitting
