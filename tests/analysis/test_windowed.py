import json
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from dialogram.analysis import correlate_windows
from dialogram.analysis.windowed import Convention
from dialogram.timeline import Trace


def _hands(size: int, *, step_s: float = 1.0, gaps: bool = False) -> tuple[Trace, Trace]:
    rng = np.random.default_rng(12)
    x, y = 50 + np.cumsum(rng.normal(size=(2, size)), axis=1)
    x[size // 3 : size // 3 + 25] = 40.0  # a resting hand: windows in it do not vary
    y[size // 3 - 5 : size // 3 + 30] = 0.1 + 0.2
    if gaps:
        x[10:18], y[rng.random(size) < 0.1] = np.nan, np.nan
    return Trace(values=x, step_s=step_s, name="client"), Trace(values=y, step_s=step_s, name="therapist")


def _smooth(size: int) -> NDArray[np.float64]:
    return np.convolve(np.random.default_rng(6).normal(size=size + 40), np.hanning(41), "valid")


def _pearson(x: NDArray[np.float64], y: NDArray[np.float64], window: int) -> float:
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if x.size < max(2, window / 2) or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan
    return float(np.corrcoef(x, y)[0, 1])


def _windows(
    x: NDArray[np.float64], y: NDArray[np.float64], *, window: int, most: int, hop: int, convention: Convention
) -> list[list[float]]:
    """Both conventions word by word, one window after the other."""
    rows = []
    for k in range(math.ceil((x.size - window - most + 1) / hop)):
        row = []
        for lag in range(-most, most + 1):
            at_x = at_y = k * hop
            if convention == "rmea":
                if lag >= 0:
                    at_y += lag
                else:
                    at_x -= lag
            else:
                at_x, at_y = at_x + most, at_y + most
                if lag >= 0:
                    at_x -= lag
                else:
                    at_y += lag
            row.append(_pearson(x[at_x : at_x + window], y[at_y : at_y + window], window))
        rows.append(row)
    return rows


@pytest.mark.parametrize("convention", ["boker", "rmea"])
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize(("window", "most", "hop"), [(20, 4, 1), (15, 3, 7), (40, 0, 10)])
def test_equals_its_definition(
    window: int,
    most: int,
    hop: int,
    gaps: bool,  # noqa: FBT001  # a parameter of the test
    convention: Convention,
) -> None:
    a, b = _hands(140, gaps=gaps)
    found = correlate_windows(a, b, window_s=window, most_lag_s=most, hop_s=hop, convention=convention)
    expected = np.array(_windows(a.values, b.values, window=window, most=most, hop=hop, convention=convention))
    assert np.isnan(expected).any() or window == 40
    np.testing.assert_allclose(found.r, expected, rtol=0, atol=1e-9)
    z = np.abs(np.arctanh(expected[np.abs(expected) < 1]))
    assert found.mean_absolute_z == pytest.approx(z.mean(), abs=1e-9)


def test_a_window_that_hardly_moves_keeps_its_digits() -> None:
    """A hand that moves by a millionth beside leaps: differences of long sums alone would have lost it."""
    rng = np.random.default_rng(3)
    x = np.concatenate([1e4 * rng.normal(size=4000), 50 + 1e-4 * rng.normal(size=100)])
    y = np.concatenate([1e4 * rng.normal(size=4000), 50 + (x[4000:] - 50) + 1e-4 * rng.normal(size=100)])
    found = correlate_windows(
        Trace(values=x, step_s=1.0), Trace(values=y, step_s=1.0), window_s=50, most_lag_s=0, peak_s=1
    )
    assert found.r[-1, 0] == pytest.approx(np.corrcoef(x[-50:], y[-50:])[0, 1], abs=1e-9)


@pytest.mark.parametrize("convention", ["boker", "rmea"])
@pytest.mark.parametrize(("shift", "step_s"), [(5, 0.5), (-3, 1.0), (0, 1.0)])
def test_a_known_shift_is_picked_in_every_window(shift: int, step_s: float, convention: Convention) -> None:
    hand = _smooth(520)
    a = Trace(values=hand[20:480], step_s=step_s, name="client")
    b = Trace(values=hand[20 - shift : 480 - shift], step_s=step_s, name="therapist")
    found = correlate_windows(a, b, convention=convention)
    assert set(found.peak_lags_s.tolist()) == {shift * step_s}
    np.testing.assert_allclose(found.peak_r, 1.0)
    follower = {5: "therapist follows by 2.5 s", -3: "client follows by 3 s", 0: "nobody follows"}[shift]
    assert found.summary().endswith(f"by the median, {follower}.")


def test_who_leads_may_change_within_a_session() -> None:
    hand = _smooth(820)
    late = np.concatenate([hand[7:410], hand[413:806]])
    found = correlate_windows(Trace(values=hand[10:806], step_s=1.0), Trace(values=late, step_s=1.0), window_s=40)
    assert (found.peak_lags_s[:300] == 3).all()
    assert (found.peak_lags_s[420:] == 0).all()


def test_the_peak_nearest_to_no_lag_is_picked_even_if_another_is_higher() -> None:
    time = np.arange(400.0)
    wave = np.sin(2 * np.pi * time / 12)
    found = correlate_windows(
        Trace(values=wave, step_s=1.0), Trace(values=np.roll(wave, 2), step_s=1.0), window_s=48, most_lag_s=16
    )
    assert set(found.peak_lags_s.tolist()) == {2.0}, "not −10 nor 14, as high"


def test_a_peak_has_both_its_sides() -> None:
    """Rising to the last lag looked at is no peak."""
    hand = _smooth(320)
    a, b = Trace(values=hand[8:], step_s=1.0), Trace(values=hand[:-8], step_s=1.0)
    assert np.isnan(correlate_windows(a, b, most_lag_s=5).peak_r).all()
    assert set(correlate_windows(a, b, most_lag_s=12).peak_lags_s.tolist()) == {8.0}


@pytest.mark.parametrize(("convention", "starts_s"), [("rmea", [30.0, 32.0]), ("boker", [33.0, 35.0])])
def test_windows_are_told_in_media_time(convention: Convention, starts_s: list[float]) -> None:
    values = np.random.default_rng(2).normal(size=100)
    a, b = (Trace(values=values, step_s=0.5, start_s=30.0) for _ in range(2))
    found = correlate_windows(a, b, window_s=20, most_lag_s=3, hop_s=2, convention=convention)
    assert found.starts_s[:2].tolist() == starts_s


def test_the_result_is_plain() -> None:
    a, b = _hands(140, gaps=True)
    found = correlate_windows(a, b, window_s=20, most_lag_s=2, hop_s=10)
    written = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert written["lags_s"] == [-2, -1, 0, 1, 2]
    np.testing.assert_array_equal(np.array(written["r"], dtype=np.float64), found.r)
    assert None in [each for row in written["r"] for each in row]


def test_flat_traces_say_so() -> None:
    a = Trace(values=[50.0] * 100, step_s=1.0)
    found = correlate_windows(a, a)
    assert "nothing correlates" in found.summary()
    assert math.isnan(found.mean_absolute_z)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window_s": 0.0}, "window_s: expected more than 0 s"),
        ({"hop_s": -1.0}, "hop_s: expected more than 0 s"),
        ({"most_lag_s": math.nan}, "most_lag_s: expected 0 s or more"),
        ({"window_s": 98.0}, "window_s: expected windows of two bins or more that fit 100 s"),
        ({"convention": "other"}, "convention: expected 'boker' or 'rmea'"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, float], message: str) -> None:
    a = Trace(values=np.arange(100.0), step_s=1.0)
    with pytest.raises(ValueError, match=message):
        correlate_windows(a, a, **options)  # type: ignore[arg-type]  # wrong on purpose
