from pathlib import Path

import numpy as np
import pytest

from dialogram import fit_response_surface


@pytest.mark.shared_data
def test_power_motives_and_affect(shared_data: Path) -> None:
    """The example data of R's RSA: explicit and implicit power motive, and affect after a contest."""
    explicit, implicit, affect = np.genfromtxt(
        shared_data / "response-surface/motcon.tab", skip_header=1, usecols=(1, 2, 3)
    ).T
    fit = fit_response_surface(explicit, implicit, affect)
    slopes = [fit.a1.b, fit.a2.b, fit.a3.b, fit.a4.b]
    assert (fit.n, round(fit.r2, 6)) == (84, 0.149990)
    assert [round(slope, 6) for slope in slopes] == [0.555329, -0.047829, 0.039580, -0.293638]
