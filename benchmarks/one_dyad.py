"""One dyad of 3,000 bins: comparison, lags, windows, rhythms, what `--resample` adds, and circular shifts beside scipy.

`python -m benchmarks.one_dyad`. The targets (DESIGN, section 11): under 20 ms, and 1,000 times as fast as a loop of
10,000 shifts.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
from scipy import signal, stats

from dialogram import Trace, bootstrap_agreement, compare, correlate_windows, describe_dynamics, resample
from dialogram.analysis.shape import circular_shift_p, truncated_shift_p

BINS, LOOP, REPEATS = 3000, 10_000, 50
LIMIT_MS, LEAST_RATIO = 20, 1000


def times_ms(what: Callable[[], object]) -> list[float]:
    what()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        what()
        times.append(1000 * (time.perf_counter() - start))
    return times


def loop_ms(a: np.ndarray, b: np.ndarray) -> float:
    start = time.perf_counter()
    for shift in range(LOOP):
        stats.pearsonr(a, np.roll(b, -shift))
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    a, b = np.clip(50 + np.random.default_rng(1).normal(size=(2, BINS)).cumsum(axis=1), 0, 100)
    gap = a.copy()
    gap[500:560] = np.nan
    client, therapist, broken = (Trace(values=values, step_s=1.0) for values in (a, b, gap))

    print(f"\n{f'{BINS:,} bins, {REPEATS} runs':<40}{'median, ms':>12}{'fastest':>12}{'target':>12}")
    for name, one in (("everything of one dyad", client), ("the same, a minute missing", broken)):
        taken = times_ms(lambda one=one: compare(one, therapist).to_dict())  # type: ignore[misc]  # bound at once
        print(f"{name:<40}{statistics.median(taken):>12.2f}{min(taken):>12.2f}{f'< {LIMIT_MS}':>12}")

    result, rng = compare(client, therapist), np.random.default_rng(1)
    slow = signal.lfilter([1.0], [1.0, -0.95], rng.normal(size=(2, BINS)))
    for name, added in (
        ("windows of a minute, one a second", lambda: correlate_windows(client, therapist)),
        ("lags, windows and rhythms", lambda: describe_dynamics(client, therapist).to_dict()),
        ("2,000 replicates of r, CCC and ICC", lambda: bootstrap_agreement(slow[0], slow[1], step_s=1.0, rng=rng)),
        ("all that --resample adds", lambda: resample(client, therapist, result)),
    ):
        taken = times_ms(added)
        print(f"{name:<40}{statistics.median(taken):>12.2f}{min(taken):>12.2f}")

    peer_ms = loop_ms(a, b)
    print(f"\n{'shifts':<40}{'ms':>12}{'ratio':>12}{'target':>12}")
    print(f"{f'{LOOP:,} × scipy.stats.pearsonr':<40}{peer_ms:>12.0f}{1:>12}")
    for name, null in (
        (f"all {BINS - 1:,} circular shifts", lambda: circular_shift_p(a, b)),
        ("the same, a minute missing", lambda: circular_shift_p(gap, b)),
        (f"{2 * (BINS // 8) + 1} truncated shifts", lambda: truncated_shift_p(a, b)),
    ):
        taken_ms = statistics.median(times_ms(null))
        print(f"{name:<40}{taken_ms:>12.2f}{peer_ms / taken_ms:>12,.0f}{f'≥ {LEAST_RATIO:,}':>12}")


if __name__ == "__main__":
    main()
