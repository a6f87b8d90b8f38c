"""Which intervals of one session hold what is so: of r, concordance and ICC(A,1) by blocks, and two that must not."""

import numpy as np
from tests.analysis.smooth_pairs import draw_pairs

from dialogram.analysis.block_bootstrap import bootstrap_agreement, resample_sums
from dialogram.analysis.correlation import Floats, correlate
from dialogram.analysis.student import correlation_interval

R, APART = 0.5, 0.5
CONCORDANCE = 2 * R / (2 + APART**2)
WAYS = ("r", "concordance", "ICC(A,1)", "r, each bin drawn by itself", "r, Fisher's with every bin")


def cover(seed: int, sessions: int, *, bins: int, phi: float, replicates: int) -> Floats:
    """Whether each way holds the truth of sessions whose two correlate .5, half an SD apart; shape (sessions, 5)."""
    rng, held = np.random.default_rng(seed), []
    for a, b in draw_pairs(seed, sessions, r=R, bins=bins, phi=phi):
        sure = bootstrap_agreement(a, b + APART, step_s=1.0, rng=rng, replicates=replicates)
        intervals = (
            sure.r.ci95,
            sure.ccc.ci95,
            sure.icc_a1.ci95,
            _by_bins(a, b, rng, replicates),
            correlation_interval(correlate(a, b), bins),
        )
        truths = (R, CONCORDANCE, CONCORDANCE, R, R)
        held.append([low <= truth <= high for truth, (low, high) in zip(truths, intervals, strict=True)])
    return np.array(held)


def _by_bins(a: Floats, b: Floats, rng: np.random.Generator, replicates: int) -> tuple[float, float]:
    drawn = resample_sums(np.stack([a, b, a * a, b * b, a * b]), length=1, replicates=replicates, rng=rng) / a.size
    mean_a, mean_b, square_a, square_b, product = drawn
    r = (product - mean_a * mean_b) / np.sqrt((square_a - mean_a**2) * (square_b - mean_b**2))
    low, high = np.quantile(r, [0.025, 0.975])
    return float(low), float(high)
