"""The recording's bytes for the desk's players."""

from datetime import datetime, timedelta

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from dialogram.server.desk.doors import desk, open_recording
from dialogram.server.playback import answer_player
from dialogram.server.records.domain.recordings import note_played
from dialogram.server.records.enums import RecordingState
from dialogram.study.blinding import Thing

LOOK = timedelta(minutes=30)
LOOKS_KEY = "desk-looks"


@desk("GET", "HEAD")
def serve_media(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    """Serve a recording by ranges of at most 1 MiB."""
    place, recording = open_recording(request, recording_id, thing=Thing.RECORDING)
    if recording.state != RecordingState.READY:
        raise Http404
    if request.method == "GET":
        _note_look(request, recording.pk, place.account.pk)
    return answer_player(request, recording, viewer=f"account:{place.account.pk}")


def _note_look(request: HttpRequest, recording_id: str, user_id: int) -> None:
    """Write a look down once, not each of the many ranges it is made of."""
    now = timezone.now()
    looks: dict[str, str] = request.session.get(LOOKS_KEY, {})
    if recording_id in looks and now - datetime.fromisoformat(looks[recording_id]) < LOOK:
        return
    note_played(recording_id=recording_id, user_id=user_id, now=now)
    recent = {key: at for key, at in looks.items() if now - datetime.fromisoformat(at) < LOOK}
    request.session[LOOKS_KEY] = recent | {recording_id: now.isoformat()}
