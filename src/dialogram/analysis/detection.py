import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from dialogram.analysis.correlation import LEAST_OVERLAP, Floats
from dialogram.analysis.plain import Result, plain
from dialogram.analysis.runs import runs_of
from dialogram.analysis.sentences import say_p
from dialogram.analysis.shape import TIE
from dialogram.analysis.states import BAND_SHARE, classify, neutral_band
from dialogram.timeline import Scale

RULE = "detection/1"
TOLERANCE_S = 5.0
"""A dial trails what it answers: so far apart two answers may still be to the same thing."""
MOST_SHIFTS_OF_MOMENTS = 400
_CHUNK = 1 << 18

type Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Detected(Result):
    """How b's being in a state goes with a's: counts in seconds, or in moments.

    Parameters
    ----------
    hits, misses
        Of a's being in the state, what b was in it for too, and what not.
    false_alarms, correct_rejections
        Of a's not being in it, what b was in it for all the same, and what not.
    d_prime
        How well b tells a's state. NaN where a never was in the state, or always.
    hits_by_chance, d_prime_by_chance
        Their means when b is shifted against a. By chance d′ is not 0: a hit may be off by the tolerance, a false alarm
        may not.
    p_shift
        How often shifted traces reach as large a d′; one-sided, honest without drift.
    """

    hits: float
    misses: float
    false_alarms: float
    correct_rejections: float
    d_prime: float
    hits_by_chance: float
    d_prime_by_chance: float
    p_shift: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        told = f"Hits {self.hits:g}, misses {self.misses:g}, false alarms {self.false_alarms:g}"
        if math.isnan(self.d_prime):
            return f"{told}; there is no d′, because a was never in the state, or always."
        return (
            f"{told}; d′ = {self.d_prime:.2f}, where chance gives {self.d_prime_by_chance:.2f} ({say_p(self.p_shift)})."
        )


@dataclass(frozen=True, kw_only=True)
class StateDetection(Result):
    """What b saw of a's one state, by seconds and by moments."""

    state: Literal["helpful", "hindering"]
    seconds: Detected
    moments: Detected

    def summary(self) -> str:
        """Say the result in one sentence."""
        seen = self.moments
        count = seen.hits + seen.misses
        if not count:
            return f"a had no {self.state} moment that b could have seen."
        said = f"Of a's {count:g} {self.state} moments b saw {seen.hits:g}"
        if not math.isnan(seen.hits_by_chance):
            said += f", where chance gives {seen.hits_by_chance:.1f} ({say_p(seen.p_shift)})"
        if math.isnan(self.seconds.d_prime):
            return f"{said}; a was never out of them, so there is no d′."
        said += f"; by seconds d′ = {self.seconds.d_prime:.2f}"
        if not math.isnan(self.seconds.d_prime_by_chance):
            said += f", where chance gives {self.seconds.d_prime_by_chance:.2f}"
        return f"{said} ({say_p(self.seconds.p_shift)})."


@dataclass(frozen=True, kw_only=True)
class Detection(Result):
    """What b saw of a's helpful and of a's hindering moments.

    Parameters
    ----------
    tolerance_s
        So many seconds earlier or later still count as seen.
    helpful, hindering
        Each state by itself.
    """

    tolerance_s: float
    helpful: StateDetection
    hindering: StateDetection

    def to_dict(self) -> dict[str, Any]:
        """As `dialogram dyad --json` prints it: unrounded, None where a number is not defined."""
        return {
            "tolerance_s": self.tolerance_s,
            **{one.state: plain(one, without="state") for one in (self.helpful, self.hindering)},
        }

    def summary(self) -> str:
        """Say the result in a sentence for each state."""
        return f"{self.helpful.summary()} {self.hindering.summary()}"


def detect_states(
    a: Floats,
    b: Floats,
    *,
    step_s: float,
    scale: Scale,
    band_share: float = BAND_SHARE,
    tolerance_s: float = TOLERANCE_S,
) -> Detection:
    r"""Tell what b saw of a's helpful and hindering moments: hits, misses, false alarms, correct rejections and d′.

    By seconds, a bin of a in the state is a hit when b is in it at most the tolerance earlier or later; a bin of a
    outside the state is a false alarm when b is in it and a is not within the tolerance. By moments, each of a's bouts
    in the state is a hit when b is in the state at some time in it or within the tolerance of it; each of a's stretches
    outside, farther than the tolerance from a bout, is a false alarm when b is in the state at some time in it. Long
    stretches are easier to hit: compare with what chance gives, not with 0.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        The one who knows and the one who should see, on one grid, NaN where missing. Bins that both have count, and
        moments in which b has any.
    step_s
        Width of a bin in seconds.
    scale
        Gives range and neutral.
    band_share
        Half width of the neutral band as a share of the range.
    tolerance_s
        In whole bins, rounded down.

    Returns
    -------
    Detection
        NaN where a number is not defined.

    Raises
    ------
    ValueError
        For a tolerance that is no length of time.

    Notes
    -----
    .. math:: d' = \Phi^{-1}\Bigl(\frac{h + .5}{h + m + 1}\Bigr) - \Phi^{-1}\Bigl(\frac{f + .5}{f + c + 1}\Bigr)

    in bins or moments, with the log-linear correction of Hautus 1995, Behavior Research Methods, Instruments, &
    Computers 27, 46–51, doi 10.3758/BF03203619. ``p = (1 + #{d'_s ≥ d'}) / (1 + S)`` over the circular shifts s of b
    that leave half the overlap: by seconds all of them, by moments up to 400 evenly spaced.

    Examples
    --------
    >>> from dialogram.timeline import HELPFULNESS
    >>> a = np.repeat([50.0, 80, 50, 80, 50, 80, 50], 40)
    >>> b = np.repeat([50.0, 80, 50, 50, 50, 80, 80], 40)
    >>> seen = detect_states(a, b, step_s=1.0, scale=HELPFULNESS, tolerance_s=0).helpful
    >>> seen.moments.hits, seen.moments.misses, seen.moments.false_alarms
    (2.0, 1.0, 1.0)
    >>> seen.seconds.hits, seen.seconds.false_alarms, round(seen.seconds.d_prime, 2)
    (80.0, 40.0, 1.1)
    """
    if not (math.isfinite(tolerance_s) and tolerance_s >= 0):
        raise ValueError(f"tolerance_s: expected 0 or more seconds, got {tolerance_s!r}")
    reach = min(math.floor(tolerance_s / step_s + 1e-9), a.size)
    band = neutral_band(scale, band_share)
    of_a, of_b = classify(a, band), classify(b, band)
    rated_a, rated_b = ~np.isnan(a), ~np.isnan(b)

    def detect(state: Literal["helpful", "hindering"], sign: int) -> StateDetection:
        there, seen = of_a == sign, of_b == sign
        near = _widen(there, reach)
        return StateDetection(
            state=state,
            seconds=_by_seconds(
                there, rated_a & ~there, seen, rated_b, near=near, widened=_widen(seen, reach), step_s=step_s
            ),
            moments=_by_moments(runs_of(there), runs_of(rated_a & ~near), seen, rated_b, reach=reach),
        )

    return Detection(tolerance_s=tolerance_s, helpful=detect("helpful", 1), hindering=detect("hindering", -1))


def _widen(flags: Flags, reach: int) -> Flags:
    """Also true where it is true at most `reach` bins before or after."""
    counted = np.concatenate([[0], np.cumsum(flags)])
    bins = np.arange(flags.size)
    ends = np.minimum(bins + reach + 1, flags.size)
    return np.asarray(counted[ends] > counted[np.maximum(bins - reach, 0)])


def _by_seconds(
    there: Flags, outside: Flags, seen: Flags, rated: Flags, *, near: Flags, widened: Flags, step_s: float
) -> Detected:
    left = scipy.fft.rfft(np.stack([there, there, outside, outside & ~near]).astype(np.float64))
    right = scipy.fft.rfft(np.stack([widened & rated, rated, rated, seen & rated]).astype(np.float64))
    hits, signal, noise, alarms = np.rint(scipy.fft.irfft(np.conj(left) * right, n=there.size))
    return _detected(hits, signal, alarms, noise, unit=step_s)


def _by_moments(
    bouts: NDArray[np.intp], between: NDArray[np.intp], seen: Flags, rated: Flags, *, reach: int
) -> Detected:
    n = seen.size
    shifts = np.unique(np.linspace(0, n, min(n, MOST_SHIFTS_OF_MOMENTS) + 1).astype(np.intp)[:-1])
    # Bins beyond the ends see nothing at shift 0; under a shift they are the other end.
    wider = np.stack([np.maximum(bouts[:, 0] - reach, 0), np.minimum(bouts[:, 1] + reach, n)], axis=1)
    running = [np.concatenate([[0], np.cumsum(np.tile(flags, 2))]) for flags in (seen & rated, rated)]
    hits, signal = _count_touched(wider, running, shifts)
    alarms, noise = _count_touched(between, running, shifts)
    return _detected(hits, signal, alarms, noise, unit=1.0)


def _count_touched(
    stretches: NDArray[np.intp], running: list[NDArray[np.intp]], shifts: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Of how many stretches any bin is seen, and of how many any is rated, at each shift."""
    counts = np.zeros((2, shifts.size))
    rows = max(1, _CHUNK // max(1, len(stretches)))
    for first in range(0, shifts.size, rows):
        places = shifts[first : first + rows, np.newaxis, np.newaxis] + stretches
        for count, sums in zip(counts, running, strict=True):
            count[first : first + rows] = (sums[places[..., 1]] > sums[places[..., 0]]).sum(axis=1)
    return counts[0], counts[1]


def _detected(hits: Floats, signal: Floats, alarms: Floats, noise: Floats, *, unit: float) -> Detected:
    """From the counts at each shift, the first of them at none."""
    counted = (signal >= np.maximum(1, LEAST_OVERLAP * signal[0])) & (noise >= np.maximum(1, LEAST_OVERLAP * noise[0]))
    d_prime = np.full(hits.size, math.nan)
    d_prime[counted] = scipy.special.ndtri((hits[counted] + 0.5) / (signal[counted] + 1)) - scipy.special.ndtri(
        (alarms[counted] + 0.5) / (noise[counted] + 1)
    )
    shifted = d_prime[1:][counted[1:]]
    defined = bool(counted[0]) and shifted.size > 0
    as_large = int(np.count_nonzero(shifted >= d_prime[0] - TIE))
    by_chance = (hits[1:] / np.maximum(signal[1:], 1))[counted[1:]]
    return Detected(
        hits=float(hits[0]) * unit,
        misses=float(signal[0] - hits[0]) * unit,
        false_alarms=float(alarms[0]) * unit,
        correct_rejections=float(noise[0] - alarms[0]) * unit,
        d_prime=float(d_prime[0]),
        hits_by_chance=float(by_chance.mean() * signal[0]) * unit if defined else math.nan,
        d_prime_by_chance=float(shifted.mean()) if defined else math.nan,
        p_shift=(1 + as_large) / (1 + shifted.size) if defined else math.nan,
    )
