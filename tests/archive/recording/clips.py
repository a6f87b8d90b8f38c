from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from dialogram.archive.recording import Rendition, make_rendition
from dialogram.simulate.recording import make_recording

SMALL = {"size": (160, 90), "fps": 25}


class LiveStream:
    """A file object that can only be written to, as a browser's recorder has it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        return len(data)


def made(**options: object) -> bytes:
    file = BytesIO()
    make_recording(file, **{"duration_s": 4.0, "seed": 1, **SMALL, **options})  # type: ignore[arg-type]
    return file.getvalue()


def opened(data: bytes) -> InputContainer:
    return av.open(BytesIO(data), "r")


def remuxed(
    data: bytes,
    container: str,
    change: Callable[[av.container.OutputContainer], None] | None = None,
    *,
    offset_s: int = 0,
) -> bytes:
    """Put the streams of a clip into another container with FFmpeg alone."""
    file = BytesIO()
    with opened(data) as source, av.open(file, "w", format=container) as muxer:
        streams = [muxer.add_stream_from_template(stream, opaque=True) for stream in source.streams.get()]
        if change is not None:
            change(muxer)
        for packet in source.demux():
            if packet.dts is not None and packet.pts is not None:
                ticks = round(offset_s / packet.time_base)
                packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
                packet.stream = streams[packet.stream_index]
                muxer.mux_one(packet)
    return file.getvalue()


def encoded(
    container: str, *, video: str | None, audio: str | None, seconds: int = 2, size: tuple[int, int] = (160, 90)
) -> bytes:
    """Make a plain clip in codings that browsers do not play."""
    file = BytesIO()
    with av.open(file, "w", format=container) as muxer:
        picture = muxer.add_stream(video, rate=25) if video else None
        sound = muxer.add_stream(audio, rate=48_000, bit_rate=128_000) if audio else None
        if isinstance(picture, VideoStream):
            picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
            for number in range(25 * seconds):
                frame = av.VideoFrame(*size, "yuv420p")
                for plane, value in zip(frame.planes, (4 * number % 200 + 20, 128, 128), strict=True):
                    plane.update(bytes([value]) * plane.buffer_size)
                frame.pts, frame.time_base = number, Fraction(1, 25)
                muxer.mux(picture.encode(frame))
            muxer.mux(picture.encode(None))
        if isinstance(sound, AudioStream):
            for at in range(0, 48_000 * seconds, 4800):
                samples = av.AudioFrame("s16", "stereo", 4800)
                samples.planes[0].update(bytes([0, 32] * 9600))
                samples.sample_rate, samples.pts, samples.time_base = 48_000, at, Fraction(1, 48_000)
                muxer.mux(sound.encode(samples))
            muxer.mux(sound.encode(None))
    return file.getvalue()


def render(*parts: bytes, names: tuple[str, ...] = ()) -> tuple[Rendition, bytes]:
    out = BytesIO()
    rendition = make_rendition(
        [BytesIO(part) for part in parts], out, progress=lambda _: None, cancelled=lambda: False, names=names
    )
    return rendition, out.getvalue()


def frame_times_s(data: bytes, kind: str = "video") -> list[float]:
    """Give when each packet is shown or heard, in seconds, sorted."""
    with opened(data) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        return sorted(float(cast("int", packet.pts) * packet.time_base) for packet in packets)
