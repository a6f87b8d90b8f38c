import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from dialogram.analysis.correlation import correlate
from dialogram.analysis.effective_n import effective_n_of_pairs

LONE_COUPLE = "19"  # its two series are identical


@pytest.mark.shared_data
def test_heterogeneity_of_couples_with_effective_weights(shared_data: Path) -> None:
    """Cochran's Q of 19 couples' Fisher z with v = 1/(N* − 3): 27.1248 with bins closed up over what is missing."""
    dials: dict[str, dict[str, dict[float, float]]] = defaultdict(lambda: {"0": {}, "1": {}})
    with (shared_data / "couples-dial/dial.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["dial"] not in {"", "NA"} and row["couple"] != LONE_COUPLE:
                dials[row["couple"]][row["female"]][float(row["time"])] = float(row["dial"])
    z, weight = [], []
    for partners in dials.values():
        times = sorted(partners["0"].keys() & partners["1"].keys())
        a, b = (np.array([partners[sex][time] for time in times]) for sex in ("1", "0"))
        z.append(np.arctanh(correlate(a, b)))
        weight.append(effective_n_of_pairs(a, b) - 3)
    mean = np.average(z, weights=weight)
    assert len(z) == 19
    assert np.sum(np.array(weight) * (z - mean) ** 2) == pytest.approx(27.1248, abs=5e-5)
