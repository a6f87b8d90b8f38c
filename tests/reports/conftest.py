import numpy as np
import pytest

from dialogram.analysis import compare, describe_dynamics, score_guess, view_own
from dialogram.reports import DyadReport, Guess, GuessCard, Moment, SessionRating
from dialogram.timeline import Trace


def rated(seed: int, name: str, bins: int = 1200) -> Trace:
    rng = np.random.default_rng(seed)
    return Trace(values=np.clip(50 + 2 * rng.normal(size=bins).cumsum(), 0, 100), step_s=1.0, name=name)


@pytest.fixture
def bare() -> DyadReport:
    a, b = rated(1, "client"), rated(4, "therapist")
    return DyadReport(a=a, b=b, result=compare(a, b), dynamics=describe_dynamics(a, b))


@pytest.fixture
def whole(bare: DyadReport) -> DyadReport:
    extremes = bare.result.extremes.a.extremes
    truth = [extreme.kind for extreme in extremes]
    guesses = truth[:2] + truth[-1:] + truth[2:3] + truth[4:]
    views = view_own(bare.b, bare.result.extremes.b.extremes, [extreme.segment for extreme in extremes])
    return DyadReport(
        a=bare.a,
        b=bare.b,
        result=bare.result,
        dynamics=bare.dynamics,
        title="Two views of one hour",
        subtitle="Study Helpfulness · dyad K7",
        moments_a=tuple(
            Moment(extreme=extreme, description=f"What I felt {at}") for at, extreme in enumerate(extremes, start=1)
        ),
        guess=Guess(
            guesser="therapist",
            rater="client",
            score=score_guess(truth, guesses, numbers_told=True),
            cards=tuple(
                GuessCard(segment=extreme.segment, truth=extreme.kind, guess=guess, own=view)
                for extreme, guess, view in zip(extremes, guesses, views, strict=True)
            ),
        ),
        session_ratings=(SessionRating(of="a", question="How helpful was it?", value=7, low=1, high=9),),
        order="The client rated first.",
        deviations=("A break of 12 minutes.",),
    )
