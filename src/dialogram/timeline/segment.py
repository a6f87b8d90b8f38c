import math
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Segment:
    """A half-open interval ``[start_s, end_s)`` in media seconds.

    Raises
    ------
    ValueError
        When the ends are not finite or ``end_s <= start_s``.

    Examples
    --------
    >>> Segment(30.0, 60.0).gap_s(Segment(75.0, 105.0))
    15.0
    """

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start_s) and math.isfinite(self.end_s) and self.start_s < self.end_s):
            raise ValueError(f"segment: expected start_s < end_s, both finite, got [{self.start_s:g}, {self.end_s:g})")

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s

    def gap_s(self, other: "Segment") -> float:
        """Seconds from edge to edge; negative when the two overlap, by how much."""
        return max(self.start_s, other.start_s) - min(self.end_s, other.end_s)

    def contains(self, media_s: float) -> bool:
        """Whether a moment lies inside."""
        return self.start_s <= media_s < self.end_s
