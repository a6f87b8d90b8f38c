from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from dialogram import pool_guesses, score_guess
from dialogram.analysis.extremes import Kind

H: Kind = "helpful"
N: Kind = "hindering"


def test_a_mixture_is_enumerated() -> None:
    """Three and three told, five with one vetoed, and four not told, against every way it can come out."""
    scores = [
        score_guess((H, H, H, N, N, N), (H, H, N, H, N, N), numbers_told=True),
        score_guess((H, H, N, N, N), (H, N, H, N, N), numbers_told=True),
        score_guess((H, H, N, N), (H, H, N, H), numbers_told=False),
    ]
    chances = [
        [(0, Fraction(1, 20)), (2, Fraction(9, 20)), (4, Fraction(9, 20)), (6, Fraction(1, 20))],
        [(1, Fraction(3, 10)), (3, Fraction(6, 10)), (5, Fraction(1, 10))],
        [(0, Fraction(1, 16)), (1, Fraction(4, 16)), (2, Fraction(6, 16)), (3, Fraction(4, 16)), (4, Fraction(1, 16))],
    ]
    tail = sum((a[1] * b[1] * c[1] for a, b, c in product(*chances) if a[0] + b[0] + c[0] >= 10), start=Fraction(0))
    pool = pool_guesses(scores)
    assert (pool.dyads, pool.shown, pool.right) == (3, 15, 10)
    assert pool.p == pytest.approx(float(tail), rel=1e-12)
    assert pool.expected == pytest.approx(3 + 2.6 + 2, rel=1e-12)


def test_one_dyad_is_itself() -> None:
    score = score_guess((H, H, H, N, N, N), (H, H, N, H, N, N), numbers_told=True)
    assert pool_guesses([score]).p == pytest.approx(score.p, rel=1e-12)


def test_a_thousand_dyads_come_near_the_normal_distribution() -> None:
    score = score_guess((H, H, H, N, N, N), (H, H, N, H, N, N), numbers_told=True)
    miss = score_guess((H, H, H, N, N, N), (H, N, N, H, H, N), numbers_told=True)
    pool = pool_guesses([score] * 520 + [miss] * 480)
    z = (pool.right - 1 - pool.expected) / np.sqrt(1000 * 1.8)
    assert pool.p == pytest.approx(0.5 * (1 - np.tanh(0.7978845608 * (z + 0.044715 * z**3))), abs=1e-3)


def test_nothing_to_pool_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        pool_guesses([])
