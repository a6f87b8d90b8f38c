"""Prediction intervals by R's metafor, and errors by clusters by clubSandwich.

`python -m tests.reference.meta_analysis_r` makes meta_analysis_r.json anew; it needs R with these packages, which the
project does not.
"""

import csv
import subprocess
import tempfile
from pathlib import Path

import numpy as np

ANSWERS = Path(__file__).with_suffix(".json")
SCRIPT = Path(__file__).with_name("meta_analysis.R")
CLIENTS = (1, 1, 1, 1, 2, 2, 3, 4, 4, 4, 5, 6, 6, 7, 8, 8, 9, 9)


def simulate() -> dict[str, list[float]]:
    """Eighteen sessions of nine clients: z, its variance, what is known of the session, and whose it is."""
    rng = np.random.default_rng(20261125)
    of_client = 0.25 * rng.normal(size=10)
    columns: dict[str, list[float]] = {"client": [float(client) for client in CLIENTS]}
    columns["v"] = rng.uniform(0.01, 0.06, size=len(CLIENTS)).tolist()
    columns["one"] = rng.normal(size=len(CLIENTS)).tolist()
    columns["two"] = (rng.normal(size=10)[list(CLIENTS)] + rng.normal(size=len(CLIENTS))).tolist()
    columns["y"] = [
        float(0.4 + of_client[client] + 0.1 * one + np.sqrt(v) * rng.normal())
        for client, v, one in zip(CLIENTS, columns["v"], columns["one"], strict=True)
    ]
    return columns


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        cases, columns = Path(folder) / "cases.csv", simulate()
        with cases.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(columns)
            table.writerows(zip(*columns.values(), strict=True))
        subprocess.run(["Rscript", str(SCRIPT), str(cases), str(ANSWERS)], check=True)
