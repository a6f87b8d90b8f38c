"""κ and α of codes, some missing, by the package irrCAC, which follows Gwet 2014.

`python kappa_irrcac.py`, in an environment with irrCAC (Python 3.11 or older), makes kappa_irrcac.json anew; the
project needs neither. Of two raters Conger's κ is Cohen's.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ANSWERS = Path(__file__).with_suffix(".json")


def simulate() -> NDArray[np.float64]:
    """Draw forty units in five categories by four raters who err by a category or two, every ninth code missing."""
    rng = np.random.default_rng(20261125)
    truth = rng.integers(1, 6, size=40)
    codes = np.asarray(np.clip(truth + rng.choice([-2, -1, 0, 0, 0, 0, 1, 1], size=(4, 40)), 1, 5), dtype=np.float64)
    codes[rng.random((4, 40)) < 1 / 9] = np.nan
    codes[1:, 7] = np.nan
    return codes


def answer(codes: NDArray[np.float64]) -> dict[str, Any]:
    import pandas as pd
    from irrCAC.raw import CAC

    def measure(raters: NDArray[np.float64], weights: str, coefficient: str) -> float:
        cac = CAC(pd.DataFrame(raters.T), weights=weights, digits=12)
        return float(getattr(cac, coefficient)()["est"]["coefficient_value"])

    pair = codes[:2, ~np.isnan(codes[:2]).any(axis=0)]
    return {
        "codes": [[None if np.isnan(code) else code for code in row] for row in codes.tolist()],
        "cohen": {
            name: measure(pair, weights, "conger")
            for name, weights in (("none", "identity"), ("linear", "linear"), ("quadratic", "quadratic"))
        },
        "fleiss": measure(codes, "identity", "fleiss"),
        "alpha": {
            name: measure(codes, weights, "krippendorff")
            for name, weights in (
                ("nominal", "identity"),
                ("interval", "quadratic"),
                ("ratio", "ratio"),
            )
        },
    }


if __name__ == "__main__":
    ANSWERS.write_text(json.dumps(answer(simulate()), indent=1) + "\n", encoding="utf-8")
