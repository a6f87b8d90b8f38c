"""What several observers agree on, beside printed numbers and other programs' answers."""

import csv
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr
from tests.reference.couples import LONE_COUPLE
from tests.reference.kappa_irrcac import ANSWERS

from dialogram import (
    build_consensus,
    measure_alpha,
    measure_fleiss_kappa,
    measure_kappa,
    read_traces,
    screen_raters,
    split_observers,
)
from dialogram.analysis.correlation import Floats
from dialogram.analysis.krippendorff import Measurement

# Four observers' codes of twelve units: Krippendorff 2011, Computing Krippendorff's alpha-reliability, section D.
OBSERVERS = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""


@pytest.mark.parametrize(
    ("measurement", "printed"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_alpha_of_the_four_observers(measurement: Measurement, printed: float) -> None:
    cells = [row.split() for row in OBSERVERS.strip().splitlines()]
    codes = np.array([[np.nan if cell == "." else float(cell) for cell in row] for row in cells])
    assert measure_alpha(codes, measurement).value == pytest.approx(printed, abs=5e-7)


def test_kappa_and_alpha_of_codes_with_missing_ones() -> None:
    theirs = json.loads(ANSWERS.read_text(encoding="utf-8"))
    codes = np.array(theirs["codes"], dtype=float)
    assert np.isnan(codes).any()
    cohen = {weights: measure_kappa(codes[0], codes[1], weights=weights).value for weights in theirs["cohen"]}
    assert cohen == pytest.approx(theirs["cohen"], abs=1e-11)
    assert measure_fleiss_kappa(codes).value == pytest.approx(theirs["fleiss"], abs=1e-11)
    alpha = {of: measure_alpha(codes, of).value for of in theirs["alpha"]}
    assert alpha == pytest.approx(theirs["alpha"], abs=1e-11)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("recording", "printed"),
    [("11", (0.3265, 0.3325, 0.3410)), ("32", (0.3976, 0.2791, 0.3233)), ("47", (0.4145, 0.4047, 0.1808))],
)
def test_consensus_weights_of_the_arousal_raters(shared_data: Path, recording: str, printed: tuple[float, ...]) -> None:
    """None of them is told to be later than another, so nobody is set back."""
    consensus = build_consensus(read_traces(shared_data / f"arousal-raters/{recording}.csv"))
    assert consensus.lags_s == (0.0, 0.0, 0.0)
    assert consensus.weights == pytest.approx(printed, abs=5e-5)


def _read_valence(folder: Path) -> Floats:
    """Each observer's valence, −1, 0 or 1, in bins of 1 s over the film."""
    curves = []
    for path in sorted((folder / "film-observers").glob("*.csv")):
        valence = np.zeros(7200)
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                valence[int(float(row["start"])) : int(np.ceil(float(row["end"])))] += {"POS": 1, "NEG": -1}.get(
                    row["valence"], 0
                )
        curves.append(np.sign(valence))
    return np.array(curves)


@pytest.mark.shared_data
def test_halves_of_the_film_observers_are_those_of_scipy(shared_data: Path) -> None:
    curves = _read_valence(shared_data)
    assert curves.shape[0] == 12
    everyone, nine = split_observers(curves), split_observers(curves[3:])
    theirs = [
        spearmanr(curves[list(half)].sum(axis=0), curves[[i for i in range(12) if i not in half]].sum(axis=0)).statistic
        for half in combinations(range(12), 6)
        if 0 in half
    ]
    assert (everyone.complete, everyone.halves.splits, len(theirs)) == (True, 462, 462)
    assert everyone.halves.mean == pytest.approx(np.mean(theirs), abs=1e-12)
    assert (everyone.halves.lowest, everyone.halves.highest) == pytest.approx((min(theirs), max(theirs)), abs=1e-12)
    assert (nine.halves.splits, nine.halves.observers) == (126, 4)
    rising = [size.mean for size in everyone.by_size]
    assert rising == sorted(rising)
    assert rising[-1] == everyone.halves.mean


@pytest.mark.shared_data
def test_of_all_couples_only_the_lone_one_is_one_rating_twice(shared_data: Path) -> None:
    dials: dict[str, dict[str, dict[str, float]]] = {}
    with (shared_data / "couples-dial/dial.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            value = np.nan if row["dial"] in {"", "NA"} else float(row["dial"])
            dials.setdefault(row["couple"], {"0": {}, "1": {}})[row["female"]][row["time"]] = value
    flagged = set()
    for couple, partners in dials.items():
        times = sorted(partners["0"].keys() & partners["1"].keys(), key=float)
        ratings = np.array([[partners[sex][time] for time in times] for sex in "10"])
        found = screen_raters(ratings, ["she", "he"], step_s=2.0).findings
        flagged |= {couple for each in found if each.finding == "duplicated"}
    assert len(dials) == 20
    assert flagged == {LONE_COUPLE}
