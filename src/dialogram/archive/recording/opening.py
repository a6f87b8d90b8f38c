"""Opening a recording: one forced demuxer, no other file or address, no word of FFmpeg's to the outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Never

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from dialogram.archive.recording import boxes
from dialogram.archive.recording.errors import RecordingError
from dialogram.archive.recording.signature import recognize

BUFFER_BYTES = 1 << 20
MOST_STREAMS = 32
MOST_SIDE = 8192
MOST_HOURS = 24
SAMPLE_RATES = 4_000, 384_000
MOST_CHANNELS = 16
STILL = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails


@contextmanager
def open_recording(source: BinaryIO, *, name: str) -> Iterator[InputContainer]:
    """Open a recording for reading, and turn whatever FFmpeg stumbles over meanwhile into one sentence.

    Parameters
    ----------
    source
        Seekable and readable. Errors of its own reads pass through as they are.
    name
        What to call the file in errors.

    Raises
    ------
    RecordingError
        If it is not a recording, or cannot be read to the end.
    """
    demuxer = recognize(source, name=name)
    if demuxer == "mov":
        boxes.inspect(source, name=name)
    try:
        with av.open(
            source,
            "r",
            format=demuxer,
            options={"max_streams": str(MOST_STREAMS), "max_pixels": str(MOST_SIDE * MOST_SIDE)},
            buffer_size=BUFFER_BYTES,
            io_open=_refuse_other_files,
        ) as container:
            _refuse_absurd(container, name)
            yield container
    except (av.error.FFmpegError, UnicodeDecodeError) as error:
        raise _damaged(name) from error


def picture_of(container: InputContainer) -> VideoStream | None:
    """Give the first moving picture that can be decoded; a cover picture is none."""
    for stream in container.streams.video:
        if _decodable(stream) and stream.codec_context.width and not stream.disposition & STILL:
            return stream
    return None


def sound_of(container: InputContainer) -> AudioStream | None:
    """Give the first sound that can be decoded."""
    for stream in container.streams.audio:
        if _decodable(stream) and stream.codec_context.sample_rate:
            return stream
    return None


def _decodable(stream: Stream) -> bool:
    """Tell whether there is a decoder: without one the context is absent, whatever the types say."""
    return getattr(stream, "codec_context", None) is not None


def _refuse_absurd(container: InputContainer, name: str) -> None:
    picture, sound = picture_of(container), sound_of(container)
    if picture is None and sound is None:
        if any(stream.type in ("video", "audio") for stream in container.streams):
            raise RecordingError("unreadable_codec", f"{name} holds sound or picture in a coding that cannot be read")
        raise RecordingError("no_media", f"{name} holds neither sound nor picture")
    if sound is not None and not (
        SAMPLE_RATES[0] <= sound.codec_context.sample_rate <= SAMPLE_RATES[1]
        and sound.codec_context.channels <= MOST_CHANNELS
    ):
        raise RecordingError("absurd", f"{name} claims a sound that no recorder makes")
    if picture is not None and max(picture.codec_context.width, picture.codec_context.height) > MOST_SIDE:
        raise RecordingError("absurd", f"{name} claims a picture larger than {MOST_SIDE} × {MOST_SIDE}")
    if container.duration is not None and not 0 <= container.duration < MOST_HOURS * 3600 * av.time_base:
        raise RecordingError("absurd", f"{name} claims to be longer than {MOST_HOURS} hours, or shorter than nothing")


def _refuse_other_files(_url: str, _flags: int, _options: dict[str, str]) -> Never:
    raise RecordingError("external", "the file names another file or address, which is not opened")


def _damaged(name: str) -> RecordingError:
    return RecordingError("damaged", f"{name} is damaged and cannot be read; copy it again from where it was recorded")
