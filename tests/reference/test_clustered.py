"""Errors by clusters against clubSandwich's CR2 with Satterthwaite's degrees of freedom."""

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.reference.meta_analysis_r import ANSWERS, CLIENTS, simulate

from dialogram import Coefficient, fit_response_surface, meta_analyse, meta_regress

NUMBERS = ("b", "se", "df")


@pytest.fixture
def cases() -> dict[str, NDArray[np.float64]]:
    return {name: np.array(column) for name, column in simulate().items()}


@pytest.fixture
def peer() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return answers


def agree(ours: Coefficient, theirs: dict[str, float]) -> None:
    assert [getattr(ours, name) for name in NUMBERS] == pytest.approx([theirs[name] for name in NUMBERS], rel=1e-9)


def test_a_mean_of_sessions_by_clients(cases: dict[str, NDArray[np.float64]], peer: dict[str, Any]) -> None:
    pooled, alone = (meta_analyse(cases["y"], cases["v"], clusters=whose) for whose in (CLIENTS, None))
    (theirs,) = peer["pooled"]
    assert (pooled.z, pooled.se, pooled.df) == pytest.approx([theirs[name] for name in NUMBERS], rel=1e-9)
    assert (pooled.clusters, alone.clusters) == (9, None)
    assert alone.se < 0.7 * pooled.se, "the control takes each session for a client of its own"
    assert (pooled.z, pooled.tau2) == (alone.z, alone.tau2)


def test_a_regression_of_sessions_by_clients(cases: dict[str, NDArray[np.float64]], peer: dict[str, Any]) -> None:
    known = {name: cases[name] for name in ("one", "two")}
    found = meta_regress(cases["y"], cases["v"], known, clusters=CLIENTS)
    for ours, theirs in zip(found.coefficients, peer["regressed"], strict=True):
        agree(ours, theirs)


def test_a_surface_over_sessions_by_clients(cases: dict[str, NDArray[np.float64]], peer: dict[str, Any]) -> None:
    surface = fit_response_surface(cases["one"], cases["y"], cases["two"], clusters=CLIENTS)
    for ours, theirs in zip(surface.b, peer["surface"], strict=True):
        agree(ours, theirs)
    for theirs in peer["along"]:
        agree(getattr(surface, theirs["name"]), theirs)
