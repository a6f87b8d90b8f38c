"""Which p to believe: every test, and every one that was tried, on pairs of which is known how far they go together.

`python -m benchmarks.calibration [PAIRS]`. Reproduces the tables of docs/explanation/can-i-believe-this-p.md. A rate
near .05 has a standard error of .22/√PAIRS. The couples who never met come from `DIALOGRAM_SHARED`.

`python -m benchmarks.calibration sessions [SESSIONS]`: which interval to believe of one session.
`python -m benchmarks.calibration cohorts [COHORTS]`: which interval to believe of few dyads.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from benchmarks import cohort_intervals, session_intervals
from numpy.lib.stride_tricks import sliding_window_view
from numpy.polynomial import Polynomial
from tests.analysis.smooth_pairs import draw_bursts, draw_pairs, pair_who_never_met
from tests.reference.couples import read_couples

from dialogram.analysis import swings
from dialogram.analysis.correlation import (
    Floats,
    autocorrelate,
    correlate,
    correlate_circular_shifts,
    correlate_truncated_shifts,
)
from dialogram.analysis.effective_n import effective_n_of_pairs
from dialogram.analysis.level import compare_level
from dialogram.analysis.shape import circular_shift_p, truncated_shift_p
from dialogram.analysis.student import correlation_p
from dialogram.analysis.swings import swing_p

PAIRS = 2000
SHARED = Path(os.environ.get("DIALOGRAM_SHARED", Path(__file__).parents[2] / "shared")) / "data"
SITUATIONS: dict[str, dict[str, float]] = {
    "none": {},
    "drift": {"drift": 1},
    "drift 1.4": {"drift": 1.4},
    "drift 3": {"drift": 3},
    ".3": {"r": 0.3},
    ".3 late": {"r": 0.3, "late": 3},
    ".5": {"r": 0.5},
    ".5 drift": {"r": 0.5, "drift": 1},
    ".5 late": {"r": 0.5, "late": 3},
    ".5 both": {"r": 0.5, "drift": 1, "late": 3},
}
AN_HOUR: dict[str, dict[str, float]] = {
    "none": {"bins": 3000},
    ".3": {"bins": 3000, "r": 0.3},
    ".3 late": {"bins": 3000, "r": 0.3, "late": 3},
}
type Test = Callable[[Floats, Floats, float], float]


def usual(a: Floats, b: Floats, _: float) -> float:
    return correlation_p(correlate(a, b), int(np.sum(~np.isnan(a + b))))


def effective(a: Floats, b: Floats, _: float) -> float:
    return correlation_p(correlate(a, b), effective_n_of_pairs(a, b))


def circular_best(a: Floats, b: Floats, step_s: float) -> float:
    """Each circular shift with its best lag of ± 5 s, against those more than 10 s away."""
    most = int(5 / step_s)
    r = np.abs(np.nan_to_num(correlate_circular_shifts(a, b)))
    best = sliding_window_view(np.concatenate([r[-most:], r, r[:most]]), 2 * most + 1).max(axis=1)
    away = best[2 * most + 1 : -2 * most]
    return float((1 + np.sum(away >= best[0])) / (1 + away.size))


def truncated_best(a: Floats, b: Floats, step_s: float, *, part: int, all_shifts: bool) -> float:
    """Each truncated shift with its best lag of ± 5 s; all of them, or those more than 10 s away."""
    most = int(5 / step_s)
    r = np.abs(np.nan_to_num(correlate_truncated_shifts(a, b, a.size // part)))
    best = sliding_window_view(r, 2 * most + 1).max(axis=1)
    shift = np.arange(best.size) - best.size // 2
    others = best[shift != 0] if all_shifts else best[np.abs(shift) > 2 * most]
    return float((1 + np.sum(others >= best[shift == 0])) / (1 + others.size))


def without_trend(test: Test, degree: int) -> Test:
    def out(x: Floats) -> Floats:
        at, there = np.arange(x.size), ~np.isnan(x)
        return np.asarray(x - Polynomial.fit(at[there], x[there], degree)(at))

    return lambda a, b, step_s: test(out(a), out(b), step_s)


def of_changes(test: Test, *, whitened: bool) -> Test:
    """On first differences, or on what an AR(1) leaves."""

    def change(x: Floats) -> Floats:
        kept = autocorrelate(x, 1)[0][0] if whitened else 1.0
        centred = x - np.nanmean(x)
        return np.asarray(centred[1:] - kept * centred[:-1])

    return lambda a, b, step_s: test(change(a), change(b), step_s)


def swings_one_drift(a: Floats, b: Floats, step_s: float, *, drift: int, most: int) -> float:
    """Signs of swings with one drift taken out instead of seven, and lags up to ± `most` s."""
    largest = np.zeros((64, 64))
    bins = int(most / step_s)
    for lag in range(-bins, bins + 1):
        pair = np.stack([a[max(0, -lag) : a.size - max(0, lag)], b[max(0, lag) : b.size - max(0, -lag)]])
        pair = pair[:, ~np.isnan(pair).any(axis=0)]
        largest = np.maximum(largest, np.abs(swings._turn_swings(*pair)[drift]))  # noqa: SLF001  # a part of it, tried alone
    return float((largest >= largest[0, 0] - 1e-12).mean())


SHIPPED: dict[str, Test] = {
    "p": usual,
    "p_effective": effective,
    "p_shift": lambda a, b, _: circular_shift_p(a, b)[0],
    "p_truncated": lambda a, b, _: truncated_shift_p(a, b),
    "p_swings": lambda a, b, step_s: swing_p(a, b, step_s=step_s),
}
TRIED: dict[str, Test] = {
    "circular, best of ± 5 s": circular_best,
    "trend out, circular": without_trend(SHIPPED["p_shift"], 1),
    "quadratic out, effective n": without_trend(effective, 2),
    "quadratic out, circular": without_trend(SHIPPED["p_shift"], 2),
    "quadratic out, circular, best": without_trend(circular_best, 2),
    "truncated, best of ± 5 s": lambda a, b, s: truncated_best(a, b, s, part=8, all_shifts=True),
    "truncated n/4, best, away": lambda a, b, s: truncated_best(a, b, s, part=4, all_shifts=False),
    "differences, circular": of_changes(SHIPPED["p_shift"], whitened=False),
    "differences, circular, best": of_changes(circular_best, whitened=False),
    "whitened, circular, best": of_changes(circular_best, whitened=True),
    "swings, drift 1, no lag": lambda a, b, s: swings_one_drift(a, b, s, drift=1, most=0),
    "swings, drift 1, ± 5 s": lambda a, b, s: swings_one_drift(a, b, s, drift=1, most=5),
    "swings, drift 6, ± 5 s": lambda a, b, s: swings_one_drift(a, b, s, drift=6, most=5),
}


def main() -> None:
    if sys.argv[1:2] == ["cohorts"]:
        cohort_intervals.print_coverage(*map(int, sys.argv[2:]))
        return
    if sys.argv[1:2] == ["sessions"]:
        session_intervals.print_coverage(*map(int, sys.argv[2:]))
        return
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    drawn = [(name, 1.0, draw_pairs(1, pairs, **how)) for name, how in SITUATIONS.items()]  # type: ignore[arg-type]
    drawn.append(("bursts", 1.0, draw_bursts(1, pairs)))
    if SHARED.is_dir():
        drawn += [("never met", 2.0, pair_who_never_met(SHARED)), ("couples", 2.0, list(read_couples(SHARED).values()))]
    print(f"\nRejections at .05 of {pairs:,} pairs")
    print_rejections(SHIPPED | TRIED, drawn)
    long = [(name, 1.0, draw_pairs(1, pairs, **how)) for name, how in AN_HOUR.items()]  # type: ignore[arg-type]
    print("\nOf 3,000 bins")
    print_rejections(SHIPPED, long)
    print("\nLevel")
    for name, _, of in (drawn[0], drawn[1], ("3,000 bins", 1.0, long[0][2])):
        levels = [compare_level(a, b) for a, b in of]
        rates = [np.mean([p <= 0.05 for p in ps]) for ps in zip(*((x.p, x.p_effective) for x in levels), strict=True)]
        print(f"{name:<32}paired t {rates[0]:.3f}, effective {rates[1]:.3f}")


def print_rejections(tests: Mapping[str, Test], drawn: Sequence[tuple[str, float, Iterable[Floats]]]) -> None:
    """A row a test, a column a situation."""
    print(f"{'':<32}" + "".join(f"{name:>10}" for name, *_ in drawn))
    for name, test in tests.items():
        rates = [np.mean([test(a, b, step_s) <= 0.05 for a, b in of]) for _, step_s, of in drawn]
        print(f"{name:<32}" + "".join(f"{rate:>10.3f}" for rate in rates), flush=True)


if __name__ == "__main__":
    main()
