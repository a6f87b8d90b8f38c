"""The recording's bytes for the desk's players."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dialogram.server.desk.doors import desk, open_recording
from dialogram.server.records.domain.recordings import note_played, open_rendition
from dialogram.server.records.enums import RecordingState
from dialogram.study.blinding import Thing
from dialogram.vault import SealedReader
from dialogram.vault.ranges import answer_range

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
    tag = salted_hmac("dialogram.desk.media", f"{place.account.pk}:{recording.pk}", algorithm="sha256").hexdigest()[:32]
    reader = open_rendition(recording)
    answer = answer_range(
        reader,
        method=request.method or "GET",
        range_header=request.headers.get("Range"),
        if_range=request.headers.get("If-Range"),
        etag=f'"{tag}"',
    )
    response: HttpResponseBase
    if answer.status == 200 and request.method == "GET":
        response = StreamingHttpResponse(_closing(reader, answer.body))
    else:
        response = HttpResponse(b"".join(answer.body), status=answer.status)
        reader.close()
    response["Content-Type"] = recording.media_type
    for name, value in answer.headers.items():
        response[name] = value
    return response


def _note_look(request: HttpRequest, recording_id: str, user_id: int) -> None:
    """Write a look down once, not each of the many ranges it is made of."""
    now = timezone.now()
    looks: dict[str, str] = request.session.get(LOOKS_KEY, {})
    if recording_id in looks and now - datetime.fromisoformat(looks[recording_id]) < LOOK:
        return
    note_played(recording_id=recording_id, user_id=user_id, now=now)
    recent = {key: at for key, at in looks.items() if now - datetime.fromisoformat(at) < LOOK}
    request.session[LOOKS_KEY] = recent | {recording_id: now.isoformat()}


def _closing(reader: SealedReader, body: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from body
    finally:
        reader.close()
