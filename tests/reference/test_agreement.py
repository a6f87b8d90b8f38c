import numpy as np
import pytest

from dialogram.analysis.agreement import compare_values

# Peak expiratory flow, first measurements by a Wright and a mini Wright meter: Bland & Altman 1986, Lancet 327,
# 307–310.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def test_concordance_of_the_flow_meters() -> None:
    wright, mini = np.array(WRIGHT, dtype=float), np.array(MINI, dtype=float)
    agreement = compare_values(wright, mini)
    assert agreement.ccc == pytest.approx(0.942742, abs=5e-7)
    # Lin's bias correction is the concordance over the correlation.
    assert agreement.ccc / np.corrcoef(wright, mini)[0, 1] == pytest.approx(0.999431, abs=5e-7)
    parts = agreement.level_part + agreement.scatter_part + agreement.shape_part
    assert parts == pytest.approx(np.mean((wright - mini) ** 2), rel=1e-12)
    assert agreement.rmse**2 == pytest.approx(parts, rel=1e-12)
