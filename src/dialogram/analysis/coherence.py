"""Coherence and phase: in which rhythms two traces go together, and who is behind in them."""

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from dialogram.analysis.alignment import align
from dialogram.analysis.correlation import LEAST_OVERLAP, Floats
from dialogram.analysis.plain import Result
from dialogram.analysis.sentences import say_p
from dialogram.analysis.shape import TIE
from dialogram.timeline import Trace

SEGMENT_S = 120.0
LEAST_SEGMENTS = 4
"""Of fewer segments coherence says nothing: of one alone it is 1, whatever the traces."""
LEAST_BINS = 4
"""A segment of fewer bins has no rhythm between its slowest and its quickest."""
MOST_SHIFTS = 200
AGAINST_DEGREES = 135.0
"""From here to half a cycle one is high where the other is low: that is no lateness."""
_OVERLAP = 1 + 2 / 36
"""Segments under Hann's window that overlap by half have a correlation of 1/6, and are worth so much fewer."""
_NOTHING_LEFT = 1e-18
"""Share of a segment's power, beside that of all, below which it is rounding."""

type Spectra = NDArray[np.complex128]


@dataclass(frozen=True, kw_only=True, eq=False)
class Coherence(Result):
    """How much two traces share of their rhythms, and who is behind in them.

    Parameters
    ----------
    name_a, name_b
        Who rated.
    segment_s
        Length of a segment, and of the slowest rhythm looked at, in seconds.
    segments, segments_left_out
        How many had every bin of both and were used, and how many had not.
    mean_coherence
        Over rhythms, weighted with their power; 0 … 1.
    mean_coherence_by_chance
        The mean of what shifted traces give. By chance coherence is not 0: the fewer segments, the higher.
    p_shift
        How often shifted traces share as much; one-sided.
    period_s
        The rhythm in which they share most power, in seconds a cycle.
    phase_s, phase_degrees
        How far b is behind a in it; positive: b follows a, as in a lag. Within half a period either way.
    phase_se_s
        Standard error of it; NaN where it might as well be any phase.
    frequencies_hz : shape (frequencies,)
        Cycles a second.
    coherence, phases_degrees : shape (frequencies,)
        At each of them.
    """

    name_a: str
    name_b: str
    segment_s: float
    segments: int
    segments_left_out: int
    mean_coherence: float
    mean_coherence_by_chance: float
    p_shift: float
    period_s: float
    phase_s: float
    phase_degrees: float
    phase_se_s: float
    frequencies_hz: Floats
    coherence: Floats
    phases_degrees: Floats

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.mean_coherence):
            return (
                f"No coherence can be told: it takes {LEAST_SEGMENTS} stretches of {self.segment_s:g} s that both rated"
                f" whole (there are {self.segments}), and two ratings that move in them."
            )
        told = (
            f"In rhythms of {self.segment_s:g} s a cycle and quicker the two have a coherence of"
            f" {self.mean_coherence:.2f}"
        )
        if math.isnan(self.p_shift):
            return f"{told}; too little was rated to say what chance gives."
        told += f", where chance gives {self.mean_coherence_by_chance:.2f} ({say_p(self.p_shift)})"
        if self.p_shift > 0.05:
            return f"{told}, so that their phase says nothing."
        told += f"; they share most in cycles of {self.period_s:.0f} s, in which"
        if abs(self.phase_degrees) > AGAINST_DEGREES:
            return f"{told} they swing against each other."
        if not abs(self.phase_s) > 2 * self.phase_se_s:
            return f"{told} nobody is clearly behind."
        first, second = (self.name_a, self.name_b) if self.phase_s > 0 else (self.name_b, self.name_a)
        return (
            f"{told} {second} is {abs(self.phase_s):.1f} s ({abs(self.phase_degrees):.0f}°) behind {first}, with a"
            f" standard error of {self.phase_se_s:.1f} s."
        )


def measure_coherence(a: Trace, b: Trace, *, segment_s: float = SEGMENT_S) -> Coherence:
    r"""Measure in which rhythms two ratings go together, and who is behind in them.

    Parameters
    ----------
    a, b
        Ratings of one recording, their bins on one grid.
    segment_s
        Length of a segment; rounded to bins. Slower rhythms are not seen.

    Returns
    -------
    Coherence
        NaN where it is not defined: fewer than :data:`LEAST_SEGMENTS` segments without a missing bin, or a trace that
        does not move in them.

    Raises
    ------
    ValueError
        When a segment has fewer than four bins, or the two cannot be compared (:func:`dialogram.compare`).

    Notes
    -----
    A straight line is taken out of each trace over the bins that both have. Segments of w bins begin every w/2 bins,
    lose their mean and are weighted with Hann's window; those with a missing bin are left out, nothing is filled in.
    With X and Y their Fourier transforms and sums over segments,

    .. math:: S_{xy}(f) = \sum \bar X Y, \quad C(f) = \frac{|S_{xy}|^2}{S_{xx} S_{yy}}, \quad
        \bar C = \frac{\sum_f \sqrt{S_{xx} S_{yy}}\, C}{\sum_f \sqrt{S_{xx} S_{yy}}}

    without f = 0 (Welch 1967, IEEE Transactions on Audio and Electroacoustics 15, 70–73, doi 10.1109/TAU.1967.1161901).
    The phase is :math:`-\arg S_{xy}(f)` where :math:`|S_{xy}|` is largest. Its standard error is
    :math:`\sqrt{(1 - C') / (2 C' K')}`, :math:`C' = C - (1 - C)/K'`, K' the segments less one in nineteen, because they
    overlap (Bendat & Piersol 2010, Random Data, ch. 9); two of them on either side hold the phase of simulated hands in
    some 90 of 100. Coherence and phase of two people's ratings: Sadler, Ethier, Gunn, Duong & Woody 2009, Journal of
    Personality and Social Psychology 97, 1005–1020, doi 10.1037/a0016232. ``p = (1 + #{C̄_s ≥ C̄}) / (1 + S)`` over up
    to 200 evenly spaced circular shifts s of b, each cut into segments of its own, that leave half the segments.

    Examples
    --------
    >>> hand = np.convolve(np.random.default_rng(1).normal(size=1823), np.ones(20), "valid")
    >>> early, late = Trace(values=hand[4:], step_s=1.0), Trace(values=hand[:-4], step_s=1.0)
    >>> found = measure_coherence(early, late)
    >>> found.segments, round(found.phase_s), found.p_shift < 0.05
    (29, 4, True)
    """
    _, (x, y) = align(a, b)
    length = round(segment_s / a.step_s) if math.isfinite(segment_s) else 0
    if length < LEAST_BINS:
        raise ValueError(f"segment_s: expected {LEAST_BINS} bins of {a.step_s:g} s or more, got {segment_s!r}")
    x, y = _straighten(x, y)
    starts = np.arange(0, x.size - length + 1, max(1, length // 2))
    of_x, of_y = (_transform(series, starts, length) for series in (x, y))
    whole = ~np.isnan(of_x[:, 0]) & ~np.isnan(of_y[:, 0])
    found, weights, cross = _cohere(of_x[whole], of_y[whole])
    frequencies = np.arange(1, length // 2 + 1) / (length * a.step_s)
    mean = _weighted_mean(found, weights)
    by_chance = (
        _mean_of_shifts(of_x, y, starts, length, least=LEAST_OVERLAP * int(whole.sum()))
        if not math.isnan(mean)
        else np.zeros(0)
    )
    as_large = int(np.count_nonzero(by_chance >= mean - TIE))
    period_s, phase, error = _phase(found, cross, frequencies, segments=int(whole.sum()))
    return Coherence(
        name_a=a.name,
        name_b=b.name,
        segment_s=length * a.step_s,
        segments=int(whole.sum()),
        segments_left_out=int((~whole).sum()),
        mean_coherence=mean,
        mean_coherence_by_chance=float(by_chance.mean()) if by_chance.size else math.nan,
        p_shift=(1 + as_large) / (1 + by_chance.size) if by_chance.size else math.nan,
        period_s=period_s,
        phase_s=phase * period_s,
        phase_degrees=360 * phase,
        phase_se_s=error * period_s,
        frequencies_hz=frequencies,
        coherence=found,
        phases_degrees=np.where(np.isnan(found), np.nan, np.degrees(-np.angle(cross))),
    )


def _straighten(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Take a straight line out of each, over the bins that both have; missing in both where either is missing."""
    both = ~(np.isnan(x) | np.isnan(y))
    at = np.arange(x.size, dtype=np.float64)
    if both.any():
        at -= at[both].mean()
    rest = []
    for series in (x, y):
        values = np.where(both, series, np.nan)
        if both.sum() > 1:
            values -= values[both].mean() + at * float(at[both] @ values[both]) / float(at[both] @ at[both])
        rest.append(values)
    return rest[0], rest[1]


def _transform(series: Floats, starts: NDArray[np.intp], length: int) -> Spectra:
    """Fourier transforms of segments, without f = 0; a segment that begins near the end goes on at the start."""
    segments = series[(starts[:, np.newaxis] + np.arange(length)) % series.size]
    segments = segments - segments.mean(axis=1, keepdims=True)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    return np.asarray(scipy.fft.rfft(segments * hann, axis=1)[:, 1:])


def _cohere(of_x: Spectra, of_y: Spectra) -> tuple[Floats, Floats, Spectra]:
    """Coherence of each frequency, its weight, and the cross-spectrum."""
    cross = np.asarray((np.conj(of_x) * of_y).sum(axis=0))
    power_x, power_y = ((np.abs(each) ** 2).sum(axis=0) for each in (of_x, of_y))
    least = _NOTHING_LEFT * max(float(power_x.max(initial=0.0)), 1e-300) * max(float(power_y.max(initial=0.0)), 1e-300)
    both = power_x * power_y
    found = np.full(cross.size, np.nan)
    if len(of_x) >= LEAST_SEGMENTS:
        np.divide(np.abs(cross) ** 2, both, out=found, where=both > least)
    return np.minimum(found, 1.0), np.sqrt(both), cross


def _weighted_mean(found: Floats, weights: Floats) -> float:
    there = ~np.isnan(found)
    return float(np.average(found[there], weights=weights[there])) if there.any() else math.nan


def _phase(found: Floats, cross: Spectra, frequencies: Floats, *, segments: int) -> tuple[float, float, float]:
    """Where they share most: its period, and in cycles how far b is behind, with the standard error of that."""
    if np.isnan(found).all():
        return math.nan, math.nan, math.nan
    at = int(np.where(np.isnan(found), -1.0, np.abs(cross)).argmax())
    worth = segments / _OVERLAP
    coherence = float(found[at]) - (1 - float(found[at])) / worth
    error = math.sqrt((1 - coherence) / (2 * coherence * worth)) / (2 * math.pi) if coherence > 0 else math.inf
    return 1 / float(frequencies[at]), float(-np.angle(cross[at]) / (2 * np.pi)), error if error < 0.25 else math.nan


def _mean_of_shifts(of_x: Spectra, y: Floats, starts: NDArray[np.intp], length: int, *, least: float) -> Floats:
    """Mean coherence with each shift of y that leaves enough segments."""
    means = []
    for shift in np.unique(np.linspace(0, y.size, min(y.size, MOST_SHIFTS) + 1).astype(np.intp)[1:-1]):
        of_y = _transform(y, starts + shift, length)
        whole = ~np.isnan(of_x[:, 0]) & ~np.isnan(of_y[:, 0])
        if whole.sum() >= least:
            means.append(_weighted_mean(*_cohere(of_x[whole], of_y[whole])[:2]))
    kept = np.array(means, dtype=np.float64)
    return np.asarray(kept[~np.isnan(kept)])
