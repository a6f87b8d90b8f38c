"""Which sitting a request may touch: the participant's own, on a session of the link, for a task of the link."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.visits import opening_facts, sessions_of
from dialogram.server.records.enums import RecordingState
from dialogram.server.records.models import Link, Sitting
from dialogram.server.room.entry import link_of
from dialogram.study.opening import may_watch


def sitting_of(request: HttpRequest, sitting_id: str) -> Sitting:
    """Return the sitting, or 404: to everybody else it does not exist."""
    sitting = _of_link(link_of(request), sitting_id).filter(recording__state=RecordingState.READY).first()
    if sitting is None:
        raise Http404
    return sitting


def is_void_sitting(request: HttpRequest, sitting_id: str) -> bool:
    """Whether the sitting would be the participant's own, had its recording not been made void."""
    try:
        link = link_of(request)
    except Http404:
        return False
    return _of_link(link, sitting_id).filter(recording__state=RecordingState.VOID).exists()


def watched_sitting_of(request: HttpRequest, sitting_id: str) -> Sitting:
    """Return the sitting, or 404 also where its participant may not watch the recording (any more)."""
    sitting = sitting_of(request, sitting_id)
    facts = opening_facts(participant=sitting.participant, session=sitting.recording.session)
    if not may_watch(facts, design=design_of(sitting.participant.study)):
        raise Http404
    return sitting


def _of_link(link: Link, sitting_id: str) -> QuerySet[Sitting]:
    return Sitting.objects.select_related("participant__study", "recording__session").filter(
        pk=sitting_id,
        participant=link.participant,
        recording__session__in=sessions_of(link),
        task__in=link.tasks,
    )
