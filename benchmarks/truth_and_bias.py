"""Truth-and-Bias with random slopes of 1,000 dyads, beside statsmodels' MixedLM; with AR(1) residuals of 200.

`python -m benchmarks.truth_and_bias`. The targets (DESIGN, section 11): 10 times as fast as MixedLM, which fits once
where `fit_truth_and_bias` fits twice (raw and in units of SD); AR(1) under a second (nlme takes 344 s).
"""

import time
from collections.abc import Callable

import numpy as np
from scipy.signal import lfilter
from statsmodels.regression.mixed_linear_model import MixedLM

from dialogram import JudgedDyad, Trace, TruthAndBias, fit_truth_and_bias

DYADS, BINS, DYADS_AR1, RUNS = 1_000, 458, 200, 3
LEAST_RATIO, LIMIT_AR1_S = 10, 1


def simulate(rng: np.random.Generator, count: int, *, rho: float) -> list[JudgedDyad]:
    found = []
    for index in range(count):
        truth = 50 + lfilter([1.0], [1.0, -0.95], 4 * rng.normal(size=BINS))
        own = lfilter([1.0], [1.0, -rho], 6 * rng.normal(size=BINS))
        judge = truth.mean() - 3 + rng.normal(0, 4) + rng.normal(0.5, 0.2) * (truth - truth.mean()) + own
        traces = (Trace(values=values, step_s=6.55) for values in (judge, truth))
        found.append(JudgedDyad(name=str(index), judge=next(traces), truth=next(traces)))
    return found


def best_s[Result](what: Callable[[], Result], runs: int) -> tuple[float, Result]:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = what()
        times.append(time.perf_counter() - start)
    return min(times), result


def fit_peer(dyads: list[JudgedDyad]) -> tuple[np.ndarray, np.ndarray, float]:
    truths = np.concatenate([dyad.truth.values - dyad.truth.values.mean() for dyad in dyads])
    judges = np.concatenate([dyad.judge.values - dyad.truth.values.mean() for dyad in dyads])
    rows = np.column_stack([np.ones(truths.size), truths])
    fit = MixedLM(judges, rows, groups=np.repeat(np.arange(len(dyads)), BINS), exog_re=rows).fit(reml=True)
    return fit.fe_params, fit.cov_re, fit.scale


def line(name: str, seconds: float, ratio: str, target: str, *estimates: float) -> None:
    print(f"{name:<34}{seconds:>9.2f}{ratio:>9}{target:>9}" + "".join(f"{each:>12.5f}" for each in estimates))


def estimates_of(fit: TruthAndBias) -> tuple[float, ...]:
    between = fit.between_dyads
    return fit.bias.b, fit.tracking.b, between.var_bias, between.var_tracking, fit.residual


def main() -> None:
    rng = np.random.default_rng(1)
    dyads = simulate(rng, DYADS, rho=0.0)
    fit_truth_and_bias(dyads[:9], residuals="iid")  # scipy's optimiser is loaded when first asked for
    ours_s, ours = best_s(lambda: fit_truth_and_bias(dyads, residuals="iid"), RUNS)
    peer_s, (b, covariance, residual) = best_s(lambda: fit_peer(dyads), 1)
    print(f"\n{f'{DYADS:,} dyads × {BINS}, random slopes':<34}{'s':>9}{'ratio':>9}{'target':>9}", end="")
    print("".join(f"{name:>12}" for name in ("bias", "tracking", "var bias", "var tracking", "residual")))
    line("statsmodels MixedLM, one fit", peer_s, "1", "", *b, covariance[0, 0], covariance[1, 1], residual)
    line("fit_truth_and_bias, two fits", ours_s, f"{peer_s / ours_s:.0f}", f"≥ {LEAST_RATIO}", *estimates_of(ours))
    following = simulate(rng, DYADS_AR1, rho=0.9)
    ar1_s, ar1 = best_s(lambda: fit_truth_and_bias(following, residuals="ar1"), RUNS)
    line(f"AR(1), {DYADS_AR1} dyads, two fits", ar1_s, "", f"< {LIMIT_AR1_S}", *estimates_of(ar1))


if __name__ == "__main__":
    main()
