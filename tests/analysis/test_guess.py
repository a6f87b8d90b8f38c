import numpy as np
import pytest

from dialogram.analysis.extremes import Extreme, Kind
from dialogram.analysis.guess import score_guess, view_own
from dialogram.timeline import Segment, Trace

H: Kind = "helpful"
N: Kind = "hindering"
SIX: tuple[Kind, ...] = (H, N, H, N, H, N)


@pytest.mark.parametrize(
    ("guesses", "right", "told", "not_told"),
    [
        ((H, N, H, N, H, N), 6, 0.05, 1 / 64),
        ((H, N, H, N, N, H), 4, 0.5, 0.34375),
        ((N, H, N, H, H, N), 2, 0.95, 1 - 7 / 64),
        ((N, H, N, H, N, H), 0, 1.0, 1.0),
    ],
)
def test_three_and_three(guesses: tuple[Kind, ...], right: int, told: float, not_told: float) -> None:
    score = score_guess(SIX, guesses, numbers_told=True)
    assert (score.right, score.shown, score.helpful) == (right, 6, 3)
    assert score.p == pytest.approx(told, rel=1e-12)
    assert score.distribution == ((0, 0.05), (2, 0.45), (4, 0.45), (6, 0.05))
    assert score_guess(SIX, guesses, numbers_told=False).p == pytest.approx(not_told, rel=1e-12)


@pytest.mark.parametrize(("truth", "guesses"), [((H, H, N, N, N), (H, N, H, N, N)), ((H, H, H, N), (H, N, N, N))])
def test_what_was_shown_is_enumerated(truth: tuple[Kind, ...], guesses: tuple[Kind, ...]) -> None:
    """A vetoed clip, and a guesser who does not keep to the numbers, against every way of sorting."""
    from itertools import permutations

    rights = [sum(a == b for a, b in zip(truth, order, strict=True)) for order in permutations(guesses)]
    score = score_guess(truth, guesses, numbers_told=True)
    assert score.p == pytest.approx(np.mean(np.array(rights) >= score.right), rel=1e-12)
    assert [right for right, _ in score.distribution] == sorted(set(rights))


def test_guesses_are_checked() -> None:
    with pytest.raises(ValueError, match="one for each"):
        score_guess(SIX, SIX[:5], numbers_told=True)
    with pytest.raises(ValueError, match="neutral"):
        score_guess((H, N), (H, "neutral"), numbers_told=True)  # type: ignore[arg-type]  # what is tested


def test_own_view_finds_the_nearest_own_extreme() -> None:
    trace = Trace(values=np.arange(200.0) / 2, step_s=1.0)
    own = [
        Extreme(kind=kind, rank=1, start_s=start, end_s=start + 30, mean=0, coverage=1, relative=False)
        for kind, start in ((H, 150.0), (N, 70.0))
    ]
    shared, alone = view_own(trace, own, [Segment(60.0, 90.0), Segment(110.0, 140.0)])
    assert (shared.overlap_s, shared.own_kind) == (20.0, N)
    assert shared.mean == pytest.approx(37.25)
    assert (alone.overlap_s, alone.own_kind) == (0.0, None)
