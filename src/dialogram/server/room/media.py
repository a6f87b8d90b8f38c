from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dialogram.server.playback import answer_player
from dialogram.server.room.sittings import watched_sitting_of


@require_safe
def serve_media(request: HttpRequest, sitting_id: str) -> HttpResponseBase:
    """Serve the sitting's recording by byte ranges, once its participant has agreed to watch it."""
    sitting = watched_sitting_of(request, sitting_id)
    return answer_player(request, sitting.recording, viewer=f"sitting:{sitting.pk}")
