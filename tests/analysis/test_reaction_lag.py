import numpy as np
import pytest
from tests.analysis.smooth_pairs import draw_pairs

from dialogram.analysis import estimate_reaction_lag, take_out_reaction_lag
from dialogram.analysis.correlation import Floats, correlate
from dialogram.timeline import Trace


def _smooth(size: int, seed: int = 2) -> Floats:
    return np.asarray(np.convolve(np.random.default_rng(seed).normal(size=size + 39), np.hanning(40), "valid"))


@pytest.mark.parametrize(("shift", "step_s"), [(3, 1.0), (-7, 0.5), (0, 1.0)])
def test_a_known_lag_is_found_and_taken_out(shift: int, step_s: float) -> None:
    hand = _smooth(940)
    a = Trace(values=hand[20:900], step_s=step_s)
    b = Trace(values=hand[20 - shift : 900 - shift] + 0.02 * _smooth(880, seed=5), step_s=step_s)
    lag = estimate_reaction_lag(a.values, b.values, step_s=step_s)
    assert lag.seconds == pytest.approx(shift * step_s, abs=0.1 * step_s)
    assert lag.ci95[0] <= shift * step_s <= lag.ci95[1]
    assert lag.ci95[1] - lag.ci95[0] < step_s
    assert correlate(*(trace.values for trace in take_out_reaction_lag(a, b, lag))) > 0.999
    assert lag.r_corrected > 0.999 >= lag.r or shift == 0


def test_between_bins_too() -> None:
    fine = _smooth(4000)
    a, b = fine[8:3960].reshape(-1, 8).mean(axis=1), fine[4:3956].reshape(-1, 8).mean(axis=1)
    assert estimate_reaction_lag(a, b, step_s=1.0).seconds == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("late", [0, 3])
def test_the_interval_holds_the_lag(late: int) -> None:
    """At least 93 of 100 times; a fixed interval of the median width round 0 would not, 3 s late."""
    found = [estimate_reaction_lag(a, b, step_s=1.0) for a, b in draw_pairs(3, 150, r=0.5, late=late)]
    intervals = np.array([lag.ci95 for lag in found if not np.isnan(lag.seconds)])
    assert len(intervals) > 140
    assert np.mean((intervals[:, 0] <= late) & (late <= intervals[:, 1])) >= 0.93
    assert np.mean((intervals[:, 0] <= late + 2) & (late + 2 <= intervals[:, 1])) < 0.3, "and not just anything"


def test_a_gap_stays_where_it_is() -> None:
    hand = _smooth(900)
    a, b = hand[4:].copy(), hand[:-4].copy()
    a[200:230], b[500:540] = np.nan, np.nan
    assert estimate_reaction_lag(a, b, step_s=1.0).seconds == pytest.approx(4.0, abs=0.05)


def test_rising_to_the_edge_is_no_reaction() -> None:
    hand = _smooth(900)
    lag = estimate_reaction_lag(hand[15:], hand[:-15], step_s=1.0)
    assert np.isnan([lag.seconds, *lag.ci95, lag.r_corrected]).all()
    assert lag.to_dict()["seconds"] is None
    assert "No reaction lag" in lag.summary()
    assert estimate_reaction_lag(hand[15:], hand[:-15], step_s=1.0, most_s=20).seconds == pytest.approx(15, abs=0.1)


@pytest.mark.parametrize("values", [np.full(100, 3.0), np.full(100, np.nan), np.arange(3.0), np.zeros(0)])
def test_what_has_no_course_has_no_lag(values: Floats) -> None:
    lag = estimate_reaction_lag(values, values, step_s=1.0)
    trace = Trace(values=[50.0, 60.0], step_s=1.0)
    assert np.isnan(lag.seconds)
    assert take_out_reaction_lag(trace, trace, lag) == (trace, trace)
