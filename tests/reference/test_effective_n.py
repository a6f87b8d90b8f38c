from pathlib import Path

import numpy as np
import pytest
from tests.reference.couples import read_couples

from dialogram.analysis.correlation import correlate
from dialogram.analysis.effective_n import effective_n_of_pairs


@pytest.mark.shared_data
def test_heterogeneity_of_couples_with_effective_weights(shared_data: Path) -> None:
    """Cochran's Q of 19 couples' Fisher z with v = 1/(N* − 3): 27.1248."""
    couples = read_couples(shared_data).values()
    z = np.array([np.arctanh(correlate(her, his)) for her, his in couples])
    weight = np.array([effective_n_of_pairs(her, his) - 3 for her, his in couples])
    mean = np.average(z, weights=weight)
    assert z.size == 19
    assert np.sum(weight * (z - mean) ** 2) == pytest.approx(27.1248, abs=5e-5)
