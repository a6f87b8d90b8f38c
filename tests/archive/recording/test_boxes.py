import struct
from io import BytesIO

from dialogram.archive.recording import boxes


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def film(offset: int) -> bytes:
    """Put one chunk offset into the boxes it lies in."""
    table = box(b"stco", struct.pack(">III", 0, 1, offset))
    return box(b"moov", box(b"mvhd", bytes(20)) + box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table)))))


def test_the_index_moves_before_the_media_and_points_to_the_same_bytes() -> None:
    ftyp, media = box(b"ftyp", b"isom"), bytes(range(256)) * 40_000
    offset = len(ftyp) + 8 + 1000
    out = BytesIO(ftyp + box(b"mdat", media) + film(offset))
    told: list[float] = []
    boxes.move_index_first(out, advance=told.append)
    data = out.getvalue()
    assert [each.kind for each in boxes.walk(out, 0, len(data))] == [b"ftyp", b"moov", b"mdat"]
    assert media in data
    (moved,) = struct.unpack(">I", data[data.index(b"stco") + 12 :][:4])
    assert data[moved : moved + 500] == media[1000:1500]
    assert told[-1] == 1.0


def test_offsets_beyond_32_bits_get_64() -> None:
    moved = boxes._shifted(film(2**32 - 10))
    at = moved.index(b"co64")
    assert struct.unpack(">IIQ", moved[at + 4 : at + 20]) == (0, 1, 2**32 - 10 + len(moved))
    assert [each.end for each in boxes.walk(BytesIO(moved), 0, len(moved))] == [len(moved)]
    assert b"co64" not in boxes._shifted(film(1000))
