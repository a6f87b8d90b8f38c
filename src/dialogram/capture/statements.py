"""What the dial of a stream said, and when."""

import math

import numpy as np
from numpy.typing import NDArray

from dialogram.capture.event_log import Stream
from dialogram.capture.player import Hole
from dialogram.timeline import Scale

type Statements = tuple[NDArray[np.float64], NDArray[np.float64]]
"""(t_ms, value) in order; NaN where it is not known."""


def statements_of(stream: Stream, lost: list[Hole], scale: Scale) -> Statements:
    """Return from when on the dial had which value; NaN from where records are missing until it is told again."""
    told: list[tuple[float, float]] = [(hole.from_ms, math.nan) for hole in lost]
    awaited = [hole.seq for hole in reversed(lost)]
    for event in stream.of_kind("dial", "heartbeat"):
        told_again = bool(awaited) and event.seq >= awaited[-1]
        value = event.number(0 if event.kind == "dial" else 1)
        # a heartbeat can be ahead of an input still to be handled: it counts only where nothing better is known
        if math.isnan(value) or (event.kind == "heartbeat" and not told_again):
            continue
        while awaited and event.seq >= awaited[-1]:
            awaited.pop()
        told.append((event.t_ms, min(max(value, scale.low), scale.high)))
    told.sort(key=lambda statement: statement[0])
    table = np.array(told, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
