"""A recording of a session that never was: made on the machine, known to the frame. Needs the extra ``app`` (PyAV)."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike
from typing import BinaryIO, Literal

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from dialogram.simulate.scene import Scene
from dialogram.simulate.voices import SAMPLE_RATE, SpokenTurn, speak, take_turns

CLOCK = Fraction(1, 90_000)
SOUND_PIECE = SAMPLE_RATE // 2
KEYFRAME_EVERY_S = 2


@dataclass(frozen=True, eq=False)
class SimulatedRecording:
    """What was made: its length, when each frame is shown (empty without a picture), and who spoke when."""

    duration_s: float
    frame_times_s: NDArray[np.float64]
    turns: tuple[SpokenTurn, ...]


def make_recording(  # noqa: PLR0913  # the ways in which recordings differ
    target: str | PathLike[str] | BinaryIO,
    *,
    duration_s: float,
    seed: int,
    size: tuple[int, int] = (640, 360),
    fps: int = 30,
    audio_only: bool = False,
    variable: bool = False,
    container: Literal["mp4", "webm"] = "mp4",
    frame_number: bool = True,
    progress: Callable[[float], None] = lambda _share: None,
) -> SimulatedRecording:
    """Make a recording of two seated figures who take turns in speaking.

    The client is blue and sits left, the therapist vermilion and right. Burned in are a clock (mm:ss.mmm, the frame's
    own time), the frame's number, and the same number as a row of black and white blocks for
    :func:`dialogram.simulate.scene.read_frame_number`. The same arguments give the same picture and sound.

    Parameters
    ----------
    target
        A path, or a file object to write to (one that cannot seek gets a live-style WebM without a duration).
    duration_s
        Length in seconds.
    seed
        Of turns, syllables and frame times.
    size
        Width and height in pixels, even, at least 32.
    fps
        Frames a second.
    audio_only
        Leave the picture out.
    variable
        Show frames for one to five frame times instead of one.
    container
        ``mp4``: H.264 and AAC; ``webm``: VP8 and Opus.
    frame_number
        Burn in the frame's number and blocks.
    progress
        Told the share done, 0 … 1, now and then.

    Returns
    -------
    SimulatedRecording
        The known truth.

    Raises
    ------
    ValueError
        If ``duration_s`` is not positive or ``size`` is odd or too small.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> made = make_recording(file, duration_s=1.0, seed=1, size=(160, 90), fps=10)
    >>> made.frame_times_s[:3]
    array([0. , 0.1, 0.2])
    >>> file.getvalue()[4:8]
    b'ftyp'
    """
    width, height = size
    if not duration_s > 0:
        raise ValueError(f"make_recording: duration_s must be positive, got {duration_s!r}")
    if min(size) < 32 or width % 2 or height % 2:
        raise ValueError(f"make_recording: size must be even and at least 32 × 32, got {width} × {height}")
    rng = np.random.default_rng(seed)
    turns = take_turns(duration_s, rng=rng)
    sound = speak(turns, duration_s, rng=rng)
    times_s = np.empty(0) if audio_only else _frame_times(duration_s, fps, variable=variable, rng=rng)
    file = target if hasattr(target, "write") else str(target)
    with av.open(file, "w", format=container) as muxer:
        picture = None if audio_only else _picture_stream(muxer, container, size, fps)
        voices = _Voices(muxer, "aac" if container == "mp4" else "libopus", sound)
        scene = Scene(width, height, frame_number=frame_number)
        for number, time_s in enumerate(times_s):
            voices.encode_until(time_s)
            speaker = next((turn.speaker for turn in turns if turn.start_s <= time_s < turn.end_s), None)
            frame = VideoFrame.from_ndarray(scene.draw(number, float(time_s), speaker), format="yuv420p")
            frame.pts, frame.time_base = round(time_s / CLOCK), CLOCK
            if picture is not None:
                muxer.mux(picture.encode(frame))
            if number % fps == 0:
                progress(float(time_s) / duration_s)
        voices.encode_until(duration_s)
        voices.finish()
        if picture is not None:
            muxer.mux(picture.encode(None))
    progress(1.0)
    return SimulatedRecording(duration_s, times_s, turns)


def _frame_times(duration_s: float, fps: int, *, variable: bool, rng: np.random.Generator) -> NDArray[np.float64]:
    steps = np.arange(max(1, round(duration_s * fps)))
    if variable:
        steps = np.concatenate([[0], np.cumsum(rng.choice([1, 1, 1, 2, 3, 5], size=steps.size))])
    times_s = steps / fps
    return np.asarray(times_s[times_s < duration_s], dtype=np.float64)


def _picture_stream(muxer: OutputContainer, container: str, size: tuple[int, int], fps: int) -> VideoStream:
    codec: Literal["libx264", "libvpx"] = "libx264" if container == "mp4" else "libvpx"
    stream = muxer.add_stream(codec, rate=fps, time_base=CLOCK)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.codec_context.gop_size = KEYFRAME_EVERY_S * fps
    fast = {"preset": "ultrafast", "crf": "26"}
    realtime = {"deadline": "realtime", "cpu-used": "8", "crf": "20", "b": "1M"}
    stream.codec_context.options = fast if container == "mp4" else realtime
    return stream


class _Voices:
    """Encodes the sound piece by piece, so that it lies beside the picture it belongs to."""

    def __init__(self, muxer: OutputContainer, codec: str, sound: NDArray[np.float32]) -> None:
        stream = muxer.add_stream(codec, rate=SAMPLE_RATE)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = "mono"
        stream.codec_context.bit_rate = 64_000
        self._muxer, self._stream, self._sound, self._at = muxer, stream, sound, 0

    def encode_until(self, time_s: float) -> None:
        """Encode whole pieces up to a time, and the last one when it is reached."""
        end = min(round(time_s * SAMPLE_RATE), self._sound.size)
        while self._at + SOUND_PIECE <= end or self._at < end == self._sound.size:
            piece = self._sound[None, self._at : min(self._at + SOUND_PIECE, self._sound.size)]
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(piece), format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._at, Fraction(1, SAMPLE_RATE)
            self._muxer.mux(self._stream.encode(frame))
            self._at += piece.size

    def finish(self) -> None:
        """Encode what the encoder still holds."""
        self._muxer.mux(self._stream.encode(None))
