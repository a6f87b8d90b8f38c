import json
import math

import pytest
from tests.reference.guess_model_glmm import ANSWERS, simulate

from dialogram import model_guesses


def test_right_guesses_with_therapists_random_by_another_program() -> None:
    expected = json.loads(ANSWERS.read_text())
    scores, therapists = simulate()
    fit = model_guesses(scores, therapists)
    assert fit.logit == pytest.approx(expected["logit"], abs=1e-5)
    assert fit.se == pytest.approx(expected["se"], abs=1e-4)
    assert fit.sd_therapists == pytest.approx(expected["sd_therapists"], abs=1e-5)
    # It counts single guesses; the binomial counts how many ways there are to get as many right.
    ways = sum(math.log(math.comb(score.shown, score.right)) for score in scores)
    assert fit.loglik - ways == pytest.approx(expected["loglik_of_single_guesses"], abs=1e-6)
