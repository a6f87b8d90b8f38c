"""What a recording holds, before anything is done with it."""

import math
import struct
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import BinaryIO

import av
from av.container import InputContainer
from av.video.stream import VideoStream as AvVideoStream

from dialogram.archive.recording.opening import open_recording, picture_of, sound_of

FRAMES_LOOKED_AT = 300


@dataclass(frozen=True)
class VideoStream:
    """The picture of a recording; ``rotation`` is what a player turns it by, in degrees clockwise."""

    codec: str
    width: int
    height: int
    frame_rate: float | None
    variable: bool
    rotation: int


@dataclass(frozen=True)
class AudioStream:
    """The sound of a recording."""

    codec: str
    sample_rate: int
    channels: int


@dataclass(frozen=True)
class Probe:
    """What a recording holds; ``duration_s`` is None where the file does not say (a live-style WebM)."""

    container: str
    duration_s: float | None
    video: VideoStream | None
    audio: AudioStream | None


def probe(source: BinaryIO, *, name: str) -> Probe:
    """Say what a recording holds, or in one sentence why it is none.

    The demuxer is chosen by the first bytes from a short list and forced, so that a text, a playlist or a script is
    never obeyed; other files and addresses are refused.

    Parameters
    ----------
    source
        Seekable and readable; left at its start.
    name
        What to call the file in errors.

    Returns
    -------
    Probe
        Container, length and streams. ``variable`` is judged by the first 300 frames.

    Raises
    ------
    RecordingError
        With a stable ``code`` and a sentence for a researcher.

    Examples
    --------
    >>> import io
    >>> probe(io.BytesIO(b"not a film"), name="session.mp4")
    Traceback (most recent call last):
        ...
    dialogram.archive.recording.errors.RecordingError: session.mp4 is text, not a recording
    """
    with open_recording(source, name=name) as container:
        picture, sound = picture_of(container), sound_of(container)
        duration_s = container.duration / av.time_base if container.duration else None
        audio = None
        if sound is not None:
            audio = AudioStream(sound.codec_context.name, sound.codec_context.sample_rate, sound.codec_context.channels)
        video = None if picture is None else _video(container, picture)
        found = Probe(container.format.name.split(",")[0], duration_s, video, audio)
    source.seek(0)
    return found


def rotation_of(picture: AvVideoStream) -> int:
    """Give the clockwise quarter turns a player makes, in degrees: 0, 90, 180 or 270."""
    matrix = picture.codec_context.coded_side_data.get("display_matrix")
    if matrix is None or len(matrix) != 36:
        return 0
    a, b, _, c, d, *_ = struct.unpack("=9i", matrix)
    if not (math.hypot(a, c) and math.hypot(b, d)):
        return 0
    clockwise = math.degrees(math.atan2(b / math.hypot(b, d), a / math.hypot(a, c)))
    return round(clockwise / 90) * 90 % 360


def _video(container: InputContainer, picture: AvVideoStream) -> VideoStream:
    packets = (packet for packet in container.demux(picture) if packet.pts is not None)
    times = sorted(packet.pts for packet in islice(packets, FRAMES_LOOKED_AT) if packet.pts is not None)
    steps = [after - before for before, after in pairwise(times)]
    # A file whose clock ticks in milliseconds writes 30 frames a second as 33, 33, 34: two ticks are no variation.
    two_ticks_or_ms = max(2, 0.002 / float(picture.time_base))
    rate = picture.average_rate
    return VideoStream(
        codec=picture.codec_context.name,
        width=picture.codec_context.width,
        height=picture.codec_context.height,
        frame_rate=float(rate) if rate else None,
        variable=bool(steps) and max(steps) - min(steps) > two_ticks_or_ms,
        rotation=rotation_of(picture),
    )
