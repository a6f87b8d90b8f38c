from pathlib import Path

import numpy as np
import pytest

from dialogram.analysis.agreement import compare_values, icc_a1

# Peak expiratory flow, first measurements by a Wright and a mini Wright meter: Bland & Altman 1986, Lancet 327,
# 307–310.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]

# Six targets rated by four judges: Shrout & Fleiss 1979, Psychological Bulletin 86, 420–428, table 2.
JUDGES = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]


def test_concordance_of_the_flow_meters() -> None:
    wright, mini = np.array(WRIGHT, dtype=float), np.array(MINI, dtype=float)
    agreement = compare_values(wright, mini)
    assert agreement.ccc == pytest.approx(0.942742, abs=5e-7)
    # Lin's bias correction is the concordance over the correlation.
    assert agreement.ccc / np.corrcoef(wright, mini)[0, 1] == pytest.approx(0.999431, abs=5e-7)
    parts = agreement.level_part + agreement.scatter_part + agreement.shape_part
    assert parts == pytest.approx(np.mean((wright - mini) ** 2), rel=1e-12)
    assert agreement.rmse**2 == pytest.approx(parts, rel=1e-12)


def test_icc_of_the_four_judges() -> None:
    assert icc_a1(np.array(JUDGES, dtype=float)) == pytest.approx(0.289764, abs=5e-7)


@pytest.mark.shared_data
def test_icc_of_the_anxiety_raters(shared_data: Path) -> None:
    table = np.genfromtxt(shared_data / "icc-anxiety/anxiety.csv", delimiter=",", skip_header=1)
    assert icc_a1(table[:, -3:].T) == pytest.approx(0.197998, abs=5e-7)
