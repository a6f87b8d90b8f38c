"""Every result says what it found, as numbers and in words, whatever was rated."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from dialogram import analysis
from dialogram.analysis import compare, describe_dynamics, resample, score_guess, view_own
from dialogram.analysis.plain import Result
from dialogram.timeline import Segment, Trace

NO_RESULTS = {
    "DiscrepancyRule": "a rule",
    "ExtremesRule": "a rule",
    "JudgedDyad": "what is put in",
    "SupposedCohort": "what is put in",
    "CohortBlock": "sums on the way",
    "DyadSums": "sums on the way",
    "MeasuredDyad": "sums on the way",
    "Products": "sums on the way",
    "StudyOutcomes": "what a plan is weighed from",
}
DATACLASSES = {name: each for name in dir(analysis) if is_dataclass(each := getattr(analysis, name))}


def lacks(result: Any) -> list[str]:
    return [name for name in ("summary", "to_dict") if not callable(getattr(result, name, None))]


@pytest.mark.parametrize("name", sorted(DATACLASSES.keys() - NO_RESULTS.keys()))
def test_a_result_says_what_it_found(name: str) -> None:
    assert lacks(DATACLASSES[name]) == []


def test_what_is_no_result_is_known_and_would_have_been_seen() -> None:
    assert NO_RESULTS.keys() <= DATACLASSES.keys()
    assert {name for name, each in DATACLASSES.items() if lacks(each)} == NO_RESULTS.keys()


def _walk(seed: int, bins: int = 900) -> np.ndarray:
    return np.clip(50 + np.random.default_rng(seed).normal(size=bins).cumsum(), 0, 100)


def _results(found: Any) -> Iterator[Result]:
    """All results within a result."""
    if isinstance(found, tuple | list):
        for each in found:
            yield from _results(each)
    elif is_dataclass(found):
        if isinstance(found, Result):
            yield found
        for field in fields(found):
            yield from _results(getattr(found, field.name))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (_walk(1), _walk(2)),
        (_walk(1), _walk(1)),
        (_walk(1), np.full(900, 50.0)),
        (np.full(900, 50.0), np.full(900, 80.0)),
        (np.full(900, np.nan), _walk(2)),
        (np.where(np.arange(900) % 50, _walk(1), np.nan), _walk(2)),
        (_walk(1, 12), _walk(2, 12)),
        (np.array([50.0]), np.array([60.0])),
    ],
)
def test_whatever_was_rated_is_told_in_words_and_in_json(a: np.ndarray, b: np.ndarray) -> None:
    first, second = Trace(values=a, step_s=1.0, name="client"), Trace(values=b, step_s=1.0, name="therapist")
    result = compare(first, second)
    truth = ["helpful", "hindering"]
    every = [
        *_results(result),
        *_results(describe_dynamics(first, second)),
        *_results(resample(first, second, result)),
        score_guess(truth, truth, numbers_told=True),  # type: ignore[arg-type]
        *view_own(first, result.extremes.a.extremes, [Segment(0.0, 30.0)]),
    ]
    assert len({type(each) for each in every}) >= 15
    for each in every:
        words = each.summary()
        assert re.match(r"[\w<].*[.!]$", words, re.DOTALL), (type(each), words)
        assert not re.search(r"\bnan\b", words), (type(each), words)
        json.dumps(each.to_dict(), allow_nan=False)
