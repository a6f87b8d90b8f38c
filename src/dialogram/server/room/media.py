import hashlib
import hmac
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dialogram.server.records.domain.recordings import open_rendition
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.visits import opening_facts
from dialogram.server.room.entry import link_of
from dialogram.server.room.sittings import sitting_of
from dialogram.study.opening import may_watch
from dialogram.vault import SealedReader, answer_range


class _Body:
    """The whole recording, block by block; closed by the server when the answer is out or the viewer is gone."""

    def __init__(self, blocks: Iterator[bytes], reader: SealedReader) -> None:
        self.blocks, self.close = blocks, reader.close

    def __iter__(self) -> Iterator[bytes]:
        return self.blocks


@require_safe
def serve_media(request: HttpRequest, sitting_id: str) -> HttpResponseBase:
    """Serve the sitting's recording by byte ranges, once its participant has agreed to watch it."""
    sitting = sitting_of(request, sitting_id)
    if not may_watch(opening_facts(link_of(request)), design=design_of(sitting.participant.study)):
        raise Http404
    # The tag is this sitting's own: equal tags would tell two participants that they watch the same recording.
    tag = hmac.new(settings.SECRET_KEY.encode(), f"{sitting.pk}:{sitting.recording_id}".encode(), hashlib.sha256)
    reader = open_rendition(sitting.recording)
    answer = answer_range(
        reader,
        method=request.method or "GET",
        range_header=request.headers.get("Range"),
        if_range=request.headers.get("If-Range"),
        etag=f'"{tag.hexdigest()[:32]}"',
    )
    response: HttpResponseBase
    if answer.status == 200 and request.method == "GET":
        response = StreamingHttpResponse(_Body(answer.body, reader))
    else:
        with reader:
            response = HttpResponse(b"".join(answer.body), status=answer.status)
    response["Content-Type"] = sitting.recording.media_type
    for name, value in answer.headers.items():
        response[name] = value
    return response
