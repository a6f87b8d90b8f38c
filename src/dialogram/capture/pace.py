"""How soon a dial tells that it was turned, as far as its own events show it."""

import numpy as np

from dialogram.capture.event_log import EventLog

STEPWISE = frozenset({"keyboard", "wheel", "restore"})
"""Here the hand sets the pace, step by step, and nothing is learnt of the device."""

LEAST_CHANGES = 100
QUICKEST_SHARE = 0.1


def change_interval_ms(log: EventLog) -> float | None:
    """Return the time between two changes of a dial at its quickest, in milliseconds: no change is told sooner.

    It is the tenth percentile of the times between one change and the next, for a resting or a slow hand leaves long
    ones; None for fewer than 100 changes of a dial that moves by itself from value to value.
    """
    between = [
        np.diff(np.sort([event.t_ms for event in stream.of_kind("dial") if event.text(1) not in STEPWISE]))
        for stream in log.streams
    ]
    all_ms = np.concatenate(between) if between else np.empty(0)
    return float(np.quantile(all_ms, QUICKEST_SHARE)) if all_ms.size >= LEAST_CHANGES else None
