from fractions import Fraction
from io import BytesIO

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from tests.archive.recording.clips import encoded, render

from dialogram.archive.recording import ImportCancelled, RecordingError, loudness_peaks

RATE = 48_000


def steps(codec: str, container: str, sample_format: str) -> BytesIO:
    """Make four seconds whose loudness is 0.1, 0.2, 0.4 and 0.8, second by second."""
    t = np.arange(4 * RATE) / RATE
    wave = np.sin(2 * np.pi * 440 * t) * np.array([0.1, 0.2, 0.4, 0.8])[t.astype(int)]
    file = BytesIO()
    with av.open(file, "w", format=container) as muxer:
        stream = muxer.add_stream(codec, rate=RATE, layout="mono", format=sample_format)
        assert isinstance(stream, AudioStream)
        for at in range(0, wave.size, 4800):
            frame = av.AudioFrame.from_ndarray(wave[None, at : at + 4800].astype(np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
            muxer.mux(stream.encode(frame))
        muxer.mux(stream.encode(None))
    return BytesIO(file.getvalue())


@pytest.mark.parametrize(
    ("codec", "container", "sample_format"),
    [("pcm_s16le", "wav", "s16"), ("pcm_u8", "wav", "u8"), ("pcm_s32le", "wav", "s32"), ("pcm_f32le", "wav", "flt"),
     ("flac", "flac", "s16"), ("aac", "mp4", "fltp")],
)  # fmt: skip
def test_each_bin_has_the_peak_of_its_own_stretch(codec: str, container: str, sample_format: str) -> None:
    peaks = loudness_peaks(steps(codec, container, sample_format), bins=40)
    assert peaks.dtype == np.float32
    inner = peaks.reshape(4, 10)[:, 2:-2]  # a lossy coding smears the edges
    assert inner == pytest.approx(np.repeat([[0.1], [0.2], [0.4], [0.8]], 6, axis=1), abs=0.03)


def test_bins_finer_than_a_frame_are_all_filled() -> None:
    peaks = loudness_peaks(steps("aac", "mp4", "fltp"), bins=1000)
    assert (peaks[10:-10] > 0.05).mean() == 1.0


def test_sound_that_changes_its_kind_is_heard_to_the_end() -> None:
    glued = steps("aac", "adts", "fltp").getvalue() + encoded("adts", video=None, audio="aac")
    peaks = loudness_peaks(BytesIO(glued), bins=6)
    assert (peaks[:4] > 0.15).all()
    assert peaks[4] == pytest.approx(0.25, abs=0.05)  # of the second piece; the file only guesses how long it is


def test_a_silent_film_has_no_peaks() -> None:
    _, data = render(encoded("avi", video="mpeg4", audio=None))
    assert loudness_peaks(BytesIO(data)).size == 0


def test_it_can_be_cancelled_and_refuses_what_is_no_recording(clip: bytes) -> None:
    with pytest.raises(ImportCancelled):
        loudness_peaks(BytesIO(clip), cancelled=lambda: True)
    with pytest.raises(RecordingError, match="is text"):
        loudness_peaks(BytesIO(b"words"))
    with pytest.raises(ValueError, match="bins"):
        loudness_peaks(BytesIO(clip), bins=0)
