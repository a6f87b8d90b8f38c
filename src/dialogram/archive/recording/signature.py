"""What a file is, by its first bytes: names and suffixes are never believed, and FFmpeg is never left to guess."""

from collections.abc import Callable
from typing import BinaryIO

from dialogram.archive.recording.errors import RecordingError

HEAD_BYTES = 4096
MPEGTS_PACKETS = ((188, 0), (192, 4), (204, 0))
MP4_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
PLAYLIST_STARTS = ("ffconcat", "#extm3u", "v=0", "[playlist]", "<mpd", "<asx", "<smil", "<playlist", "#ism")
OTHER_KINDS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x1f\x8b": "a gzip archive",
    b"MZ": "a program",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
}
TAKEN = "MP4, MOV, M4A, WebM, MKV, AVI, MPEG, MTS, WMV, WMA, WAV, MP3, AAC, OGG, FLAC, AIFF or AMR"


def recognize(source: BinaryIO, *, name: str) -> str:
    """Name the one demuxer that may read a file, by its first bytes.

    Parameters
    ----------
    source
        Seekable and readable; left at its start.
    name
        What to call the file in errors.

    Returns
    -------
    str
        FFmpeg's name of the demuxer, from a short list of containers that cannot name other files.

    Raises
    ------
    RecordingError
        ``empty``, ``text``, ``playlist`` or ``unknown``.

    Examples
    --------
    >>> import io
    >>> recognize(io.BytesIO(b"OggS" + bytes(60)), name="talk.ogg")
    'ogg'
    >>> recognize(io.BytesIO(b"ffconcat version 1.0"), name="session.mp4")
    Traceback (most recent call last):
        ...
    dialogram.archive.recording.errors.RecordingError: session.mp4 is a playlist that names other files, not a recording
    """
    source.seek(0)
    head = source.read(HEAD_BYTES)
    source.seek(0)
    if not head:
        raise RecordingError("empty", f"{name} is empty (0 bytes): copy it again from where it was recorded")
    for demuxer, matches in DEMUXERS.items():
        if matches(head):
            return demuxer
    _refuse_text(head, name)
    for start, kind in OTHER_KINDS.items():
        if head.startswith(start):
            raise RecordingError("unknown", f"{name} is {kind}, not a recording")
    raise RecordingError("unknown", f"{name} is not a recording of a known kind; taken are {TAKEN}")


def _refuse_text(head: bytes, name: str) -> None:
    """Raise if the bytes are text, with another sentence for playlists: they are how files are smuggled in."""
    for encoding in ("utf-8-sig", "utf-16") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            text = head.decode(encoding, errors="strict" if len(head) < HEAD_BYTES else "ignore")
        except UnicodeDecodeError:
            continue
        if all(character.isprintable() or character in "\t\r\n\f" for character in text):
            if text.lstrip().lower().startswith(PLAYLIST_STARTS) or "<mpd" in text.lower():
                raise RecordingError("playlist", f"{name} is a playlist that names other files, not a recording")
            raise RecordingError("text", f"{name} is text, not a recording")


def _is_mpegts(head: bytes) -> bool:
    return any(
        len(head) > offset + 2 * size and all(head[offset + n * size] == 0x47 for n in range(3))
        for size, offset in MPEGTS_PACKETS
    )


def _is_mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or (
        len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 not in (0, 0xF0)
    )


DEMUXERS: dict[str, Callable[[bytes], bool]] = {
    "mov": lambda head: head[4:8] in MP4_BOXES,
    "matroska": lambda head: head.startswith(b"\x1a\x45\xdf\xa3"),
    "wav": lambda head: head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE",
    "avi": lambda head: head.startswith(b"RIFF") and head[8:12] == b"AVI ",
    "ogg": lambda head: head.startswith(b"OggS"),
    "flac": lambda head: head.startswith(b"fLaC"),
    "aiff": lambda head: head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"),
    "amr": lambda head: head.startswith(b"#!AMR"),
    "asf": lambda head: head.startswith(ASF_HEADER),
    "mpeg": lambda head: head.startswith(b"\x00\x00\x01\xba"),
    "mpegts": _is_mpegts,
    "aac": lambda head: len(head) > 7 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0,
    "mp3": _is_mp3,
}
"""Demuxer by what the first bytes say. None of them opens another file or an address by itself."""
