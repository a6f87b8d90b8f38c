"""Right guesses with therapists random, by the package glmm: adaptive quadrature, errors from the Hessian.

`python -m tests.reference.guess_model_glmm` makes guess_model_glmm.json anew; it needs glmm, which the
project does not.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from dialogram.analysis import GuessScore, score_guess
from dialogram.analysis.extremes import Kind

ANSWERS = Path(__file__).with_suffix(".json")
TRUTH: tuple[Kind, ...] = ("helpful", "hindering", "helpful", "hindering", "helpful", "hindering")


def simulate() -> tuple[list[GuessScore], list[str]]:
    """Forty dyads of twelve therapists who differ, with one to seven clients each."""
    rng = np.random.default_rng(20261124)
    skills = rng.normal(0.5, 0.9, size=12)
    scores, therapists = [], []
    for therapist in np.sort(rng.integers(0, 12, size=40)).tolist():
        right = rng.random(6) < 1 / (1 + np.exp(-skills[therapist]))
        guesses = [kind if hit else TRUTH[1 - TRUTH.index(kind)] for kind, hit in zip(TRUTH, right, strict=True)]
        scores.append(score_guess(TRUTH, guesses, numbers_told=False))
        therapists.append(f"T{therapist}")
    return scores, therapists


def fit_with_glmm() -> dict[str, float]:
    import glmm

    scores, therapists = simulate()
    table: dict[str, list[Any]] = {"therapist": [], "right": []}
    for score, therapist in zip(scores, therapists, strict=True):
        table["therapist"] += [therapist] * score.shown
        table["right"] += [1.0] * score.right + [0.0] * (score.shown - score.right)
    fit = glmm.fit(table, "right ~ 1 + (1 | therapist)", family="binomial", nagq=25)
    return {
        "logit": float(fit.beta[0]),
        "se": float(fit.se[0]),
        "sd_therapists": float(np.sqrt(np.ravel(fit.tau2)[0])),
        "loglik_of_single_guesses": float(fit.loglik),
    }


if __name__ == "__main__":
    ANSWERS.write_text(json.dumps(fit_with_glmm(), indent=2) + "\n")
