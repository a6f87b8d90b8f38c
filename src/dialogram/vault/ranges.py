import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

MOST_BYTES = 1024 * 1024
"""A range is answered with at most this much: a player that asks for everything holds no thread."""

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


class RangeReader(Protocol):
    """Bytes that can be read from anywhere."""

    @property
    def size(self) -> int:
        """Number of bytes."""

    def read(self, start: int, length: int) -> bytes:
        """Return `length` bytes from `start`."""


@dataclass(frozen=True)
class RangeAnswer:
    """Status, headers and body of an answer to a request for a recording's bytes."""

    status: int
    headers: dict[str, str]
    body: Iterator[bytes]


def answer_range(
    reader: RangeReader, *, method: str, range_header: str | None, if_range: str | None, etag: str
) -> RangeAnswer:
    """Answer a GET or HEAD for a recording's bytes (RFC 9110 §14, §13.1.5).

    Parameters
    ----------
    reader
        The opened recording.
    method
        ``GET`` or ``HEAD``; a HEAD describes the whole and has no body.
    range_header, if_range
        The request's headers, or None. Several ranges, other units and ranges that make no sense are passed over, as
        the RFC allows; so is the range when `if_range` is not this very `etag`, strongly compared.
    etag
        The entity tag with its quotes.

    Returns
    -------
    RangeAnswer
        206 with at most :data:`MOST_BYTES` bytes, 416 for a range beyond the end, else 200.

    Examples
    --------
    >>> class Bytes:
    ...     size = 10
    ...     def read(self, start, length):
    ...         return b"0123456789"[start : start + length]
    >>> answer = answer_range(Bytes(), method="GET", range_header="bytes=7-", if_range=None, etag='"x"')
    >>> answer.status, answer.headers["Content-Range"], b"".join(answer.body)
    (206, 'bytes 7-9/10', b'789')
    """
    headers = {"Accept-Ranges": "bytes", "ETag": etag}
    wanted = None
    if method == "GET" and range_header is not None and (if_range is None or if_range == etag):
        wanted = _RANGE.fullmatch(range_header.strip())
    if wanted is None or wanted.groups() == ("", ""):
        body = iter(()) if method == "HEAD" else _blocks(reader)
        return RangeAnswer(200, headers | {"Content-Length": str(reader.size)}, body)
    first, last = wanted.groups()
    if first == "":
        start, stop = max(0, reader.size - int(last)), reader.size
    else:
        start, stop = int(first), min(reader.size, int(last) + 1 if last else reader.size)
        if last and int(last) < int(first):
            return RangeAnswer(200, headers | {"Content-Length": str(reader.size)}, _blocks(reader))
    if start >= reader.size or start >= stop:
        return RangeAnswer(416, headers | {"Content-Range": f"bytes */{reader.size}", "Content-Length": "0"}, iter(()))
    stop = min(stop, start + MOST_BYTES)
    headers |= {"Content-Range": f"bytes {start}-{stop - 1}/{reader.size}", "Content-Length": str(stop - start)}
    return RangeAnswer(206, headers, iter((reader.read(start, stop - start),)))


def _blocks(reader: RangeReader) -> Iterator[bytes]:
    for start in range(0, reader.size, MOST_BYTES):
        yield reader.read(start, min(MOST_BYTES, reader.size - start))
