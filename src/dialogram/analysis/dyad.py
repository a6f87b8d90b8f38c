import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram._version import __version__
from dialogram.analysis.agreement import Agreement, compare_values
from dialogram.analysis.alignment import align
from dialogram.analysis.bouts import Bouts, describe_bouts
from dialogram.analysis.correlation import Floats, varies
from dialogram.analysis.description import Description, describe
from dialogram.analysis.detection import RULE as DETECTION_RULE, Detection, detect_states
from dialogram.analysis.discrepancies import Discrepancy, DiscrepancyRule, find_discrepancies
from dialogram.analysis.extremes import Extremes, ExtremesRule, pick_extremes
from dialogram.analysis.lag import WINDOW_S, Lag, find_lag
from dialogram.analysis.level import Level, compare_level
from dialogram.analysis.plain import plain
from dialogram.analysis.quality import Quality, assess_quality
from dialogram.analysis.reaction_lag import ReactionLag, estimate_reaction_lag
from dialogram.analysis.sentences import say_congruence
from dialogram.analysis.shape import Shape, compare_shape
from dialogram.analysis.states import BAND_SHARE, States, compare_states
from dialogram.analysis.warm_up import WithoutWarmUp, compare_without_warm_up
from dialogram.timeline import Trace


@dataclass(frozen=True, kw_only=True)
class OfEach[T]:
    """The same thing of a and of b."""

    a: T
    b: T


@dataclass(frozen=True, kw_only=True)
class Software:
    """What made a result: version of the program, and name and version of each rule."""

    version: str
    rules: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class DyadResult:
    """Congruence of two traces of one recording.

    Parameters
    ----------
    n
        Bins that both rated; every naive p depends on it.
    step_s
        Width of a bin in seconds.
    a, b
        Each trace over those bins.
    level, shape, lag, reaction_lag, agreement, states
        How the two go together.
    without_warm_up
        Level and shape again, the first of the session left out.
    detection
        What b saw of a's helpful and hindering moments.
    bouts, extremes, quality
        Of each whole trace.
    discrepancies
        Where they part, worst first.
    software
        What made it.
    notes
        What was unusual about the input, a sentence each.
    """

    n: int
    step_s: float
    a: Description
    b: Description
    level: Level
    shape: Shape
    without_warm_up: WithoutWarmUp
    lag: Lag
    reaction_lag: ReactionLag
    agreement: Agreement
    states: States
    detection: Detection
    bouts: OfEach[Bouts]
    extremes: OfEach[Extremes]
    discrepancies: tuple[Discrepancy, ...]
    quality: OfEach[Quality]
    software: Software
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As `dialogram dyad --json` prints it: unrounded, None where a number is not defined."""
        return {
            "n": self.n,
            "step_s": self.step_s,
            "a": plain(self.a),
            "b": plain(self.b),
            "level": plain(self.level),
            "shape": plain(self.shape),
            "without_warm_up": plain(self.without_warm_up),
            "lag": plain(self.lag),
            "reaction_lag": self.reaction_lag.to_dict(),
            "agreement": plain(self.agreement),
            "states": plain(self.states, without="kappa_of_shifts"),
            "detection": self.detection.to_dict(),
            "bouts": {"a": plain(self.bouts.a), "b": plain(self.bouts.b)},
            "extremes": {
                "a": [plain(extreme, without="relative") for extreme in self.extremes.a.extremes],
                "b": [plain(extreme, without="relative") for extreme in self.extremes.b.extremes],
            },
            "discrepancies": [plain(discrepancy) for discrepancy in self.discrepancies],
            "quality": {
                "a": plain(self.quality.a, without="missing"),
                "b": plain(self.quality.b, without="missing"),
            },
            "software": plain(self.software),
        }

    def summary(self) -> str:
        """Say the result in plain sentences, among them which p to believe."""
        return "\n".join([*say_congruence(self), *self.notes])


def compare(
    a: Trace,
    b: Trace,
    *,
    extremes_rule: ExtremesRule | None = None,
    discrepancy_rule: DiscrepancyRule | None = None,
    band_share: float = BAND_SHARE,
    lag_window_s: float = WINDOW_S,
) -> DyadResult:
    """Compare two ratings of one recording: level, shape, lag, agreement, states, detection, extremes, discrepancies.

    Parameters
    ----------
    a, b
        Ratings of the same recording on the same scale, their bins on one grid. Where one begins later or ends
        earlier it is missing there; missing bins are never filled in and never closed up.
    extremes_rule, discrepancy_rule
        Defaults: ``ExtremesRule()``, ``DiscrepancyRule()``. The warm-up of the first is what `without_warm_up` leaves
        out.
    band_share
        Half width of the neutral band as a share of the scale's range.
    lag_window_s
        Lags up to this far either way are looked at.

    Returns
    -------
    DyadResult
        NaN where a number is not defined; its notes say what is unusual about the two traces.

    Raises
    ------
    ValueError
        When the scales or the steps differ, the bins do not start on one grid, the two do not overlap, or a
        parameter is out of range.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> client = Trace(values=50 + rng.normal(size=300).cumsum(), step_s=1.0, name="client")
    >>> therapist = Trace(values=55 + rng.normal(size=300).cumsum(), step_s=1.0, name="therapist")
    >>> result = compare(client, therapist)
    >>> result.n, sorted(result.to_dict())[:4]
    (300, ['a', 'agreement', 'b', 'bouts'])
    """
    if not (math.isfinite(lag_window_s) and lag_window_s >= 0):
        raise ValueError(f"lag_window_s: expected 0 or more seconds, got {lag_window_s!r}")
    start_s, (ratings_a, ratings_b) = align(a, b)
    both = ~(np.isnan(ratings_a) | np.isnan(ratings_b))
    discrepancy_rule = discrepancy_rule or DiscrepancyRule()
    extremes = OfEach(a=pick_extremes(a, extremes_rule), b=pick_extremes(b, extremes_rule))
    step_s, scale = a.step_s, a.scale
    return DyadResult(
        n=int(both.sum()),
        step_s=step_s,
        a=describe(np.where(both, ratings_a, np.nan), name=a.name, scale=scale, band_share=band_share),
        b=describe(np.where(both, ratings_b, np.nan), name=b.name, scale=scale, band_share=band_share),
        level=compare_level(ratings_a, ratings_b),
        shape=compare_shape(ratings_a, ratings_b, step_s=step_s),
        without_warm_up=compare_without_warm_up(
            ratings_a, ratings_b, step_s=step_s, left_out_s=extremes.a.rule.warm_up_s
        ),
        lag=find_lag(ratings_a, ratings_b, step_s=step_s, window_s=lag_window_s),
        reaction_lag=estimate_reaction_lag(ratings_a, ratings_b, step_s=step_s),
        agreement=compare_values(ratings_a, ratings_b),
        states=compare_states(ratings_a, ratings_b, step_s=step_s, scale=scale, band_share=band_share),
        detection=detect_states(ratings_a, ratings_b, step_s=step_s, scale=scale, band_share=band_share),
        bouts=OfEach(
            a=describe_bouts(a.values, step_s=step_s, scale=scale, band_share=band_share),
            b=describe_bouts(b.values, step_s=step_s, scale=scale, band_share=band_share),
        ),
        extremes=extremes,
        discrepancies=find_discrepancies(
            ratings_a,
            ratings_b,
            step_s=step_s,
            start_s=start_s,
            scale=scale,
            band_share=band_share,
            rule=discrepancy_rule,
        ),
        quality=OfEach(a=assess_quality(a), b=assess_quality(b)),
        software=Software(
            version=__version__,
            rules={
                "extremes": extremes.a.rule.name,
                "discrepancies": discrepancy_rule.name,
                "detection": DETECTION_RULE,
            },
        ),
        notes=_notes(a, b, ratings_a[both], ratings_b[both]),
    )


def _notes(a: Trace, b: Trace, ratings_a: Floats, ratings_b: Floats) -> tuple[str, ...]:
    notes = []
    if len(a) != len(b) or a.start_s != b.start_s:
        notes.append(
            f"The traces cover different stretches ({a.start_s:g} to {a.start_s + a.duration_s:g} s and"
            f" {b.start_s:g} to {b.start_s + b.duration_s:g} s); what only one covers is missing in the other."
        )
    if ratings_a.size == 0:
        notes.append("The two have no rated bin in common; nothing can be compared.")
        return tuple(notes)
    if ratings_a.size < 3:
        notes.append("The two have fewer than three rated bins in common; most numbers are not defined.")
    notes += [
        f"The trace {trace.name!r} does not vary, so nothing correlates with it."
        for trace, ratings in ((a, ratings_a), (b, ratings_b))
        if np.ptp(ratings) == 0
    ]
    if np.ptp(ratings_a) > 0 and np.array_equal(ratings_a, ratings_b):
        notes.append("The two traces are identical; is it the same rating twice?")
    elif ratings_a.size > 1 and not varies(ratings_b - ratings_a):
        notes.append("The two differ by the same amount in every bin, so there is no test of their level.")
    return tuple(notes)
