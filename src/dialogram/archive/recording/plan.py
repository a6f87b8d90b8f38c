"""What is to be done with the parts of a recording: keep each stream as it is, or encode it anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.rational import AVRational
from av.stream import Stream
from av.video.stream import VideoStream

from dialogram.archive.recording.errors import RecordingError
from dialogram.archive.recording.opening import picture_of, sound_of
from dialogram.archive.recording.probe import rotation_of

WEBM_PICTURE = {"vp8", "vp9", "av1"}
WEBM_SOUND = {"opus", "vorbis"}
MP4_PICTURE = {"h264", "vp9", "av1"}
MP4_SOUND = {"aac", "mp3", "opus", "flac"}
BROWSER_PIXELS = {"yuv420p", "yuvj420p"}
LOWEST_MP3_RATE = 16_000
"""MP4 has no place for the MP3 of lower rates (MPEG-2.5) that some dictaphones write."""
LONGEST_SIDE, SHORTEST_SIDE = 1920, 1080


@dataclass(frozen=True)
class Picture:
    """What two parts must share for their pictures to be joined without encoding."""

    codec: str
    width: int
    height: int
    pixels: str
    aspect: Fraction
    rotation: int
    setup: bytes

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as a player shows it: square pixels, the right way up."""
        width, height = round(self.width * self.aspect), self.height
        return (height, width) if self.rotation in (90, 270) else (width, height)

    @property
    def encoded(self) -> tuple[int, int]:
        """Width and height of an encoding of it: as shown, but even and at most full HD."""
        width, height = self.shown
        shrink = min(1.0, LONGEST_SIDE / max(width, height), SHORTEST_SIDE / min(width, height))
        return max(2, round(width * shrink / 2) * 2), max(2, round(height * shrink / 2) * 2)


@dataclass(frozen=True)
class Sound:
    """What two parts must share for their sounds to be joined without encoding."""

    codec: str
    sample_rate: int
    channels: int
    setup: bytes


@dataclass(frozen=True)
class Part:
    """One file of a recording.

    ``claimed_s`` is how long it says it is, None where it does not reliably say. ``leads_in`` tells that its picture
    begins with frames that are decoded but not to be shown: it was trimmed without being encoded.
    """

    name: str
    size: int
    start: Fraction
    claimed_s: float | None
    leads_in: bool
    picture: Picture | None
    sound: Sound | None


@dataclass(frozen=True)
class Plan:
    """The container to write, and what becomes of each stream; None where there is no such stream."""

    container: Literal["mp4", "webm"]
    picture: Literal["copy", "encode"] | None
    sound: Literal["copy", "encode"] | None


SAYS_DURATION = {"mov", "matroska", "avi", "wav", "ogg", "flac"}
"""Containers that write down how long they are; the others are guessed at by their bit rate."""


def describe(container: InputContainer, *, name: str, size: int) -> Part:
    """Say of an open file what the plan needs to know."""
    picture, sound = picture_of(container), sound_of(container)
    streams = [stream for stream in (picture, sound) if stream is not None]
    starts = [_seconds(stream, stream.start_time) for stream in streams if stream.start_time is not None]
    lengths = [_seconds(stream, stream.duration) for stream in streams if stream.duration is not None]
    if not lengths and container.duration is not None:
        lengths = [Fraction(container.duration, av.time_base)]
    return Part(
        name=name,
        size=size,
        # Before 0 lies only what is decoded and not shown (the lead-in of an encoder).
        start=max(Fraction(0), min(starts, default=Fraction(0))),
        claimed_s=float(max(lengths)) if lengths and container.format.name.split(",")[0] in SAYS_DURATION else None,
        leads_in=picture is not None and _first_time(container, picture) < 0,
        picture=None if picture is None else _picture(picture),
        sound=None if sound is None else _sound(sound),
    )


def exactly(ratio: AVRational) -> Fraction:
    """Give FFmpeg's ratio as Python's, so that times are added without rounding."""
    return Fraction(ratio.numerator, ratio.denominator)


def _seconds(stream: Stream, ticks: int) -> Fraction:
    return ticks * exactly(stream.time_base)


def _first_time(container: InputContainer, picture: VideoStream) -> int:
    return next((packet.pts for packet in container.demux(picture) if packet.pts is not None), 0)


def _picture(stream: VideoStream) -> Picture:
    coding = stream.codec_context
    return Picture(
        codec=coding.codec.canonical_name,
        width=coding.width,
        height=coding.height,
        pixels=coding.pix_fmt or "",
        aspect=exactly(stream.sample_aspect_ratio) if stream.sample_aspect_ratio else Fraction(1),
        rotation=rotation_of(stream),
        setup=coding.extradata or b"",
    )


def _sound(stream: AudioStream) -> Sound:
    coding = stream.codec_context
    return Sound(
        codec=coding.codec.canonical_name,
        sample_rate=coding.sample_rate,
        channels=coding.channels,
        setup=coding.extradata or b"",
    )


def choose(parts: Sequence[Part]) -> Plan:
    """Decide how the parts become one file a browser plays, encoding only what it must.

    Raises
    ------
    RecordingError
        ``parts_differ`` if one part has a picture or a sound and another has none.
    """
    first = parts[0]
    for part in parts[1:]:
        for what, there, here in (("picture", first.picture, part.picture), ("sound", first.sound, part.sound)):
            if (there is None) != (here is None):
                one, other = (first, part) if here is None else (part, first)
                raise RecordingError("parts_differ", f"{one.name} has a {what} and {other.name} has none")
    pictures = {part.picture for part in parts if part.picture is not None}
    sounds = {part.sound for part in parts if part.sound is not None}
    picture = pictures.pop() if len(pictures) == 1 else None
    sound = sounds.pop() if len(sounds) == 1 else None
    is_shown_whole = not any(part.leads_in for part in parts)
    picture_codec = picture.codec if picture and picture.pixels in BROWSER_PIXELS and is_shown_whole else "none"
    sound_codec = sound.codec if sound else "none"
    if sound and sound.codec == "mp3" and sound.sample_rate < LOWEST_MP3_RATE:
        sound_codec = "none"
    if picture_codec == "vp8":
        webm = True
    elif first.picture is not None:
        webm = picture_codec in WEBM_PICTURE and (first.sound is None or sound_codec in WEBM_SOUND)
    else:
        webm = sound_codec in WEBM_SOUND
    fit = {"picture": WEBM_PICTURE, "sound": WEBM_SOUND} if webm else {"picture": MP4_PICTURE, "sound": MP4_SOUND}
    return Plan(
        container="webm" if webm else "mp4",
        picture=None if first.picture is None else "copy" if picture_codec in fit["picture"] else "encode",
        sound=None if first.sound is None else "copy" if sound_codec in fit["sound"] else "encode",
    )
