import pytest
from tests.analysis.test_guess_model import _score

from dialogram import model_guesses, pool_guesses, score_guess, study_guesses
from dialogram.analysis.extremes import Kind


def test_the_exact_pool_and_the_model_stand_beside_each_other() -> None:
    scores, who = [_score(5), _score(4), _score(6), _score(3)], ["a", "b", "a", "c"]
    found = study_guesses(scores, who)
    assert (found.pool, found.model, found.why_not) == (pool_guesses(scores), model_guesses(scores, who), "")
    assert found.pool.summary() in found.summary()
    assert found.to_dict()["model"]["therapists"] == 3


def test_why_there_is_no_model_is_said_and_the_pool_stays() -> None:
    found = study_guesses([_score(5), _score(4)], ["a", "a"])
    assert (found.model, found.to_dict()["model"], found.pool.right) == (None, None, 9)
    assert "Not modelled: therapists: expected at least two, got 1." in found.summary()
    with pytest.raises(ValueError, match="at least one"):
        study_guesses([], [])


def test_chance_is_taken_out_by_what_was_shown() -> None:
    """Three and three and guesses made apart: chance is half. Two of five, and all called hindering: three of five."""
    half = model_guesses([_score(5), _score(4)], ["a", "b"])
    assert (half.chance, half.share) == pytest.approx((0.5, 0.75))
    assert half.corrected == pytest.approx(0.5)
    assert half.corrected_ci95 == pytest.approx([2 * end - 1 for end in half.ci95])
    shown: tuple[Kind, ...] = ("helpful", "helpful", "hindering", "hindering", "hindering")
    easy = score_guess(shown, ["hindering"] * 5, numbers_told=True)
    mixed = model_guesses([easy, _score(5)], ["a", "b"])
    assert mixed.chance == pytest.approx((3 + 3) / 11)
    assert mixed.corrected == pytest.approx((8 / 11 - 6 / 11) / (5 / 11))


def test_few_therapists_are_not_to_be_believed() -> None:
    def said(count: int) -> str:
        return model_guesses([_score(4 + at % 2) for at in range(count)], [f"T{at}" for at in range(count)]).summary()

    assert "9 therapists are too few" in said(9)
    assert "too few" not in said(10)
