from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dialogram.server.playback import answer_player
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.visits import opening_facts
from dialogram.server.room.entry import link_of
from dialogram.server.room.sittings import sitting_of
from dialogram.study.opening import may_watch


@require_safe
def serve_media(request: HttpRequest, sitting_id: str) -> HttpResponseBase:
    """Serve the sitting's recording by byte ranges, once its participant has agreed to watch it."""
    sitting = sitting_of(request, sitting_id)
    if not may_watch(opening_facts(link_of(request)), design=design_of(sitting.participant.study)):
        raise Http404
    return answer_player(request, sitting.recording, viewer=f"sitting:{sitting.pk}")
