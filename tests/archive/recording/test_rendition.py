import struct
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from itertools import pairwise

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from tests.archive.recording.clips import encoded, frame_times_s, made, opened, remuxed, render

from dialogram.archive.recording import ImportCancelled, RecordingError, boxes, make_rendition, probe
from dialogram.simulate.scene import read_frame_number


def shown_numbers(data: bytes) -> list[int | None]:
    with opened(data) as container:
        return [read_frame_number(luma(frame)) for frame in container.decode(video=0)]


def luma(frame: VideoFrame) -> NDArray[np.uint8]:
    return np.asarray(frame.to_ndarray()[: frame.height], dtype=np.uint8)


def packets(data: bytes, kind: str) -> list[bytes]:
    with opened(data) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


def test_an_mp4_keeps_every_packet_and_every_time(clip: bytes) -> None:
    rendition, data = render(clip)
    assert (rendition.media_type, rendition.transcoded) == ("video/mp4", False)
    assert (rendition.width, rendition.height, rendition.has_video, rendition.has_audio) == (160, 90, True, True)
    assert rendition.duration_s == pytest.approx(4.0, abs=0.05)
    for kind in ("video", "audio"):
        assert packets(data, kind) == packets(clip, kind)
        assert frame_times_s(data, kind) == pytest.approx(frame_times_s(clip, kind), abs=1e-9)


def test_the_index_comes_first_and_points_right(clip: bytes) -> None:
    _, data = render(clip)
    order = [box.kind for box in boxes.walk(BytesIO(data), 0, len(data))]
    assert order.index(b"moov") < order.index(b"mdat")
    source = [box.kind for box in boxes.walk(BytesIO(clip), 0, len(clip))]
    assert source.index(b"moov") > source.index(b"mdat")
    assert shown_numbers(data) == list(range(100))


def test_a_live_webm_gets_a_duration_and_cues(live_webm: bytes) -> None:
    rendition, data = render(live_webm)
    assert (rendition.media_type, rendition.transcoded) == ("video/webm", False)
    duration_s = probe(BytesIO(data), name="rendition").duration_s
    assert duration_s == pytest.approx(4.0, abs=0.05)
    cues = b"\x1c\x53\xbb\x6b"
    assert cues in data
    assert shown_numbers(data) == list(range(100))


def test_variable_frame_rate_keeps_every_time() -> None:
    source = made(variable=True)
    rendition, data = render(source)
    assert not rendition.transcoded
    assert frame_times_s(data) == pytest.approx(frame_times_s(source), abs=1e-9)
    assert np.ptp(np.diff(frame_times_s(data))) > 0.1


@pytest.mark.parametrize("container", ["mp4", "webm"])
def test_sound_alone_is_a_recording(container: str) -> None:
    rendition, data = render(made(audio_only=True, container=container))
    assert (rendition.media_type, rendition.has_video, rendition.width) == (f"audio/{container}", False, 0)
    assert rendition.duration_s == pytest.approx(4.0, abs=0.05)
    assert not rendition.transcoded
    assert probe(BytesIO(data), name="rendition").video is None


def test_a_late_start_is_moved_to_zero(clip: bytes) -> None:
    late = remuxed(clip, "mpegts", offset_s=70)
    assert min(frame_times_s(late)) > 60
    rendition, data = render(late)
    assert not rendition.transcoded
    assert min(frame_times_s(data, "video") + frame_times_s(data, "audio")) == pytest.approx(0.0, abs=1e-9)
    assert np.diff(frame_times_s(data)) == pytest.approx(0.04, abs=1e-4)
    assert rendition.duration_s == pytest.approx(4.0, abs=0.1)


def test_parts_are_joined_without_encoding(clip: bytes) -> None:
    other = made(seed=5)
    rendition, data = render(clip, other, clip)
    assert not rendition.transcoded
    assert rendition.duration_s == pytest.approx(12.0, abs=0.2)
    assert shown_numbers(data) == [*range(100)] * 3
    for kind, most_s in (("video", 0.09), ("audio", 0.06)):
        steps = np.diff(frame_times_s(data, kind))
        assert 0 < steps.min()
        assert steps.max() < most_s


def test_parts_of_other_sizes_are_encoded_into_the_first_ones(clip: bytes) -> None:
    rendition, data = render(clip, made(size=(90, 160), duration_s=2.0))
    assert rendition.transcoded
    assert (rendition.width, rendition.height) == (160, 90)
    assert rendition.duration_s == pytest.approx(6.0, abs=0.1)
    times = frame_times_s(data)
    assert len(times) == 150
    assert min(after - before for before, after in pairwise(times)) > 0.03


def test_a_part_without_picture_does_not_go_with_one_that_has(clip: bytes) -> None:
    with pytest.raises(RecordingError) as caught:
        render(clip, made(audio_only=True), names=("one.mp4", "two.m4a"))
    assert caught.value.code == "parts_differ"
    assert str(caught.value) == "one.mp4 has a picture and two.m4a has none"


@pytest.mark.parametrize(
    ("container", "video", "audio"),
    [
        ("avi", "mpeg4", "mp3"),
        ("mpegts", "mpeg2video", "mp2"),
        ("asf", "wmv2", "wmav2"),
        ("mov", "libx264", "pcm_s16le"),
    ],
)
def test_what_browsers_cannot_play_is_encoded(container: str, video: str, audio: str) -> None:
    rendition, data = render(encoded(container, video=video, audio=audio))
    assert rendition.transcoded
    assert rendition.media_type == "video/mp4"
    found = probe(BytesIO(data), name="rendition")
    assert found.video is not None
    assert found.audio is not None
    assert found.video.codec == "h264"
    assert len(frame_times_s(data)) == 50
    assert found.duration_s == pytest.approx(2.0, abs=0.15)


def test_an_encoding_has_a_keyframe_every_two_seconds_and_the_brightness_it_had() -> None:
    source = encoded("avi", video="mpeg4", audio=None, seconds=6)
    _, data = render(source)
    with opened(data) as container:
        keys = [float(frame.time) for frame in container.decode(video=0) if frame.key_frame]
    assert np.diff(keys).max() <= 2.0 + 1e-6

    def brightness(data: bytes) -> list[float]:
        with opened(data) as container:
            return [float(luma(frame).mean()) for frame in container.decode(video=0)]

    assert np.abs(np.subtract(brightness(data), brightness(source))).max() < 4


def test_only_the_stream_that_must_be_is_encoded(clip: bytes) -> None:
    with opened(source := encoded("mov", video="libx264", audio="pcm_s16le")) as container:
        assert container.streams.audio[0].codec_context.name == "pcm_s16le"
    rendition, data = render(source)
    assert rendition.transcoded
    assert packets(data, "video") == packets(source, "video")


@pytest.mark.parametrize(("turn", "browser_can"), [(-90, True), (90, False), (180, False)])
def test_a_turned_picture_stays_upright(turn: int, browser_can: bool) -> None:  # noqa: FBT001
    source = made() if browser_can else encoded("mp4", video="mpeg4", audio="aac")
    turned = remuxed(source, "mp4", lambda muxer: muxer.streams.video[0].set_display_rotation(turn))
    rendition, data = render(turned)
    assert rendition.transcoded is not browser_can
    assert (rendition.width, rendition.height) == ((160, 90) if turn == 180 else (90, 160))
    video = probe(BytesIO(data), name="rendition").video
    assert video is not None
    assert video.rotation == (-turn % 360 if browser_can else 0)


def test_nothing_but_sound_and_picture_is_taken_over(clip: bytes) -> None:
    secret = b"Anna Muster +48.2082+016.3738"

    def describe(muxer: av.container.OutputContainer) -> None:
        muxer.metadata.update(
            title=secret.decode(),
            location=secret.decode(),
            comment=secret.decode(),
            creation_time="2024-05-06T07:08:09Z",
        )
        muxer.streams.video[0].metadata["handler_name"] = secret.decode()
        whole = {
            "id": 1,
            "start": 0,
            "end": 1000,
            "time_base": Fraction(1, 1000),
            "metadata": {"title": secret.decode()},
        }
        muxer.set_chapters([whole])  # type: ignore[list-item]

    for container in ("mp4", "matroska"):
        told = remuxed(clip, container, describe)
        assert secret in told
        _, data = render(told)
        assert b"Muster" not in data
        assert b"48.2082" not in data
        with opened(data) as rendered:
            assert not rendered.chapters()
            assert "creation_time" not in rendered.metadata
            assert {stream.type for stream in rendered.streams} == {"video", "audio"}
        for kind in (b"mvhd", b"tkhd", b"mdhd"):
            at = data.index(kind) + 8
            assert struct.unpack(">II", data[at : at + 8]) == (0, 0), "no date of making"


def test_progress_grows_to_one_and_a_cancel_leaves_nothing(clip: bytes) -> None:
    told: list[float] = []
    render_into(BytesIO(), clip, told.append, lambda: False)
    assert told == sorted(told)
    assert (0 <= told[0], told[-1]) == (True, 1.0)
    for steps in range(len(told) - 1):
        out = BytesIO()
        answers = iter([False] * steps + [True])
        with pytest.raises(ImportCancelled):
            render_into(out, clip, told.append, answers.__next__)
        assert out.getvalue() == b""


def render_into(out: BytesIO, data: bytes, progress: Callable[[float], None], cancelled: Callable[[], bool]) -> None:
    make_rendition([BytesIO(data)], out, progress=progress, cancelled=cancelled)


def test_a_recording_that_ends_before_it_says_is_refused_and_leaves_nothing(clip: bytes) -> None:
    whole = remuxed(made(duration_s=8.0), "matroska")
    assert render(whole)[0].duration_s == pytest.approx(8.0, abs=0.1)
    out = BytesIO()
    with pytest.raises(RecordingError, match=r"session\.mkv is cut off: it should last 0:08 and ends at 0:0\d"):
        make_rendition(
            [BytesIO(whole[: len(whole) // 2])],
            out,
            progress=lambda _: None,
            cancelled=lambda: False,
            names=["session.mkv"],
        )
    assert out.getvalue() == b""


def test_clips_glued_together_are_refused_because_their_clock_jumps(clip: bytes) -> None:
    transport = remuxed(clip, "mpegts", offset_s=70)
    out = BytesIO()
    with pytest.raises(RecordingError) as caught:
        make_rendition([BytesIO(transport * 2)], out, progress=lambda _: None, cancelled=lambda: False)
    assert caught.value.code == "jumps"
    assert out.getvalue() == b""
    assert render(transport, transport)[0].duration_s == pytest.approx(8.0, abs=0.2)


def test_errors_of_the_scratch_pass_through(clip: bytes) -> None:
    class Full(BytesIO):
        def write(self, _data: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        make_rendition([BytesIO(clip)], Full(), progress=lambda _: None, cancelled=lambda: False)


def test_no_part_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one file"):
        render()
