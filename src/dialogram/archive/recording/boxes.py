"""The boxes of an MP4 or MOV: looked at before a demuxer sees them, and ordered so that a player can start at once.

Source: ISO/IEC 14496-12, ISO base media file format.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from dialogram.archive.recording.errors import RecordingError

CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"mvex", b"moof", b"traf", b"edts"}
PAYLOAD = {b"ftyp", b"moov", b"mdat", b"moof"}
MOST_BOXES = 200_000
MOST_TRACKS = 32
MOST_MOOV_BYTES = 256 << 20
MOST_SAMPLES = 50_000_000
COPY_BYTES = 4 << 20
REFERENCE_IN_THIS_FILE = 1


@dataclass(frozen=True)
class Box:
    """One box: its four-letter kind, where it begins, how long its header is, and where it ends, in bytes."""

    kind: bytes
    start: int
    header: int
    end: int


def walk(source: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Give the boxes lying side by side in [start, end); the last one may claim to end beyond it."""
    while start + 8 <= end:
        source.seek(start)
        head = source.read(16)
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head[:8])
        header = 8
        if size == 1:
            if len(head) < 16:
                return
            size, header = struct.unpack(">Q", head[8:])[0], 16
        elif size == 0:
            size = end - start
        if size < header:
            raise ValueError("a box shorter than its own header")
        yield Box(kind, start, header, start + size)
        start += size


def inspect(source: BinaryIO, *, name: str) -> None:
    """Refuse an MP4 or MOV that is cut off, points to other files, or claims what no recording has.

    Parameters
    ----------
    source
        Seekable and readable; left at its start.
    name
        What to call the file in errors.

    Raises
    ------
    RecordingError
        ``cut_off``, ``external``, ``absurd`` or ``damaged``.
    """
    size = source.seek(0, 2)
    has_index = False
    count = 0
    try:
        for box in walk(source, 0, size):
            count += 1
            if box.end > size and box.kind not in PAYLOAD:
                break  # what some recorders leave behind the last box
            if box.end > size:
                missing = 100 * (box.end - size) / box.end
                raise RecordingError(
                    "cut_off",
                    f"{name} is cut off: {missing:.0f} % of it is missing; copy it again from where it was recorded",
                )
            if box.kind in (b"moov", b"moof"):
                has_index |= box.kind == b"moov"
                if box.end - box.start > MOST_MOOV_BYTES:
                    raise RecordingError("absurd", f"{name} has a table of contents larger than any session has")
                count += _inspect_inside(source, box, size, name)
            if count > MOST_BOXES:
                raise RecordingError("absurd", f"{name} has more parts inside than any session has")
    except (ValueError, struct.error) as error:
        if isinstance(error, RecordingError):
            raise
        raise RecordingError("damaged", f"{name} is damaged: its inner structure makes no sense") from None
    finally:
        source.seek(0)
    if not has_index:
        raise RecordingError(
            "cut_off",
            f"{name} is cut off: its table of contents is missing, so the recorder did not finish it; "
            "copy it again, or repair it with the recorder",
        )


def _inspect_inside(source: BinaryIO, outer: Box, file_size: int, name: str) -> int:
    """Look at every box inside one; give how many there are."""
    open_boxes = [outer]
    count = tracks = 0
    while open_boxes:
        box = open_boxes.pop()
        for inner in walk(source, box.start + box.header, box.end):
            count += 1
            tracks += inner.kind == b"trak"
            if inner.end > box.end:
                raise ValueError("a box longer than the one it lies in")
            if tracks > MOST_TRACKS or count > MOST_BOXES:
                raise RecordingError("absurd", f"{name} has more tracks inside than any session has")
            if inner.kind in CONTAINERS:
                open_boxes.append(inner)
            elif inner.kind == b"dref":
                _refuse_references(source, inner, name)
            elif inner.kind == b"cmov":
                raise RecordingError("unknown", f"{name} has a compressed table of contents, which is not read")
            elif inner.kind in COUNT_OFFSETS:
                _refuse_counts(source, inner, file_size, name)
    return count


def _refuse_references(source: BinaryIO, table: Box, name: str) -> None:
    for entry in walk(source, table.start + table.header + 8, table.end):
        source.seek(entry.start + entry.header)
        flags = int.from_bytes(source.read(4)[1:], "big")
        if not flags & REFERENCE_IN_THIS_FILE:
            raise RecordingError(
                "external", f"{name} keeps its sound or picture in another file; export it as one self-contained file"
            )


COUNT_OFFSETS = {b"stsz": 8, b"stz2": 8, b"trun": 4}
"""Where, after the header, a box says how many samples it speaks of: claims that cost memory before they are read."""


def _refuse_counts(source: BinaryIO, table: Box, file_size: int, name: str) -> None:
    source.seek(table.start + table.header + COUNT_OFFSETS[table.kind])
    claimed = int.from_bytes(source.read(4), "big")
    if claimed > min(MOST_SAMPLES, file_size):
        raise RecordingError("absurd", f"{name} claims more samples than a file of its size can hold")


def move_index_first(out: BinaryIO, *, advance: Callable[[float], None]) -> None:
    """Move the ``moov`` of a finished MP4 before its ``mdat``, in place, so that a browser can start and seek at once.

    Parameters
    ----------
    out
        Seekable, readable and writable; what FFmpeg's muxer wrote, with ``moov`` last.
    advance
        Told the share done, 0 … 1, after each block; may raise to stop.
    """
    size = out.seek(0, 2)
    boxes = list(walk(out, 0, size))
    index = next(box for box in boxes if box.kind == b"moov")
    first = boxes[0].end if boxes[0].kind == b"ftyp" else 0
    out.seek(index.start)
    moov = _shifted(out.read(index.end - index.start))
    _shift_right(out, first, index.start, by=len(moov), advance=advance)
    out.seek(first)
    out.write(moov)


def _shift_right(out: BinaryIO, start: int, end: int, *, by: int, advance: Callable[[float], None]) -> None:
    """Move [start, end) to the right from its end on, so that nothing is overwritten before it was read."""
    at = end
    while at > start:
        length = min(COPY_BYTES, at - start)
        at -= length
        out.seek(at)
        block = out.read(length)
        out.seek(at + by)
        out.write(block)
        advance((end - at) / (end - start))


def _shifted(moov: bytes) -> bytes:
    """Give the moov with every chunk offset moved by its own length, in 64 bits where 32 no longer hold it."""
    for wide in (False, True):
        length = len(_rebuilt(moov, by=0, wide=wide))
        try:
            return _rebuilt(moov, by=length, wide=wide)
        except struct.error:
            continue
    raise AssertionError("64-bit offsets hold every file")


def _rebuilt(box: bytes, *, by: int, wide: bool) -> bytes:
    size, kind = struct.unpack(">I4s", box[:8])
    if kind in CONTAINERS:
        inner, at = [], 8
        while at < size:
            length = struct.unpack(">I", box[at : at + 4])[0]
            inner.append(_rebuilt(box[at : at + length], by=by, wide=wide))
            at += length
        body = b"".join(inner)
    elif kind in (b"stco", b"co64"):
        count = struct.unpack(">I", box[12:16])[0]
        offsets = struct.unpack(f">{count}{'I' if kind == b'stco' else 'Q'}", box[16:])
        kind = b"co64" if wide else kind
        body = box[8:16] + struct.pack(
            f">{count}{'I' if kind == b'stco' else 'Q'}", *(offset + by for offset in offsets)
        )
    else:
        return box
    return struct.pack(">I4s", len(body) + 8, kind) + body
