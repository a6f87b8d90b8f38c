"""A recording's bytes for whoever may play it. Both faces ask here, each after its own question of who may."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from dialogram.server.records.domain.recordings import open_rendition
from dialogram.server.records.models import Recording
from dialogram.vault import SealedReader, answer_range


class _Body:
    """The whole recording, block by block; closed by the server when the answer is out or the viewer is gone."""

    def __init__(self, blocks: Iterator[bytes], reader: SealedReader) -> None:
        self.blocks, self.close = blocks, reader.close

    def __iter__(self) -> Iterator[bytes]:
        return self.blocks


def answer_player(request: HttpRequest, recording: Recording, *, viewer: str) -> HttpResponseBase:
    """Answer a GET or HEAD for a recording, by ranges, under a tag that is the viewer's own."""
    # Equal tags would tell two people that they watch the same recording.
    tag = salted_hmac("dialogram.playback", f"{viewer}:{recording.pk}", algorithm="sha256").hexdigest()[:32]
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
        response = StreamingHttpResponse(_Body(answer.body, reader))
    else:
        with reader:
            response = HttpResponse(b"".join(answer.body), status=answer.status)
    response["Content-Type"] = recording.media_type
    for name, value in answer.headers.items():
        response[name] = value
    return response
