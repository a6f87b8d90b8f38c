"""Truth-and-Bias with a moderator and dyads within therapists, by R's lme4, lmerTest and nlme.

`python -m tests.reference.truth_and_bias_r` makes truth_and_bias_r.json anew; it needs R with these packages, which the
project does not.
"""

import csv
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from dialogram import JudgedDyad, Trace

ANSWERS = Path(__file__).with_suffix(".json")
SCRIPT = Path(__file__).with_name("truth_and_bias.R")
STEP_S = 2.0


def simulate() -> list[JudgedDyad]:
    """Four dyads with each of nine therapists, of unequal length; a rating that lasts, two of them with gaps."""
    rng = np.random.default_rng(20261125)
    dyads = []
    for therapist in range(9):
        of_therapist = rng.normal(size=2) * (4.0, 0.25)
        for client in range(4):
            bins = int(rng.integers(40, 90))
            alliance = float(rng.integers(1, 8))
            bias, slope = (0.0, 0.2 + 0.1 * alliance) + of_therapist + rng.normal(size=2) * (3.0, 0.2)
            noise = rng.normal(size=bins)
            for at in range(1, bins):
                noise[at] = 0.6 * noise[at - 1] + 0.8 * noise[at]
            truth = 50 + rng.normal(size=bins).cumsum()
            judge = truth.mean() + bias + slope * (truth - truth.mean()) + 3 * noise
            if client == therapist % 4:
                judge[10:14] = judge[20] = np.nan
            dyads.append(
                JudgedDyad(
                    name=f"{therapist}-{client}",
                    judge=Trace(values=judge, step_s=STEP_S),
                    truth=Trace(values=truth, step_s=STEP_S),
                    therapist=f"T{therapist}",
                    moderators={"alliance": alliance},
                )
            )
    return dyads


def write_bins(path: Path) -> None:
    """Write the dyads as R is to see them: time in bins, both ratings about the dyad's truth, the moderator centred."""
    dyads = simulate()
    mean = np.mean([dyad.moderators["alliance"] for dyad in dyads])
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["therapist", "dyad", "t", "x", "y", "m"])
        for dyad in dyads:
            judge, truth = dyad.pairs()
            for at in np.flatnonzero(~np.isnan(judge)):
                centre = truth[~np.isnan(truth)].mean()
                known = dyad.moderators["alliance"] - mean
                table.writerow([dyad.therapist, dyad.name, at, truth[at] - centre, judge[at] - centre, known])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        bins = Path(folder) / "bins.csv"
        write_bins(bins)
        subprocess.run(["Rscript", str(SCRIPT), str(bins), str(ANSWERS)], check=True)
