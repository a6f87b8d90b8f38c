from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialogram.capture import StepFunction
from dialogram.timeline import Scale


@dataclass(frozen=True, kw_only=True)
class Rater:
    """How somebody turns what happens in a session into a dial.

    Parameters
    ----------
    tracking
        Slope of what is felt on what happens: 1 follows it fully, 0 not at all, below 0 against it.
    bias
        Added to everything, in scale units.
    lag_s
        How long the hand trails what it answers, in seconds.
    own_sd
        Spread of what is felt for reasons of one's own, in scale units.
    own_memory_s
        Time in which the autocorrelation of these falls to 1/e, in seconds.
    threshold
        Dial style: how far what is felt must have gone from where the dial stands before the hand moves, in scale
        units. Near 0 the hand glides, at 10 it waits and then moves in steps.

    Raises
    ------
    ValueError
        For a negative lag, spread or threshold, or a memory that is not positive.
    """

    tracking: float = 1.0
    bias: float = 0.0
    lag_s: float = 2.0
    own_sd: float = 4.0
    own_memory_s: float = 20.0
    threshold: float = 1.0

    def __post_init__(self) -> None:
        for parameter in ("lag_s", "own_sd", "threshold"):
            if not getattr(self, parameter) >= 0:
                raise ValueError(f"rater: {parameter} must not be negative, got {getattr(self, parameter)!r}")
        if not self.own_memory_s > 0:
            raise ValueError(f"rater: own_memory_s must be positive, got {self.own_memory_s!r}")


def simulate_noise(
    rng: np.random.Generator, *, size: int | tuple[int, ...], step_s: float, sd: float, memory_s: float
) -> NDArray[np.float64]:
    """Draw stationary first-order autoregressive series.

    ``x[i] = a x[i-1] + e[i]`` with ``a = exp(-step_s / memory_s)`` and ``sd(e) = sd sqrt(1 - a^2)``.

    Parameters
    ----------
    rng
        The source of chance.
    size, step_s
        Number of points, or a shape whose last number is that, and their distance in seconds.
    sd
        Spread of the series.
    memory_s
        Time in which its autocorrelation falls to 1/e, in seconds.

    Examples
    --------
    >>> noise = simulate_noise(np.random.default_rng(1), size=20_000, step_s=1.0, sd=5.0, memory_s=10.0)
    >>> round(float(noise.std()), 1), round(float(np.corrcoef(noise[:-10], noise[10:])[0, 1]), 1)
    (4.9, 0.4)
    """
    keep = float(np.exp(-step_s / memory_s))
    series = rng.normal(0.0, sd, size)
    series[..., 1:] *= np.sqrt(1.0 - keep**2)
    # Each point sums up the shocks of the last 1, 2, 4, 8 … points: a few sums of whole series, not a step a point.
    hop = 1
    while hop < series.shape[-1]:
        series[..., hop:] += keep**hop * series[..., :-hop]
        hop *= 2
    return series


def simulate_hand(
    rng: np.random.Generator, happening: NDArray[np.float64], *, step_s: float, rater: Rater, scale: Scale
) -> StepFunction:
    """Turn what happens into what a hand does on a dial.

    Parameters
    ----------
    rng
        The source of chance.
    happening : shape (n,)
        How helpful each moment is, in scale units from neutral.
    step_s
        Distance of its points in seconds.
    rater
        Whose hand.
    scale
        The dial; its steps and its ends.

    Returns
    -------
    StepFunction
        The dial over media time, [0, n * step_s), every value on a step of the scale.

    Examples
    --------
    >>> from dialogram.timeline import HELPFULNESS
    >>> exact = Rater(lag_s=1.0, own_sd=0.0, threshold=0.0)
    >>> hand = simulate_hand(np.random.default_rng(1), np.array([0.0, 10, 10, 80]), step_s=1.0, rater=exact,
    ...                      scale=HELPFULNESS)
    >>> hand.value_at([0.5, 1.5, 2.5, 3.5])
    array([50., 50., 60., 60.])
    """
    at_s = step_s * np.arange(happening.size)
    answered = np.interp(at_s - rater.lag_s, at_s, happening)
    own = simulate_noise(rng, size=happening.size, step_s=step_s, sd=rater.own_sd, memory_s=rater.own_memory_s)
    felt = np.clip(scale.neutral + rater.bias + rater.tracking * answered + own, scale.low, scale.high)
    wanted = scale.low + scale.step * np.round((felt - scale.low) / scale.step)
    wanted = np.minimum(wanted, scale.high)
    changes, stands = [0], float(wanted[0])
    for place, value in enumerate(wanted.tolist()):
        if value != stands and abs(value - stands) >= rater.threshold:
            changes.append(place)
            stands = value
    starts = at_s[changes]
    return StepFunction(starts, [*starts[1:], step_s * happening.size], wanted[changes])
