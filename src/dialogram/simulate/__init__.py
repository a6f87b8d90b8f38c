"""Synthetic raters and recordings with a known truth: demo, tests, power analysis."""

from dialogram.simulate.browser import Stretch, hand_of
from dialogram.simulate.dyads import CLIENT, THERAPIST, KnownExtreme, SimulatedDyad, simulate_dyad
from dialogram.simulate.event_logs import SimulatedLog, Step, draw_program, simulate_event_log
from dialogram.simulate.raters import Rater, simulate_hand, simulate_noise
from dialogram.simulate.studies import simulate_studies

__all__ = [
    "CLIENT",
    "THERAPIST",
    "KnownExtreme",
    "Rater",
    "SimulatedDyad",
    "SimulatedLog",
    "Step",
    "Stretch",
    "draw_program",
    "hand_of",
    "simulate_dyad",
    "simulate_event_log",
    "simulate_hand",
    "simulate_noise",
    "simulate_studies",
]
