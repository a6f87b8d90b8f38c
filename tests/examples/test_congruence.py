"""The worked notebook runs from its first cell to its last, and finds what was put in."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

NOTEBOOK: dict[str, Any] = json.loads((Path(__file__).parents[2] / "examples/congruence.ipynb").read_text())

SHOWN = "%matplotlib inline\n"
"""Without it a notebook prints `<Figure size …>` where a figure should be."""


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """All that stands after the last cell."""
    there: dict[str, Any] = {}
    for cell in NOTEBOOK["cells"]:
        if cell["cell_type"] == "code":
            lines = [line for line in cell["source"] if line != SHOWN]
            exec(compile("".join(lines), cell["id"], "exec"), there)
    return there


def test_it_finds_what_was_put_in(names: dict[str, Any]) -> None:
    assert names["congruence"].shape.r > 0.5
    assert names["dynamics"].lag_curve.best.r > names["dynamics"].lag_curve.chance_r
    assert np.nanmean(names["windows"].r) > 0.2
    assert names["coherence"].p_shift < 0.05
    assert names["coherence"].mean_coherence > 2 * names["coherence"].mean_coherence_by_chance
    assert (sum(names["found"]), names["score"].right) == (6, 4)
    assert names["cohort"].dyads == 40
    low, high = names["growth"].ci95
    assert 0 < low < 0.1 < high
    assert np.isfinite(names["cohort"].meta.prediction95).all()


def test_its_figures_are_seen() -> None:
    assert NOTEBOOK["cells"][1]["source"][0] == SHOWN


def test_it_carries_no_outputs_and_nothing_of_a_machine() -> None:
    assert set(NOTEBOOK["metadata"]) == {"kernelspec", "language_info"}
    for cell in NOTEBOOK["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
