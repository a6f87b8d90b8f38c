from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dialogram.timeline import Scale, Segment

type DiscrepancyKind = Literal[
    "a_helpful_b_hindering",
    "a_hindering_b_helpful",
    "a_higher",
    "b_higher",
    "relative_a_higher",
    "relative_b_higher",
]


@dataclass(frozen=True, kw_only=True)
class Discrepancy:
    """A segment in which two raters part.

    Parameters
    ----------
    kind
        By state (``a_helpful_b_hindering``) where their means are in opposite states, else by side (``a_higher``);
        ``relative_…`` where it was found with each person's own mean taken out.
    start_s, end_s
        Half-open, in media seconds.
    mean_a, mean_b
        Over the segment, in scale units; for ``relative_…`` as distances from the person's own mean.
    """

    kind: DiscrepancyKind
    start_s: float
    end_s: float
    mean_a: float
    mean_b: float

    @property
    def segment(self) -> Segment:
        """The stretch of media time."""
        return Segment(self.start_s, self.end_s)

    @property
    def relative(self) -> bool:
        """Whether each person's own mean was taken out."""
        return self.kind.startswith("relative_")

    @property
    def weight(self) -> float:
        """Size of it, ``|mean_a − mean_b| × duration``, in scale units × seconds."""
        return abs(self.mean_a - self.mean_b) * (self.end_s - self.start_s)
