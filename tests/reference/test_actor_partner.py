import csv
from pathlib import Path

import numpy as np
import pytest

from dialogram import fit_actor_partner


@pytest.mark.shared_data
def test_satisfaction_on_tension_of_couples(shared_data: Path) -> None:
    """Acitelli's couples, as dyadr's vignette and nlme's gls with compound symmetry have them."""
    couples: dict[str, list[tuple[float, float]]] = {}
    with (shared_data / "couples-apim/acitelli.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            couples.setdefault(row["CoupleID"], []).append((float(row["Tension_A"]), float(row["Satisfaction_A"])))
    table = np.array(list(couples.values()))
    fit = fit_actor_partner(table[..., 0], table[..., 1])
    assert fit.dyads == 148
    assert (round(fit.actor.b, 6), round(fit.actor.se, 6)) == (-0.375217, 0.031708)
    assert round(fit.partner.b, 6) == -0.177492
    # The search of nlme ends at .438435; sum and difference have the optimum itself, .4384344.
    assert fit.rho == pytest.approx(0.438435, abs=1e-6)
