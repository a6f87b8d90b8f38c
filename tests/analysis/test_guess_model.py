import numpy as np
import pytest
import scipy

from dialogram.analysis import GuessScore, model_guesses, score_guess
from dialogram.analysis.extremes import Kind
from dialogram.analysis.guess_model import _log_likelihood

TRUTH: tuple[Kind, ...] = ("helpful", "hindering", "helpful", "hindering", "helpful", "hindering")


def _score(right: int, *, told: bool = False) -> GuessScore:
    other: dict[Kind, Kind] = {"helpful": "hindering", "hindering": "helpful"}
    guesses = [kind if at < right else other[kind] for at, kind in enumerate(TRUTH)]
    return score_guess(TRUTH, guesses, numbers_told=told)


def test_the_likelihood_is_the_integral_written_out() -> None:
    right, shown = np.array([5.0, 12.0, 90.0]), np.array([6.0, 18.0, 120.0])
    for b, spread in ((0.3, 0.8), (-1.0, 3.0), (0.5, 0.0)):
        expected = 0.0
        for y, n in zip(right, shown, strict=True):

            def density(u: float, y: float = y, n: float = n, b: float = b, spread: float = spread) -> float:
                return float(np.exp(y * (b + spread * u) - n * np.logaddexp(0, b + spread * u) - u * u / 2))

            whole, _ = scipy.integrate.quad(density, -12, 12, epsabs=0, epsrel=1e-11, limit=400)
            expected += np.log(whole / np.sqrt(2 * np.pi))
        assert _log_likelihood(np.array([b, spread]), right, shown) == pytest.approx(expected, abs=1e-7)


def test_therapists_who_do_not_differ_give_the_plain_share() -> None:
    fit = model_guesses([_score(4)] * 6, ["a", "b", "c", "d", "e", "f"])
    assert fit.sd_therapists == 0
    assert fit.share == pytest.approx(24 / 36)
    assert fit.se == pytest.approx((36 * (2 / 3) * (1 / 3)) ** -0.5, rel=1e-5)


def test_therapists_who_differ_make_the_interval_wider() -> None:
    differ = model_guesses([_score(6)] * 4 + [_score(2)] * 4, ["a"] * 4 + ["b"] * 4)
    alike = model_guesses([_score(6), _score(2)] * 4, ["a"] * 4 + ["b"] * 4)
    assert (differ.right, alike.right) == (32, 32)
    assert differ.sd_therapists > 1
    assert alike.sd_therapists == 0
    assert np.diff(differ.ci95) > 2 * np.diff(alike.ci95)


def test_sorting_by_known_numbers_is_told_and_the_exact_p_recommended() -> None:
    sorted_ = model_guesses([_score(4, told=True), _score(4), _score(6, told=True)], ["a", "b", "c"])
    assert sorted_.sorted_dyads == 2
    assert "believe the exact p" in sorted_.summary()
    assert "exact" not in model_guesses([_score(4), _score(5)], ["a", "b"]).summary()


@pytest.mark.parametrize(
    ("right", "therapists", "words"),
    [
        ([4, 4], ["a"], "one for each of 2 scores, got 1"),
        ([4, 4], ["a", "a"], "at least two, got 1"),
        ([6, 6], ["a", "b"], "got 12 right of 12"),
        ([0, 0], ["a", "b"], "got 0 right of 12"),
    ],
)
def test_what_cannot_be_modelled_is_refused(right: list[int], therapists: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model_guesses([_score(each) for each in right], therapists)


@pytest.mark.parametrize("right", [[6, 0, 6, 0], [6, 6, 6, 5], [1, 0, 0, 0]])
def test_extreme_guessers_give_finite_numbers(right: list[int]) -> None:
    fit = model_guesses([_score(each) for each in right], ["a", "b", "c", "d"])
    assert all(np.isfinite(value) for value in (fit.logit, fit.se, fit.p, fit.sd_therapists, fit.loglik))
