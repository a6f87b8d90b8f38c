"""Windowed cross-correlation of two ratings of 50 minutes, beside pandas' rolling correlation.

`python -m benchmarks.windowed`. 30 bins a second, windows of 60 s, lags of every bin up to ± 5 s, a window each second.
pandas rolls over every bin, and each second's windows are taken from it. The target (DESIGN, section 11): 15 times as
fast.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from dialogram import Trace, correlate_windows
from dialogram.analysis.correlation import Floats

HERTZ, MINUTES, WINDOW_S, LAG_S, REPEATS = 30, 50, 60, 5, 5
LEAST_RATIO = 15


def times_s(what: Callable[[], object], repeats: int) -> list[float]:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        what()
        times.append(time.perf_counter() - start)
    return times


def roll(x: pd.Series, y: pd.Series) -> Floats:
    """The same windows, in rMEA's convention: for either sign of the lag the other series is shifted later."""
    window, most = WINDOW_S * HERTZ, LAG_S * HERTZ
    count = -(-(len(x) - window - most + 1) // HERTZ)
    r = np.empty((count, 2 * most + 1))
    for lag in range(-most, most + 1):
        first, second = (x, y.shift(-lag)) if lag >= 0 else (x.shift(lag), y)
        rolled = first.rolling(window).corr(second).to_numpy()
        r[:, lag + most] = rolled[window - 1 :: HERTZ][:count]
    return r


def main() -> None:
    size = MINUTES * 60 * HERTZ
    x, y = 50 + np.random.default_rng(1).normal(size=(2, size)).cumsum(axis=1)
    gap = x.copy()
    gap[size // 2 : size // 2 + 60 * HERTZ] = np.nan
    a, b, broken = (Trace(values=values, step_s=1 / HERTZ) for values in (x, y, gap))

    ours = correlate_windows(a, b, convention="rmea").r
    start = time.perf_counter()
    theirs = roll(pd.Series(x), pd.Series(y))
    peer_s = time.perf_counter() - start

    print(f"\n{f'{ours.shape[0]:,} windows × {ours.shape[1]} lags':<40}{'s':>10}{'ratio':>10}{'target':>10}")
    print(f"{f'pandas {pd.__version__}, rolling':<40}{peer_s:>10.2f}{1:>10}")
    for name, first, convention in (
        ("rMEA's convention", a, "rmea"),
        ("Boker's", a, "boker"),
        ("Boker's, a minute missing", broken, "boker"),
    ):
        taken = times_s(lambda first=first, kind=convention: correlate_windows(first, b, convention=kind), REPEATS)  # type: ignore[misc]  # bound at once
        taken_s = statistics.median(taken)
        print(f"{name:<40}{taken_s:>10.3f}{peer_s / taken_s:>10.0f}{f'≥ {LEAST_RATIO}':>10}")
    print(f"largest difference from pandas: {np.nanmax(np.abs(ours - theirs)):.1e}")


if __name__ == "__main__":
    main()
