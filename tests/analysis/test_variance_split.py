import json

import numpy as np
import pytest
from scipy.signal import lfilter
from tests.thorough import times

from dialogram.analysis.variance_split import VarianceSplit, split_variance
from dialogram.timeline import Scale, Trace


def _trace(values: object, *, step_s: float = 1.0) -> Trace:
    return Trace(values=np.asarray(values, dtype=float), step_s=step_s)


def test_the_usual_components_by_hand() -> None:
    split = split_variance([_trace([1, 3]), _trace([4, 6, 8]), _trace([np.nan, 9, np.nan])])
    # SS within 2 + 8 on 3 df; SS between 2·9 ... by the formula for unequal groups.
    means, n = np.array([2.0, 6.0, 9.0]), np.array([2.0, 3.0, 1.0])
    grand = n @ means / 6
    within = 10 / 3
    assert split.within == pytest.approx(within)
    assert split.between == pytest.approx(((n @ (means - grand) ** 2) / 2 - within) / ((6 - n @ n / 6) / 2))
    assert split.share_between == pytest.approx(split.between / (split.between + within))
    assert (split.sessions, split.bins) == (3, 6)
    assert split.mean == pytest.approx(grand)


def _wandering(rng: np.random.Generator, levels_sd: float) -> VarianceSplit:
    traces = []
    for bins in (300, 500, 800, 400, 600, 1000):
        shocks = 10 * rng.normal(size=bins + 200) * np.sqrt(1 - 0.95**2)
        values = 50 + levels_sd * rng.normal() + lfilter([1.0], [1.0, -0.95], shocks)[200:]
        traces.append(_trace(values))
    return split_variance(traces)


@pytest.mark.parametrize("levels_sd", [0.0, 8.0])
def test_a_slow_wandering_is_not_taken_for_a_difference_of_sessions(levels_sd: float) -> None:
    rng = np.random.default_rng(11)
    runs = times(300, 2000)
    splits = [_wandering(rng, levels_sd) for _ in range(runs)]
    usual, honest = (np.mean([getattr(split, name) for split in splits]) for name in ("between", "between_effective"))
    # Sessions wander by a mean of about 6.7 squared points of their own; a component cannot be below 0.
    assert usual - levels_sd**2 > 4
    assert abs(honest - levels_sd**2) < usual - levels_sd**2
    assert np.mean([split.within_effective for split in splits]) == pytest.approx(100, rel=0.06)
    assert np.mean([split.within for split in splits]) < 96


@pytest.mark.parametrize(
    "sessions",
    [[], [[50.0, 60]], [[50.0], [60.0]], [[np.nan, np.nan], [50, 60]], [[50.0] * 9, [50.0] * 9]],
)
def test_what_cannot_be_split_is_said(sessions: list[list[float]]) -> None:
    split = split_variance([_trace(each) for each in sessions])
    printed = json.loads(json.dumps(split.to_dict(), allow_nan=False))
    assert printed["share_between_effective"] is None
    assert "cannot be said" in split.summary()


def test_flat_sessions_at_other_levels_lie_between_sessions_alone() -> None:
    split = split_variance([_trace([50.0] * 9), _trace([60.0] * 9)])
    assert (split.between, split.within, split.share_between_effective) == (50.0, 0.0, 1.0)
    assert split.summary() == (
        "Over 2 sessions, 100% of the variance lies between sessions (SD 7.1) and the rest within them (SD 0.0)."
    )


def test_sessions_of_other_steps_and_scales_are_refused() -> None:
    with pytest.raises(ValueError, match="one step"):
        split_variance([_trace([1, 2]), _trace([1, 2], step_s=2.0)])
    with pytest.raises(ValueError, match="one scale"):
        split_variance([_trace([1, 2]), Trace(values=[1, 2], step_s=1.0, scale=Scale(name="x", high=9, neutral=5))])
