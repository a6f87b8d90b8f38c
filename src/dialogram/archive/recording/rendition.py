"""The one file of a session that browsers play: always written anew, encoded anew only where it must be."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, Protocol

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Discard, Stream

from dialogram.archive.recording.boxes import move_index_first
from dialogram.archive.recording.copying import CopiedStream
from dialogram.archive.recording.encoding import PictureEncoder, SoundEncoder
from dialogram.archive.recording.errors import ImportCancelled, RecordingError
from dialogram.archive.recording.opening import BUFFER_BYTES, open_recording, picture_of, sound_of
from dialogram.archive.recording.plan import Part, Plan, choose, describe
from dialogram.archive.recording.probe import probe

LOOK_UP_EVERY_PACKETS = 64
WRITING_SHARE = 0.95
"""Of the progress; the rest is moving the table of contents to the front."""
MOST_BACK_S, MOST_AHEAD_S = 1.0, 3600.0
MISSING_S, MISSING_SHARE = 2.0, 0.01


@dataclass(frozen=True)
class Rendition:
    """What was written.

    ``duration_s`` is what the file says of itself, as a player will. ``width`` and ``height`` are those shown, after
    any turn; 0 where there is no picture.
    """

    media_type: str
    duration_s: float
    has_video: bool
    has_audio: bool
    transcoded: bool
    width: int
    height: int


def make_rendition(
    parts: Sequence[BinaryIO],
    out: BinaryIO,
    *,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
    names: Sequence[str] = (),
) -> Rendition:
    """Write the parts of a recording, in order, as one file that browsers play and seek in.

    H.264 with AAC or MP3 becomes an MP4 with its table of contents first; VP8, VP9 or AV1 with Opus or Vorbis becomes
    a WebM with duration and cues. Streams keep their packets and every frame its time; the first frame or sample is
    at 0, each part begins where the one before ended. Only a stream that browsers cannot play, or whose parts do not
    fit together, is encoded anew. Descriptions, places, dates, cover pictures, subtitles, chapters and data tracks stay
    behind. Packets are streamed: memory does not grow with what they hold.

    Parameters
    ----------
    parts
        At least one; seekable and readable.
    out
        Empty, seekable, readable and writable. Emptied again (``truncate(0)``) when this function raises.
    progress
        Told the share done, 0 … 1, now and then.
    cancelled
        Asked now and then; true stops the work.
    names
        What to call the parts in errors.

    Returns
    -------
    Rendition
        Media type, length in seconds and what it holds.

    Raises
    ------
    RecordingError
        If a part is no recording, is cut off, or does not go with the others.
    ImportCancelled
        If ``cancelled`` said so.
    ValueError
        If ``parts`` is empty.
    """
    if not parts:
        raise ValueError("make_rendition: parts must hold at least one file, got none")
    called = [names[n] if n < len(names) else f"part {n + 1}" for n in range(len(parts))]
    described = [_describe(source, name) for source, name in zip(parts, called, strict=True)]
    plan = choose(described)
    watch = _Watch(sum(part.size for part in described), progress, cancelled)
    try:
        _write(parts, described, plan, out, watch)
        if plan.container == "mp4":
            move_index_first(out, advance=watch.moving)
        duration_s = probe(out, name="the rendition").duration_s or 0.0
    except BaseException:
        out.seek(0)
        out.truncate(0)
        raise
    picture = described[0].picture
    width, height = (0, 0) if picture is None else picture.encoded if plan.picture == "encode" else picture.shown
    progress(1.0)
    return Rendition(
        media_type=f"{'audio' if picture is None else 'video'}/{plan.container}",
        duration_s=duration_s,
        has_video=picture is not None,
        has_audio=plan.sound is not None,
        transcoded="encode" in (plan.picture, plan.sound),
        width=width,
        height=height,
    )


class _Watch:
    """Tells how far the work is, and stops it when asked to."""

    def __init__(self, total_bytes: int, progress: Callable[[float], None], cancelled: Callable[[], bool]) -> None:
        self._total_bytes, self._progress, self._cancelled = total_bytes, progress, cancelled

    def reading(self, done_bytes: int) -> None:
        self._tell(WRITING_SHARE * min(1.0, done_bytes / self._total_bytes))

    def moving(self, share: float) -> None:
        self._tell(WRITING_SHARE + (1 - WRITING_SHARE) * share)

    def _tell(self, share: float) -> None:
        if self._cancelled():
            raise ImportCancelled
        self._progress(share)


class _Track(Protocol):
    """One stream of the rendition, fed with the packets of part after part."""

    @property
    def end(self) -> Fraction: ...
    def begin(self, part: Part, offset: Fraction) -> None: ...
    def take(self, packet: "Packet[Stream]") -> None: ...
    def end_part(self) -> None: ...
    def finish(self) -> None: ...


def _describe(source: BinaryIO, name: str) -> Part:
    size = source.seek(0, 2)
    with open_recording(source, name=name) as container:
        return describe(container, name=name, size=size)


def _write(parts: Sequence[BinaryIO], described: Sequence[Part], plan: Plan, out: BinaryIO, watch: _Watch) -> None:
    """Write all parts one after the other."""
    tracks: dict[str, _Track] = {}
    offset, done_bytes = Fraction(0), 0
    # Bit-exact: neither dates nor programs are written down.
    options = {"fflags": "+bitexact"}
    with av.open(out, "w", format=plan.container, container_options=options, buffer_size=BUFFER_BYTES) as muxer:
        for n, (source, part) in enumerate(zip(parts, described, strict=True), 1):
            with open_recording(source, name=part.name) as container:
                tracks = tracks or _tracks(container, muxer, plan, part)
                for packets, packet in enumerate(_without_jumps(_begun(container, tracks, part, offset), part)):
                    tracks[packet.stream.type].take(packet)
                    if packets % LOOK_UP_EVERY_PACKETS == 0:
                        watch.reading(done_bytes + source.tell())
                for track in tracks.values():
                    track.end_part()
                    if n == len(parts):
                        track.finish()
            end = max(track.end for track in tracks.values())
            if "video" in tracks and tracks["video"].end <= offset:
                raise RecordingError("damaged", f"{part.name} is damaged: its picture cannot be read")
            _refuse_missing(part, float(end - offset))
            offset, done_bytes = end, done_bytes + part.size


def _tracks(container: InputContainer, muxer: OutputContainer, plan: Plan, part: Part) -> dict[str, _Track]:
    tracks: dict[str, _Track] = {}
    picture, sound = picture_of(container), sound_of(container)
    if picture is not None and part.picture is not None:
        tracks["video"] = (
            CopiedStream(muxer, picture) if plan.picture == "copy" else PictureEncoder(muxer, part.picture)
        )
    if sound is not None and part.sound is not None:
        codec = "aac" if plan.container == "mp4" else "libopus"
        tracks["audio"] = (
            CopiedStream(muxer, sound) if plan.sound == "copy" else SoundEncoder(muxer, part.sound, codec=codec)
        )
    return tracks


def _begun(
    container: InputContainer, tracks: dict[str, _Track], part: Part, offset: Fraction
) -> Iterator["Packet[Stream]"]:
    """Make the tracks ready for a part and give its packets, leaving every other stream behind."""
    for track in tracks.values():
        track.begin(part, offset - part.start)
    wanted = [stream for stream in (picture_of(container), sound_of(container)) if stream is not None]
    for stream in container.streams:
        if stream not in wanted:
            stream.discard = Discard.all
    return container.demux(*wanted)


def _without_jumps(packets: Iterator["Packet[Stream]"], part: Part) -> Iterator["Packet[Stream]"]:
    """Pass packets on as long as time runs forward, and raise where it does not: such a film cannot be rated."""
    last: dict[int, int] = {}
    per_second: dict[int, float] = {}
    for packet in packets:
        now = packet.dts
        if now is not None:
            stream = packet.stream_index
            if stream in last:
                step = now - last[stream]
                if not -MOST_BACK_S * per_second[stream] <= step <= MOST_AHEAD_S * per_second[stream]:
                    raise RecordingError(
                        "jumps",
                        f"the clock inside {part.name} jumps; take in the clips it was put together from",
                    )
            else:
                per_second[stream] = 1 / float(packet.time_base)
            last[stream] = now
        yield packet


def _refuse_missing(part: Part, found_s: float) -> None:
    if not found_s:
        raise RecordingError("damaged", f"{part.name} holds neither sound nor picture that can be read")
    if part.claimed_s is not None and part.claimed_s - found_s > max(MISSING_S, MISSING_SHARE * part.claimed_s):
        raise RecordingError(
            "cut_off",
            f"{part.name} is cut off: it should last {_clock(part.claimed_s)} and ends at {_clock(found_s)}; "
            "copy it again from where it was recorded",
        )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
