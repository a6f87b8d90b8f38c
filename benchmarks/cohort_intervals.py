"""Which interval of bias and tracking to believe where dyads are few: how often each holds what is so.

`python -m benchmarks.calibration cohorts [COHORTS]`. Reproduces the table of docs/explanation/many-dyads.md. A rate
near .95 has a standard error of .22/√COHORTS.
"""

import numpy as np
from tests.analysis.cohorts import WAYS, cover

from dialogram.analysis.truth_and_bias import Residuals

COHORTS = 1000
RESIDUALS: tuple[Residuals, ...] = ("iid", "ar1")


def print_coverage(cohorts: int = COHORTS) -> None:
    columns = [f"{residuals} {what}" for residuals in RESIDUALS for what in ("bias", "tracking")]
    print(f"\nHow often 95 % intervals hold the truth, of {cohorts:,} cohorts each")
    print(f"{'':<38}" + "".join(f"{column:>14}" for column in columns))
    for skewed in (False, True):
        for dyads in (10, 20, 40):
            rates = np.stack(
                [
                    np.mean([cover(seed, dyads, skewed=skewed, residuals=residuals) for seed in range(cohorts)], axis=0)
                    for residuals in RESIDUALS
                ],
                axis=1,
            )
            for way, of_way in zip(WAYS, rates, strict=True):
                name = f"{dyads} dyads, {'skewed' if skewed else 'normal'}: {way}"
                print(f"{name:<38}" + "".join(f"{rate:>14.3f}" for rate in of_way.ravel()), flush=True)
