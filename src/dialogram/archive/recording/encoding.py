"""Encoding anew what a browser cannot play: H.264 and AAC (Opus beside VP8), every frame at its own time."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import av.error
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame

from dialogram.archive.recording.plan import Part, Picture, Sound, exactly

CLOCK = Fraction(1, 90_000)
KEYFRAME_EVERY_S = 2
TURNS = {90: ("transpose=clock",), 180: ("hflip", "vflip"), 270: ("transpose=cclock",)}


class PictureEncoder:
    """Decoded pictures of one part after another in, one H.264 stream out: right way up, square pixels, one size."""

    def __init__(self, muxer: OutputContainer, picture: Picture) -> None:
        self.width, self.height = picture.encoded
        self._muxer = muxer
        self._picture = picture
        self._offset = Fraction(0)
        self._graph: Graph | None = None
        self._input: tuple[int, int, str] | None = None
        self._last = self._key = -1
        self._step = Fraction(1, 30)
        self._floor = 0
        # The rate only steers how bits are spent; the times of the frames are kept.
        self.stream = muxer.add_stream("libx264", rate=30, time_base=CLOCK)
        self.stream.width, self.stream.height, self.stream.pix_fmt = self.width, self.height, "yuv420p"
        self.stream.codec_context.gop_size = 600
        self.stream.codec_context.options = {"preset": "veryfast", "crf": "23", "forced-idr": "1"}

    @property
    def end(self) -> Fraction:
        """Where the last picture ends, in seconds."""
        return self._last * CLOCK + self._step if self._last >= 0 else Fraction(0)

    def begin(self, part: Part, offset: Fraction) -> None:
        """Go on with the next part, whose times are to be moved by ``offset`` seconds."""
        assert part.picture is not None
        self._picture, self._offset, self._graph, self._input, self._key = part.picture, offset, None, None, -1
        self._floor = round((offset + part.start) / CLOCK)

    def take(self, packet: "Packet[Stream]") -> None:
        """Encode what one packet holds."""
        for frame in _decoded(packet):
            if isinstance(frame, VideoFrame) and frame.pts is not None:
                self._push(frame)

    def end_part(self) -> None:
        """Encode what the filters still hold."""
        if self._graph is not None:
            self._graph.vpush(None)
            self._pull()

    def finish(self) -> None:
        """Encode what the encoder still holds."""
        self._muxer.mux(self.stream.encode(None))

    def _push(self, frame: VideoFrame) -> None:
        if self._graph is None or self._input != (frame.width, frame.height, frame.format.name):
            self.end_part()
            self._input = (frame.width, frame.height, frame.format.name)
            self._graph = self._filters(frame)
        self._graph.vpush(frame)
        self._pull()

    def _pull(self) -> None:
        for frame in _pulled(self._graph):
            assert isinstance(frame, VideoFrame)
            assert frame.pts is not None
            at = round((frame.pts * exactly(frame.time_base) + self._offset) / CLOCK)
            if at < self._floor:
                continue
            frame.pts, frame.time_base, frame.duration = max(at, self._last + 1), CLOCK, 0
            is_key = self._key < 0 or (frame.pts - self._key) * CLOCK >= KEYFRAME_EVERY_S
            frame.pict_type = 1 if is_key else 0
            self._key = frame.pts if is_key else self._key
            # A last frame lasts as long as the one before it.
            self._step = (frame.pts - self._last) * CLOCK if self._last >= 0 else self._step
            self._last = frame.pts
            self._muxer.mux(self.stream.encode(frame))

    def _filters(self, frame: VideoFrame) -> Graph:
        """Turn, deinterlace, and fit one kind of frame into the size of the whole, with bars where it must."""
        turned = frame.width * self._picture.aspect, Fraction(frame.height)
        if self._picture.rotation in (90, 270):
            turned = turned[1], turned[0]
        fit = min(self.width / turned[0], self.height / turned[1])
        width = min(self.width, max(2, round(turned[0] * fit / 2) * 2))
        height = min(self.height, max(2, round(turned[1] * fit / 2) * 2))
        left, top = (self.width - width) // 4 * 2, (self.height - height) // 4 * 2
        steps = (
            "bwdif=mode=send_frame:deint=interlaced",
            *TURNS.get(self._picture.rotation, ()),
            f"scale={width}:{height}",
            f"pad={self.width}:{self.height}:{left}:{top}",
            "setsar=1",
            "format=yuv420p",
        )
        graph = Graph()
        graph.threads = 1
        nodes = [graph.add_buffer(template=frame)]
        nodes += [graph.add(*step.split("=", 1)) for step in steps]
        graph.link_nodes(*nodes, graph.add("buffersink")).configure()
        return graph


class SoundEncoder:
    """Decoded sound of one part after another in, one stream out; gaps in time become silence."""

    def __init__(self, muxer: OutputContainer, sound: Sound, *, codec: str) -> None:
        self._muxer = muxer
        self._rate = 44_100 if sound.sample_rate == 44_100 and codec == "aac" else 48_000
        self._layout = "mono" if sound.channels == 1 else "stereo"
        self._offset = Fraction(0)
        self.end = Fraction(0)
        stream = muxer.add_stream(codec, rate=self._rate)
        assert isinstance(stream, AudioStream)
        self.stream = stream
        self.stream.codec_context.layout = self._layout
        self.stream.codec_context.bit_rate = 96_000 if sound.channels == 1 else 160_000
        self._even = self._resampler()
        self._gapless = AudioResampler("fltp", self._layout, self._rate, options={"async": "1", "first_pts": "0"})
        self._input: tuple[str, str, int] | None = None

    def begin(self, part: Part, offset: Fraction) -> None:  # noqa: ARG002  # the picture needs it
        """Go on with the next part, whose times are to be moved by ``offset`` seconds."""
        self._offset, self._even, self._input = offset, self._resampler(), None

    def take(self, packet: "Packet[Stream]") -> None:
        """Encode what one packet holds."""
        for frame in _decoded(packet):
            if not isinstance(frame, AudioFrame):
                continue
            kind = (frame.format.name, frame.layout.name, frame.sample_rate)
            if self._input not in (None, kind):
                self.end_part()
                self._even = self._resampler()
            self._input = kind
            self._encode(self._even.resample(frame))

    def end_part(self) -> None:
        """Encode what the resampler still holds."""
        self._encode(self._even.resample(None))

    def finish(self) -> None:
        """Encode what resampler and encoder still hold."""
        for frame in self._gapless.resample(None):
            self._muxer.mux(self.stream.encode(frame))
        self._muxer.mux(self.stream.encode(None))

    def _resampler(self) -> AudioResampler:
        return AudioResampler("fltp", self._layout, self._rate)

    def _encode(self, frames: Iterable[AudioFrame | None]) -> None:
        for frame in frames:
            if frame is None:
                continue  # what a resampler with nothing to do answers to its end
            tick = Fraction(1, self._rate)
            at = self.end if frame.pts is None else frame.pts * exactly(frame.time_base) + self._offset
            frame.pts, frame.time_base = round(at / tick), tick
            self.end = max(self.end, at + frame.samples * tick)
            for even in self._gapless.resample(frame):
                self._muxer.mux(self.stream.encode(even))


def _decoded(packet: "Packet[Stream]") -> list[object]:
    """Decode a packet; a damaged one is skipped as a player would."""
    try:
        return list(packet.decode())
    except av.error.InvalidDataError:
        return []


def _pulled(graph: Graph | None) -> Iterator[object]:
    while graph is not None:
        try:
            yield graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
