"""The couples who rated the video of their own talk, read by the words of the data's own page and nothing else."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LONE_COUPLE = "19"  # its two series are identical


def read_couples(folder: Path) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Give her and his ratings of each couple but the lone one, on one grid of 2-s bins, NaN where one is missing."""
    dials: dict[str, dict[str, dict[float, float]]] = defaultdict(lambda: {"0": {}, "1": {}})
    with (folder / "couples-dial/dial.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["dial"] not in {"", "NA"} and row["couple"] != LONE_COUPLE:
                dials[row["couple"]][row["female"]][float(row["time"])] = float(row["dial"])
    couples = {}
    for couple, partners in dials.items():
        times = sorted(partners["0"].keys() & partners["1"].keys())
        bins = np.arange(times[0], times[-1] + 1)
        her, his = (
            np.array([partners[sex].get(time, np.nan) if time in times else np.nan for time in bins]) for sex in "10"
        )
        couples[couple] = (her, his)
    return couples
