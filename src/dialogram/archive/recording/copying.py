"""Taking packets over as they are, each at its own time."""

from fractions import Fraction

from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from dialogram.archive.recording.plan import Part, exactly


class CopiedStream:
    """Packets of one part after another in, one stream out, decoding times always growing."""

    def __init__(self, muxer: OutputContainer, template: VideoStream | AudioStream) -> None:
        self.stream = muxer.add_stream_from_template(template, opaque=True)
        self._muxer = muxer
        self._tick = exactly(template.time_base)
        self._time_base = template.time_base
        self._shift = self._end = 0
        self._floor: int | None = None
        self._last_dts: int | None = None

    @property
    def end(self) -> Fraction:
        """Where the last packet ends, in seconds."""
        return self._end * self._tick

    def begin(self, part: Part, offset: Fraction) -> None:
        """Go on with the next part, whose times are to be moved by ``offset`` seconds."""
        self._shift = round(offset / self._tick)
        self._floor = None if self._last_dts is None else round((offset + part.start) / self._tick)

    def take(self, packet: "Packet[Stream]") -> None:
        """Write one packet at its place."""
        if not packet.size:
            return
        if packet.time_base != self._time_base:
            packet.rescale_ts(self._time_base)
        dts = packet.pts if packet.dts is None else packet.dts
        if dts is None:
            return
        pts = (dts if packet.pts is None else packet.pts) + self._shift
        dts += self._shift
        end = pts + (packet.duration or 0)
        if self._floor is not None and end <= self._floor and self.stream.type == "audio":
            return  # the lead-in of a later part's encoder, which a player would leave out
        if self._last_dts is not None:
            dts = max(dts, self._last_dts + 1)
        packet.pts, packet.dts = max(pts, dts), dts
        self._last_dts = dts
        self._end = max(self._end, end)
        packet.stream = self.stream
        self._muxer.mux_one(packet)

    def end_part(self) -> None:
        """Nothing is held back between parts."""

    def finish(self) -> None:
        """Nothing is held back at the end."""
