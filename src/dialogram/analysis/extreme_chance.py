import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy

from dialogram.analysis.correlation import Floats, varies
from dialogram.analysis.extremes import Extreme, Extremes, ExtremesRule, Kind
from dialogram.analysis.plain import Result
from dialogram.analysis.segment_mean import mean_over
from dialogram.analysis.sentences import say_p
from dialogram.timeline import Segment, Trace

SURROGATES = 499
MOST_PARTS = 5
LEAST_PARTS = 3
_BINS_A_WINDOW = 30
"""Finer bins are joined to this many a window: what is averaged over the window does not hang on more."""
_CHUNK = 1 << 20
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class ExtremeChance(Result):
    """How firm an extreme is, and whether it stands out from an ordinary wandering of the dial.

    Parameters
    ----------
    kind, rank, start_s, end_s, mean
        Which one, and its mean in scale units.
    ci95
        Interval of the mean, from how the rating moves within the segment; NaN where it does not move, has fewer than
        three bins, or a part of it was not rated.
    p
        How often the highest (lowest) window of a surrogate is as high (low); NaN where there is none.
    surrogates
        How many were drawn.
    """

    kind: Kind
    rank: int
    start_s: float
    end_s: float
    mean: float
    ci95: tuple[float, float]
    p: float
    surrogates: int

    def summary(self) -> str:
        """Say the result in one sentence."""
        low, high = self.ci95
        mean = f"{self.mean:.1f}" + ("" if math.isnan(low) else f" ({low:.1f} to {high:.1f})")
        if math.isnan(self.p):
            return f"{self.kind} {self.rank}: {mean}; whether it stands out cannot be said."
        verdict = "stands out" if self.p <= 0.05 else "is no more than a wandering dial reaches"
        return f"{self.kind} {self.rank}: {mean} {verdict} ({say_p(self.p)})."


def weigh_extremes(
    picked: Extremes, trace: Trace, *, rng: np.random.Generator, surrogates: int = SURROGATES
) -> tuple[ExtremeChance, ...]:
    r"""Give each picked extreme an interval, and the p of the highest or lowest window there is.

    Parameters
    ----------
    picked
        As :func:`dialogram.analysis.pick_extremes` picked them from `trace`.
    trace
        The rating.
    rng
        Draws the surrogates.
    surrogates
        How many.

    Returns
    -------
    tuple of ExtremeChance
        One for each, in their order.

    Raises
    ------
    ValueError
        For fewer than one surrogate.

    Notes
    -----
    *Interval.* The segment is cut into k = 5 parts of equal length (fewer, where bins are wider), with means ``m_k``:
    ``mean ± t(k − 1) · SD(m_k)/√k``, the method of batch means (Schmeiser 1982, Operations Research 30, 556–568,
    doi 10.1287/opre.30.3.556). It says how firmly the segment holds its mean against what moves faster than a part
    lasts: of 30 bins of a steady level with AR(.5) it covers 92 in 100, with AR(.7) 89 (the effective number of such
    few bins: 84 and 78). Whether the dial came to this level by an ordinary wandering is for p to say.

    *p.* ``(1 + #{M_s ≥ m}) / (1 + S)``, ``M_s`` the highest window mean of surrogate s over the windows that the rule
    allowed to be picked (for hindering, the lowest). A surrogate has the power spectrum of the trace and random phases
    (Theiler et al. 1992, Physica D 58, 77–94, doi 10.1016/0167-2789(92)90102-S), so its mean, variance and
    autocorrelation are those of the trace: a dial that wanders as slowly and as far without anything to answer. It was
    chosen over an AR(1) because dials hold more than one pace, and over surrogates that keep the values too, because
    those would keep the very plateau that is in question. Every moment is set against the surrogate's *best*, which
    pays for having looked for it; ranks 2 and 3 are so judged a little strictly. Where bins are missing, the spectrum
    is that of ``Σ x_t x_{t+k} / n_k`` over the pairs present, negative power set to 0, and every surrogate has the same
    bins missing. A drift is part of the spectrum. On a trace pressed against an end of the scale the test is
    conservative, for a surrogate knows no end; the leaps of a dial that mostly rests stand out, for a surrogate never
    rests.

    Examples
    --------
    >>> from dialogram.analysis import pick_extremes
    >>> values = 50 + np.random.default_rng(2).normal(size=900)
    >>> values[400:440] += 4
    >>> trace = Trace(values=values, step_s=1.0)
    >>> best = weigh_extremes(pick_extremes(trace), trace, rng=np.random.default_rng(1))[0]
    >>> best.p, [round(end) for end in best.ci95]
    (0.002, [53, 54])
    """
    if surrogates < 1:
        raise ValueError(f"surrogates: expected at least 1, got {surrogates!r}")
    if not picked.extremes:
        return ()
    highest, lowest = _bests_by_chance(trace, picked.rule, rng=rng, surrogates=surrogates)
    bests: dict[Kind, Floats] = {"helpful": highest, "hindering": -lowest}
    slack = _ROUNDING * trace.scale.range
    weighed = []
    for extreme in picked.extremes:
        score = extreme.mean if extreme.kind == "helpful" else -extreme.mean
        by_chance = bests[extreme.kind]
        weighed.append(
            ExtremeChance(
                kind=extreme.kind,
                rank=extreme.rank,
                start_s=extreme.start_s,
                end_s=extreme.end_s,
                mean=extreme.mean,
                ci95=_interval(extreme, trace),
                p=(1 + int(np.count_nonzero(by_chance >= score - slack))) / (1 + by_chance.size)
                if by_chance.size
                else math.nan,
                surrogates=int(by_chance.size),
            )
        )
    return tuple(weighed)


def _interval(extreme: Extreme, trace: Trace) -> tuple[float, float]:
    parts = min(MOST_PARTS, math.floor((extreme.end_s - extreme.start_s) / trace.step_s + _ROUNDING))
    if parts < LEAST_PARTS:
        return math.nan, math.nan
    ends_s = np.linspace(extreme.start_s, extreme.end_s, parts + 1)
    means = np.array([mean_over(trace, Segment(*ends))[0] for ends in pairwise(ends_s)])
    if np.isnan(means).any() or not varies(means):
        return math.nan, math.nan
    half = float(scipy.special.stdtrit(parts - 1, 0.975) * means.std(ddof=1) / math.sqrt(parts))
    return extreme.mean - half, extreme.mean + half


def _bests_by_chance(
    trace: Trace, rule: ExtremesRule, *, rng: np.random.Generator, surrogates: int
) -> tuple[Floats, Floats]:
    """Highest and lowest window mean of each surrogate."""
    nothing = np.zeros(0)
    values, weights, step_s = _join_bins(trace, rule.window_s)
    if not varies(values):
        return nothing, nothing
    bins = max(1, round(rule.window_s / step_s))
    if bins > values.size:
        return nothing, nothing
    running = np.concatenate([[0.0], np.cumsum(weights)])
    covered = running[bins:] - running[:-bins]
    free = np.flatnonzero(
        (covered >= (rule.least_coverage - _ROUNDING) * bins)
        & (step_s * np.arange(covered.size) >= rule.warm_up_s - _ROUNDING * step_s)
    )
    if free.size == 0:
        return nothing, nothing
    mean = float(values[~np.isnan(values)].mean())
    amplitudes = _amplitudes(values - mean)
    highest, lowest = np.empty(surrogates), np.empty(surrogates)
    rows = max(1, _CHUNK // values.size)
    for first in range(0, surrogates, rows):
        some = slice(first, min(first + rows, surrogates))
        drawn = _draw(amplitudes, values.size, count=some.stop - some.start, rng=rng) * weights
        sums = np.cumsum(np.pad(drawn, ((0, 0), (1, 0))), axis=1)
        means = mean + (sums[:, free + bins] - sums[:, free]) / covered[free]
        highest[some], lowest[some] = means.max(axis=1), means.min(axis=1)
    return highest, lowest


def _join_bins(trace: Trace, window_s: float) -> tuple[Floats, Floats, float]:
    """Values, weights and width of bins, fine ones joined."""
    weights = np.where(trace.present, trace.coverage, 0.0)
    together = max(1, math.floor(window_s / trace.step_s / _BINS_A_WINDOW + _ROUNDING))
    whole = len(trace) // together * together
    joined = weights[:whole].reshape(-1, together).sum(axis=1)
    sums = (weights * np.where(trace.present, trace.values, 0.0))[:whole].reshape(-1, together).sum(axis=1)
    values = np.divide(sums, joined, out=np.full(joined.size, np.nan), where=joined > 0)
    return values, joined / together, trace.step_s * together


def _amplitudes(deviations: Floats) -> Floats:
    """Amplitude of each frequency: that of the transform where no bin is missing."""
    n, present = deviations.size, ~np.isnan(deviations)
    spectra = scipy.fft.rfft(np.stack([np.where(present, deviations, 0.0), present.astype(np.float64)]))
    sums, pairs = scipy.fft.irfft(np.abs(spectra) ** 2, n=n)
    pairs = np.rint(pairs)
    covariances = np.divide(sums, pairs, out=np.zeros(n), where=pairs > 0)
    power = np.maximum(scipy.fft.rfft(covariances).real, 0.0) * n
    power[0] = 0.0
    # What negative power had taken away would make the surrogates wander farther than the trace.
    total = 2 * power.sum() - (power[-1] if n % 2 == 0 else 0.0)
    return np.asarray(np.sqrt(power * (covariances[0] * n**2 / total))) if total > 0 else np.zeros(power.size)


def _draw(amplitudes: Floats, n: int, *, count: int, rng: np.random.Generator) -> Floats:
    phases = rng.uniform(0, 2 * math.pi, (count, amplitudes.size))
    spectrum = amplitudes * np.exp(1j * phases)
    if n % 2 == 0:
        # The last frequency has a sign and no phase.
        spectrum[:, -1] = amplitudes[-1] * np.where(phases[:, -1] < math.pi, 1.0, -1.0)
    return np.asarray(scipy.fft.irfft(spectrum, n=n, axis=1))
