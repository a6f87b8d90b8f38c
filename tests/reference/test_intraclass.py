from pathlib import Path

import numpy as np
import pytest

from dialogram import correlate_intraclass

# Six targets rated by four judges: Shrout & Fleiss 1979, Psychological Bulletin 86, 420–428, table 2.
JUDGES = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]


def test_the_four_judges_in_six_forms() -> None:
    found = correlate_intraclass(np.array(JUDGES, dtype=float))
    assert [round(form.value, 6) for form in found.forms] == [
        0.165742,
        0.289764,
        0.714841,
        0.442797,
        0.620051,
        0.909316,
    ]
    assert [form.mcgraw_wong for form in found.forms] == ["1", "A,1", "C,1", "k", "A,k", "C,k"]


def test_the_four_judges_intervals() -> None:
    """As pingouin 0.7 (`intraclass_corr`) gives them, rounded to two places."""
    found = correlate_intraclass(np.array(JUDGES, dtype=float))
    assert {form.name: tuple(round(end, 2) for end in form.ci95) for form in found.forms} == {
        "1,1": (-0.13, 0.72),
        "2,1": (0.02, 0.76),
        "3,1": (0.34, 0.95),
        "1,k": (-0.88, 0.91),
        "2,k": (0.07, 0.93),
        "3,k": (0.68, 0.99),
    }


@pytest.mark.shared_data
def test_the_anxiety_raters(shared_data: Path) -> None:
    table = np.genfromtxt(shared_data / "icc-anxiety/anxiety.csv", delimiter=",", skip_header=1)
    found = correlate_intraclass(table.T)
    values = [found[name].value for name in ("1", "C,1", "A,1", "A,k")]
    assert values == pytest.approx([0.175022, 0.216049, 0.197998, 0.425499], abs=5e-7)
