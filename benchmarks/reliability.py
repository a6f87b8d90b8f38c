"""Agreement of five raters over 90,000 bins, ICC beside pingouin.

`python -m benchmarks.reliability`. 50 minutes at 30 bins a second. The targets (DESIGN, section 11): ICC 50 times as
fast as pingouin, 2,000 replicates of its bootstrap under 0.1 s.
"""

import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pingouin
from scipy.signal import lfilter

from dialogram import (
    Trace,
    bootstrap_intraclass,
    build_consensus,
    correlate_intraclass,
    measure_alpha,
    measure_reliability,
)
from dialogram.analysis.correlation import Floats
from dialogram.analysis.krippendorff import Measurement

RATERS, BINS, HERTZ, REPEATS = 5, 90_000, 30, 20
LEAST_RATIO, LIMIT_MS = 50, 100
PINGOUIN = dict(zip(("1", "A,1", "C,1", "k", "A,k", "C,k"), ("1,1", "A,1", "C,1", "1,k", "A,k", "C,k"), strict=True))
"""pingouin's names for McGraw and Wong's."""
MEASUREMENTS: tuple[Measurement, ...] = ("interval", "nominal", "ordinal", "ratio")


def median_ms(what: Callable[[], object], repeats: int = REPEATS) -> float:
    what()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        what()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def draw_ratings() -> Floats:
    """AR(.999) traces, 33 s to fall to 1/e, of one course that each follows half."""
    smooth = lfilter([1.0], [1.0, -0.999], np.random.default_rng(1).normal(size=(RATERS + 1, BINS)))
    return np.asarray(50 + (smooth[0] + smooth[1:]) / 3)


def main() -> None:
    ratings = draw_ratings()
    rater, unit = np.indices(ratings.shape)
    table = pd.DataFrame({"unit": unit.ravel(), "rater": rater.ravel(), "rating": ratings.ravel()})

    def by_pingouin() -> pd.DataFrame:
        return pingouin.intraclass_corr(table, targets="unit", raters="rater", ratings="rating")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, about pingouin
        peer_ms = median_ms(by_pingouin, 5)
        theirs = by_pingouin().set_index("Type")["ICC"]
    taken_ms = median_ms(lambda: correlate_intraclass(ratings))
    print(f"\n{f'six ICC, {RATERS} × {BINS:,}':<44}{'ms':>10}{'ratio':>10}{'target':>10}")
    print(f"{f'pingouin {pingouin.__version__}':<44}{peer_ms:>10.1f}{1:>10}")
    print(f"{'correlate_intraclass':<44}{taken_ms:>10.2f}{peer_ms / taken_ms:>10.0f}{f'≥ {LEAST_RATIO}':>10}")
    ours = {f"ICC({PINGOUIN[form.mcgraw_wong]})": form.value for form in correlate_intraclass(ratings).forms}
    apart = max(abs(value - theirs[name]) for name, value in ours.items())
    print(f"largest difference from pingouin: {apart:.1e}")

    rng = np.random.default_rng(2)
    traces = [Trace(values=row, step_s=1 / HERTZ, name=f"rater {index}") for index, row in enumerate(ratings)]
    print(f"\n{f'{RATERS} × {BINS:,}':<44}{'ms':>10}{'target':>20}")
    for name, what, target in (
        (
            "ICC with 2,000 replicates of blocks",
            lambda: bootstrap_intraclass(ratings, step_s=1 / HERTZ, rng=rng),
            f"< {LIMIT_MS}",
        ),
        *((f"α, {of}", lambda of=of: measure_alpha(ratings, of), "") for of in MEASUREMENTS),
        ("consensus, lags taken out", lambda: build_consensus(traces), ""),
        ("all that `dialogram reliability` prints", lambda: measure_reliability(traces), ""),
    ):
        print(f"{name:<44}{median_ms(what, 7):>10.1f}{target:>20}")


if __name__ == "__main__":
    main()
