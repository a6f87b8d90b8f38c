"""Which interval of one session to believe, and which of dyads against people who never met.

`python -m benchmarks.calibration sessions [SESSIONS]`. Reproduces what docs/explanation/can-i-believe-this-p.md says of
intervals. A rate near .95 has a standard error of .22/√SESSIONS.
"""

from tests.analysis import session_intervals, strangers

SESSIONS = 2000
KINDS = ((458, 0.95), (3000, 0.95), (3000, 0.99))


def print_coverage(sessions: int = SESSIONS) -> None:
    print(f"\nHow often 95 % intervals hold the truth, of {sessions:,} sessions each")
    print(f"{'':<32}" + "".join(f"{f'{bins:,} bins, AR {phi:g}':>22}" for bins, phi in KINDS))
    held = [
        session_intervals.cover(1, sessions, bins=bins, phi=phi, replicates=1000).mean(axis=0) for bins, phi in KINDS
    ]
    for way, rates in zip(session_intervals.WAYS, zip(*held, strict=True), strict=True):
        print(f"{way:<32}" + "".join(f"{rate:>22.3f}" for rate in rates), flush=True)
    print(f"\nThe same of {sessions:,} cohorts of 24 dyads of 8 therapists against people who never met")
    strange, tracking = (strangers.measure(seed, sessions, tracking=r) for seed, r in ((1, 0.0), (2, 0.4)))
    for at, way in enumerate(strangers.WAYS):
        rates = strangers.hold(strange, 0.0)[at], strangers.hold(tracking, tracking[:, 0, 0].mean())[at]
        print(f"{way:<32}strangers all {rates[0]:.3f}, r about .4 {rates[1]:.3f}")
