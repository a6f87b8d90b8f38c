import math
from dataclasses import dataclass
from typing import Literal

from dialogram.analysis import DyadResult, Dynamics, Extreme, GuessScore, OwnView, Resampled
from dialogram.analysis.extremes import Kind
from dialogram.timeline import Segment, Trace


@dataclass(frozen=True, kw_only=True)
class Moment:
    """An extreme, and what its rater said about it: words, and whether this was the moment."""

    extreme: Extreme
    description: str | None = None
    answer: str = ""
    """Was this the moment: yes, earlier, later, slip; empty where it was not asked."""
    skipped: bool = False
    vetoed: bool = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be known beside the words: where the moment was, and what became of the clip."""
        placed = {"earlier": "the moment was earlier", "later": "the moment was later", "slip": "a slip of the dial"}
        found = (
            placed.get(self.answer),
            "passed over" if self.skipped else None,
            "kept from the therapist" if self.vetoed else None,
        )
        return tuple(remark for remark in found if remark)


@dataclass(frozen=True, kw_only=True)
class GuessCard:
    """One of the segments that were guessed."""

    segment: Segment
    truth: Kind
    guess: Kind
    own: OwnView | None = None


@dataclass(frozen=True, kw_only=True)
class Guess:
    """Who guessed whose segments, and with what success."""

    guesser: str
    rater: str
    score: GuessScore
    cards: tuple[GuessCard, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SessionRating:
    """One rating of the session as a whole, by rater a or b.

    Raises
    ------
    ValueError
        When the value lies outside the ends of its scale.
    """

    of: Literal["a", "b"]
    question: str
    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.low <= self.value <= self.high):
            raise ValueError(f"session rating: expected {self.low:g} … {self.high:g}, got {self.value!r}")


@dataclass(frozen=True, kw_only=True)
class WithoutDelays:
    """How late the two hands were in their practice, in seconds, and r of the ratings with that taken out."""

    a_s: float
    b_s: float
    r: float


@dataclass(frozen=True, kw_only=True)
class DyadReport:
    """All that a report on two ratings of one recording tells.

    Parameters
    ----------
    a, b
        The ratings.
    result
        Of comparing them.
    title
        Default: who rated.
    subtitle
        Study, dyad, session.
    moments_a, moments_b
        Extremes with descriptions, as a recall froze them; by default those in `result`, without.
    guess
        A blind guess of one's extremes by the other.
    session_ratings
        Ratings of the session as a whole, to be set beside the traces.
    without_delays
        r with the hands' own delays taken out, where both are known; the rest is not touched by it.
    order
        Who rated first, when, and after how many sessions in between.
    dynamics
        How the two go together by lag, through the session and by rhythm.
    resampled
        How sure the agreement is, and which extremes and discrepancies stand out.
    deviations
        What went otherwise than planned, a sentence each.
    """

    a: Trace
    b: Trace
    result: DyadResult
    title: str = ""
    subtitle: str = ""
    moments_a: tuple[Moment, ...] | None = None
    moments_b: tuple[Moment, ...] | None = None
    guess: Guess | None = None
    session_ratings: tuple[SessionRating, ...] = ()
    without_delays: WithoutDelays | None = None
    dynamics: Dynamics | None = None
    resampled: Resampled | None = None
    order: str | None = None
    deviations: tuple[str, ...] = ()

    @property
    def moments(self) -> tuple[tuple[Moment, ...], tuple[Moment, ...]]:
        """The extremes of a and of b, with descriptions where there are any."""
        picked = self.result.extremes
        a, b = (
            tuple(Moment(extreme=extreme) for extreme in extremes)
            for extremes in (picked.a.extremes, picked.b.extremes)
        )
        return (a if self.moments_a is None else self.moments_a), (b if self.moments_b is None else self.moments_b)
