"""Which sitting a request may touch: the participant's own, on a session of the link, for a task of the link."""

from django.http import Http404, HttpRequest

from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.visits import opening_facts, sessions_of
from dialogram.server.records.enums import RecordingState
from dialogram.server.records.models import Sitting
from dialogram.server.room.entry import link_of
from dialogram.study.opening import may_watch


def sitting_of(request: HttpRequest, sitting_id: str) -> Sitting:
    """Return the sitting, or 404: to everybody else it does not exist."""
    link = link_of(request)
    sitting = (
        Sitting.objects.select_related("participant__study", "recording__session")
        .filter(
            pk=sitting_id,
            participant=link.participant,
            recording__session__in=sessions_of(link),
            recording__state=RecordingState.READY,
            task__in=link.tasks,
        )
        .first()
    )
    if sitting is None:
        raise Http404
    return sitting


def watched_sitting_of(request: HttpRequest, sitting_id: str) -> Sitting:
    """Return the sitting, or 404 also where its participant may not watch the recording (any more)."""
    sitting = sitting_of(request, sitting_id)
    facts = opening_facts(participant=sitting.participant, session=sitting.recording.session)
    if not may_watch(facts, design=design_of(sitting.participant.study)):
        raise Http404
    return sitting
