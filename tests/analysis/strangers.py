"""Cohorts of which is known how far dyads differ from people who never met, and what holds that."""

import numpy as np
from scipy.signal import lfilter

from dialogram import JudgedDyad, Trace, compare_with_pseudo_dyads
from dialogram.analysis.correlation import Floats
from dialogram.analysis.pseudo_dyads import correlate_everybody, person_of

WAYS = ("jackknife over persons", "every pair for itself")
THERAPISTS, CLIENTS = 8, 3


def measure(seed: int, cohorts: int, *, tracking: float) -> Floats:
    """Difference and standard error by either way, shape (cohorts, ways, 2).

    Eight therapists with three clients each; all ratings rise over the session, and a therapist who tracks well does
    so with each client of hers: her r is `tracking` ± .4.
    """
    rng, found = np.random.default_rng(seed), []
    for _ in range(cohorts):
        shocks = rng.normal(size=(2, THERAPISTS * CLIENTS, 250))
        traces = lfilter([1.0], [1.0, -0.9], shocks, axis=-1)[..., 100:] + np.linspace(-1.5, 1.5, 150)
        of_therapist = np.tanh(np.arctanh(tracking) + 0.4 * rng.normal(size=THERAPISTS)) if tracking else np.zeros(8)
        r = np.repeat(of_therapist, CLIENTS)[:, np.newaxis]
        judges = r * traces[0] + np.sqrt(1 - r**2) * traces[1]
        dyads = [
            JudgedDyad(
                name=str(at),
                judge=Trace(values=judges[at], step_s=1.0),
                truth=Trace(values=traces[0, at], step_s=1.0),
                therapist=str(at // CLIENTS),
            )
            for at in range(THERAPISTS * CLIENTS)
        ]
        against = compare_with_pseudo_dyads(dyads)
        z, person = correlate_everybody(dyads), np.array([person_of(dyad) for dyad in dyads])
        strangers = z[person[:, np.newaxis] != person]
        alone = np.sqrt(np.diag(z).var(ddof=1) / len(z) + strangers.var(ddof=1) / strangers.size)
        found.append([[against.difference, against.se], [against.difference, alone]])
    return np.array(found)


def hold(found: Floats, difference: float) -> Floats:
    """How often 95 % intervals on seven degrees of freedom, or of a normal distribution, hold a difference."""
    far = np.abs(found[..., 0] - difference) / found[..., 1]
    return np.asarray((far <= np.array([2.3646, 1.96])).mean(axis=0))
