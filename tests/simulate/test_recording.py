from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from dialogram.simulate.glyphs import ROWS, draw_text
from dialogram.simulate.recording import SimulatedRecording, make_recording
from dialogram.simulate.scene import NUMBER_BITS, Scene, number_blocks, read_frame_number


def frames(file: BytesIO) -> list[tuple[float, NDArray[np.uint8]]]:
    file.seek(0)
    with av.open(file, "r") as container:
        return [
            (float(frame.time), np.asarray(frame.to_ndarray()[: frame.height], dtype=np.uint8))
            for frame in container.decode(video=0)
        ]


def sound(file: BytesIO) -> NDArray[np.float32]:
    file.seek(0)
    with av.open(file, "r") as container:
        return np.concatenate([frame.to_ndarray()[0].astype(np.float32) for frame in container.decode(audio=0)])


@pytest.mark.parametrize("container", ["mp4", "webm"])
@pytest.mark.parametrize("variable", [False, True])
def test_every_frame_bears_its_number_and_is_shown_at_its_time(
    container: Literal["mp4", "webm"], *, variable: bool
) -> None:
    file = BytesIO()
    made = make_recording(file, duration_s=4.0, seed=3, size=(320, 180), container=container, variable=variable)
    shown = frames(file)
    assert [read_frame_number(luma) for _, luma in shown] == list(range(len(made.frame_times_s)))
    assert [at for at, _ in shown] == pytest.approx(made.frame_times_s, abs=0.001)
    assert (np.ptp(np.diff(made.frame_times_s)) > 0.03) == variable


def test_blocks_are_read_at_any_scale_and_not_where_there_are_none() -> None:
    scene = Scene(640, 360, frame_number=True)
    number = 0b1010_1100_0011_0101
    luma = scene.draw(number, 1.0, None)[:360]
    assert read_frame_number(luma) == number
    assert read_frame_number(luma[::2, ::2]) == number
    assert read_frame_number(luma.repeat(2, axis=0).repeat(2, axis=1)) == number
    assert read_frame_number(Scene(640, 360, frame_number=False).draw(number, 1.0, None)[:360]) is None
    assert read_frame_number(np.zeros((360, 100), np.uint8)) is None


def test_one_wrong_block_is_noticed() -> None:
    scene = Scene(640, 360, frame_number=True)
    for block in range(NUMBER_BITS + 3):
        luma = scene.draw(77, 1.0, None)[:360].copy()
        luma[336:348, 12 * (1 + block) : 12 * (2 + block)] ^= 0xFF
        assert read_frame_number(luma) is None


def test_numbers_have_their_own_blocks() -> None:
    assert len({number_blocks(number).tobytes() for number in range(500)}) == 500


def test_the_clock_shows_the_time_of_the_frame() -> None:
    scene = Scene(640, 360, frame_number=False)
    luma = scene.draw(0, 83.456, None)[:360]
    ink = draw_text("01:23.456", dot_px=3)
    assert np.array_equal(luma[18 : 18 + ink.shape[0], 18 : 18 + ink.shape[1]] > 128, ink)
    assert all(len(row) == 5 for rows in ROWS.values() for row in rows.split())


def test_who_speaks_moves_and_is_heard() -> None:
    file = BytesIO()
    made = make_recording(file, duration_s=20.0, seed=4, size=(320, 180), frame_number=False)
    wave = sound(file)
    spoken = np.zeros(wave.size, dtype=bool)
    for turn in made.turns:
        spoken[round(turn.start_s * 48_000) : round(turn.end_s * 48_000)] = True
    assert np.std(wave[spoken]) > 10 * np.std(wave[~spoken])
    assert {turn.speaker for turn in made.turns} == {"client", "therapist"}
    assert all(one.end_s < other.start_s for one, other in pairwise(made.turns))

    pictures = np.array([luma for _, luma in frames(file)])[:, 20:].astype(float)
    moved = np.abs(np.diff(pictures, axis=0))
    left, right = moved[:, :, :160].mean(axis=(1, 2)), moved[:, :, 160:].mean(axis=(1, 2))
    at = made.frame_times_s[1:]
    for speaker, own, other in (("client", left, right), ("therapist", right, left)):
        during = np.any(
            [(turn.start_s < at) & (at < turn.end_s) for turn in made.turns if turn.speaker == speaker], axis=0
        )
        assert own[during].mean() > 1.5 * other[during].mean()


def test_the_therapist_speaks_lower_than_the_client() -> None:
    file = BytesIO()
    made = make_recording(file, duration_s=30.0, seed=5, audio_only=True)
    wave = sound(file)

    def pitch_hz(turn_start_s: float, turn_end_s: float) -> float:
        piece = wave[round(turn_start_s * 48_000) : round(turn_end_s * 48_000)]
        power = np.abs(np.fft.rfft(piece, n=2**19)) ** 2
        autocorrelation = np.fft.irfft(power)
        lags = np.arange(48_000 // 300, 48_000 // 80)
        return 48_000 / float(lags[np.argmax(autocorrelation[lags])])

    pitches: dict[str, list[float]] = {"client": [], "therapist": []}
    for turn in made.turns:
        pitches[turn.speaker].append(pitch_hz(turn.start_s, turn.end_s))
    assert np.median(pitches["client"]) == pytest.approx(200, rel=0.12)
    assert np.median(pitches["therapist"]) == pytest.approx(120, rel=0.12)


def test_sound_alone_has_no_frames() -> None:
    file = BytesIO()
    made = make_recording(file, duration_s=2.0, seed=1, audio_only=True)
    assert made.frame_times_s.size == 0
    assert sound(file).size == pytest.approx(96_000, abs=2048)


def test_the_same_seed_makes_the_same_file_and_another_another(tmp_path: Path) -> None:
    def make(name: str, seed: int) -> tuple[SimulatedRecording, bytes]:
        path = tmp_path / name
        return make_recording(path, duration_s=2.0, seed=seed, size=(160, 90)), path.read_bytes()

    (one, first), (_, again), (_, other) = make("a.mp4", 1), make("b.mp4", 1), make("c.mp4", 2)
    assert first == again != other
    assert one.duration_s == 2.0


def test_progress_is_told() -> None:
    told: list[float] = []
    make_recording(BytesIO(), duration_s=2.0, seed=1, size=(64, 64), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    "options",
    [{"duration_s": 0.0}, {"duration_s": float("nan")}, {"size": (641, 360)}, {"size": (16, 16)}],
)
def test_impossible_recordings_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="make_recording"):
        make_recording(BytesIO(), **{"duration_s": 1.0, "seed": 1, **options})  # type: ignore[arg-type]
