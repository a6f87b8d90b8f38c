import random
import struct
from io import BytesIO
from pathlib import Path

import av
import pytest
from tests.archive.recording.clips import encoded, made, opened, remuxed

from dialogram.archive.recording import AudioStream, RecordingError, probe

SECRET = "Anna Muster, Tuesday, 10 o'clock"


def refused(data: bytes, *, name: str = "session.mp4") -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        probe(BytesIO(data), name=name)
    message = str(caught.value)
    assert message.startswith(name), message
    assert "\n" not in message
    assert "Invalid data" not in message
    return caught.value


def test_a_recording_says_what_it_holds(clip: bytes) -> None:
    source = BytesIO(clip)
    found = probe(source, name="session.mp4")
    assert (found.container, found.audio) == ("mov", AudioStream("aac", 48_000, 1))
    assert found.duration_s == pytest.approx(4.0, abs=0.05)
    assert found.video is not None
    assert (found.video.codec, found.video.width, found.video.height) == ("h264", 160, 90)
    assert (found.video.frame_rate, found.video.variable, found.video.rotation) == (25.0, False, 0)
    assert source.tell() == 0


def test_the_name_is_not_believed(clip: bytes) -> None:
    assert probe(BytesIO(clip), name="session.txt").container == "mov"


def test_variable_frame_rate_is_noticed() -> None:
    video = probe(BytesIO(made(variable=True)), name="zoom.mp4").video
    assert video is not None
    assert video.variable


def test_milliseconds_are_no_variation() -> None:
    video = probe(BytesIO(made(container="webm", fps=30)), name="steady.webm").video
    assert video is not None
    assert not video.variable


def test_a_live_webm_does_not_say_its_length(live_webm: bytes) -> None:
    assert probe(BytesIO(live_webm), name="live.webm").duration_s is None


@pytest.mark.parametrize(
    ("container", "video", "audio"),
    [
        ("avi", "mpeg4", "mp3"), ("mpegts", "mpeg2video", "mp2"), ("asf", "wmv2", "wmav2"), ("wav", None, "pcm_s16le"),
        ("mp3", None, "mp3"), ("flac", None, "flac"), ("ogg", None, "libopus"), ("adts", None, "aac"),
        ("mov", "mjpeg", "pcm_s16le"), ("vob", "mpeg2video", "mp2"), ("aiff", None, "pcm_s16be"),
    ],
)  # fmt: skip
def test_what_recorders_write_is_known(container: str, video: str | None, audio: str | None) -> None:
    if video == "mjpeg":
        video = "mpeg4"
    found = probe(BytesIO(encoded(container, video=video, audio=audio)), name="session")
    assert (found.video is not None, found.audio is not None) == (video is not None, audio is not None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\x00", "unknown"),
        (SECRET.encode(), "text"),
        (("\ufeff" + SECRET).encode("utf-16-le"), "text"),
        (SECRET.encode() * 1000, "text"),
        (b"ffconcat version 1.0\nfile 'secret.mp4'\n", "playlist"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nfile:///etc/passwd\n", "playlist"),
        (b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/x.ts\n", "playlist"),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n", "playlist"),
        (b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>', "playlist"),
        (b"%PDF-1.7\n\x00\x01", "unknown"),
        (b"PK\x03\x04" + bytes(60), "unknown"),
        (b"\xff\xd8\xff\xe0" + bytes(60), "unknown"),
        (b"\x7fELF" + bytes(60), "unknown"),
        (random.Random(3).randbytes(5000), "unknown"),
        (b"\x1a\x45\xdf\xa3" + bytes(3000), "damaged"),
        (b"OggS" + bytes(3000), "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_recording_is_refused_in_one_sentence(data: bytes, code: str) -> None:
    error = refused(data)
    assert error.code == code, str(error)
    assert "Muster" not in str(error)
    assert "passwd" not in str(error)


def test_a_playlist_does_not_reach_the_file_it_names(tmp_path: Path, clip: bytes) -> None:
    (tmp_path / "secret.mp4").write_bytes(clip)
    script = tmp_path / "session.mp4"
    script.write_text(f"ffconcat version 1.0\nfile '{tmp_path / 'secret.mp4'}'\n")
    with av.open(str(script), options={"safe": "0"}) as fooled:  # what would happen if the demuxer were guessed
        assert fooled.streams.video
    with script.open("rb") as source, pytest.raises(RecordingError) as caught:
        probe(source, name="session.mp4")
    assert caught.value.code == "playlist"


def test_a_cut_off_mp4_says_so(clip: bytes) -> None:
    assert "table of contents" in str(refused(clip[: clip.index(b"moov") - 4]))
    assert "87 % of it is missing" in str(refused(clip[: len(clip) // 8]))
    assert refused(clip[:-10]).code == "cut_off"


def test_a_cut_off_mp4_with_its_index_first_says_how_much_is_missing(clip: bytes) -> None:
    moved = BytesIO()
    with opened(clip) as source, av.open(moved, "w", format="mp4", options={"moov_size": "20000"}) as muxer:
        streams = [muxer.add_stream_from_template(stream, opaque=True) for stream in source.streams.get()]
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                muxer.mux_one(packet)
    whole = moved.getvalue()
    assert probe(BytesIO(whole), name="whole.mp4").duration_s
    error = refused(whole[: len(whole) * 6 // 10])
    assert error.code == "cut_off"
    assert "40 %" in str(error)


def test_what_a_recorder_leaves_behind_the_last_box_is_no_damage(clip: bytes) -> None:
    assert probe(BytesIO(clip + b"\xff" * 40), name="session.mp4").video is not None


def test_media_in_another_file_are_refused(clip: bytes) -> None:
    inside, elsewhere = b"url \x00\x00\x00\x01", b"url \x00\x00\x00\x00"
    assert inside in clip
    assert refused(clip.replace(inside, elsewhere)).code == "external"


def test_absurd_claims_are_refused_before_they_cost_memory(clip: bytes) -> None:
    at = clip.index(b"stsz") + 12
    assert refused(clip[:at] + struct.pack(">I", 2**31) + clip[at + 4 :]).code == "absurd"


def test_a_recording_of_days_is_refused() -> None:
    webm = made(container="webm", duration_s=1.0)
    at = webm.index(b"\x44\x89\x88") + 3  # Duration, in milliseconds
    assert probe(BytesIO(webm), name="session.webm").duration_s == pytest.approx(1.0, abs=0.1)
    assert refused(webm[:at] + struct.pack(">d", 25 * 3.6e6) + webm[at + 8 :]).code == "absurd"


@pytest.mark.parametrize("rate", [1, 2**30])
def test_sounds_no_recorder_makes_are_refused(rate: int) -> None:
    wav = encoded("wav", video=None, audio="pcm_s16le")
    assert probe(BytesIO(wav), name="session.wav").audio == AudioStream("pcm_s16le", 48_000, 2)
    assert refused(wav[:24] + struct.pack("<I", rate) + wav[28:], name="session.wav").code == "absurd"


def test_many_tracks_are_refused(clip: bytes) -> None:
    track = struct.pack(">I4s", 8, b"trak") * 40
    ftyp = struct.unpack(">I", clip[:4])[0]
    moov = struct.pack(">I4s", len(track) + 8, b"moov") + track
    assert refused(clip[:ftyp] + moov + clip[ftyp:]).code == "absurd"


def test_rotation_is_what_a_player_turns_by(clip: bytes) -> None:
    turned = remuxed(clip, "mp4", lambda muxer: muxer.streams.video[0].set_display_rotation(-90))
    video = probe(BytesIO(turned), name="phone.mp4").video
    assert video is not None
    with opened(turned) as container:
        anticlockwise = next(container.decode(video=0)).rotation
    assert video.rotation == -anticlockwise % 360 in (90, 270)


def test_errors_of_the_source_pass_through(clip: bytes) -> None:
    class Failing(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 8192:
                raise ConnectionError("the vault is closed")
            return super().read(size)

    with pytest.raises(ConnectionError):
        probe(Failing(clip), name="session.mp4")
