import numpy as np
from tests.analysis.smooth_pairs import draw_pairs

from dialogram import JudgedDyad, Trace, fit_truth_and_bias
from dialogram.analysis.truth_and_bias import Residuals


def simulate(count: int, *, bins: int = 150, seed: int = 1) -> list[JudgedDyad]:
    """Dyads whose judge follows the truth, two to a therapist."""
    rng = np.random.default_rng(seed)
    dyads = []
    for index in range(count):
        truth = 50 + 5 * rng.normal(size=bins)
        judge = truth + 2 * rng.normal() + (3 + index) * rng.normal(size=bins)
        dyads.append(make(f"d{index}", judge, truth, alliance=float(index % 5), therapist=f"t{index // 2}"))
    return dyads


def make(
    name: str, judge: np.ndarray, truth: np.ndarray, *, alliance: float = 1.0, therapist: str | None = None
) -> JudgedDyad:
    return JudgedDyad(
        name=name,
        judge=Trace(values=judge, step_s=1.0),
        truth=Trace(values=truth, step_s=1.0),
        therapist=therapist,
        moderators={"alliance": alliance},
    )


BIAS, TRACKING = 3.0, 0.4
"""Of the average dyad in `draw_cohort`."""


def draw_cohort(seed: int, count: int, *, skewed: bool = False) -> list[JudgedDyad]:
    """Dyads whose bias and tracking differ, normally or with a long tail to one side; ratings are smooth."""
    rng = np.random.default_rng([seed, 1])
    own = rng.exponential(size=(count, 2)) - 1 if skewed else rng.normal(size=(count, 2))
    dyads = []
    for index, ((bias, tracking), (truth, left_over)) in enumerate(zip(own, draw_pairs(seed, count), strict=True)):
        moves = 10 * (truth - truth.mean())
        judge = BIAS + 4 * bias + (TRACKING + 0.2 * tracking) * moves + 8 * left_over
        dyads.append(make(f"d{index}", 50 + judge, 50 + moves))
    return dyads


WAYS = ("Satterthwaite", "dyads drawn anew", "z")


def cover(seed: int, count: int, *, skewed: bool, residuals: Residuals, replicates: int = 999) -> np.ndarray:
    """Whether the intervals of each of `WAYS` hold bias and tracking of one such cohort, shape (ways, 2)."""
    fit = fit_truth_and_bias(
        draw_cohort(seed, count, skewed=skewed), residuals=residuals, seed=seed, replicates=replicates
    )
    assert fit.bootstrap is not None
    of_model, of_draws = (fit.bias, fit.tracking), fit.bootstrap.coefficients[:2]
    intervals = np.array(
        [
            [each.ci95 for each in of_model],
            [each.ci95 for each in of_draws],
            [(each.b - 1.96 * each.se, each.b + 1.96 * each.se) for each in of_draws],
        ]
    )
    real = np.array([BIAS, TRACKING])
    return np.asarray((intervals[..., 0] <= real) & (real <= intervals[..., 1]))
