import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A rated dimension.

    Parameters
    ----------
    name
        What is rated, e.g. ``"helpfulness"``.
    low, high
        The ends of the dial, in scale units.
    neutral
        The value that is neither; it lies strictly between the ends.
    step
        What one fine step of a dial moves, in scale units.
    low_label, neutral_label, high_label
        The words at the dial.

    Raises
    ------
    ValueError
        When ``low < neutral < high``, all finite, or ``0 < step <= high - low`` does not hold.

    Examples
    --------
    >>> Scale(name="helpfulness").range
    100.0
    """

    name: str
    low: float = 0.0
    high: float = 100.0
    neutral: float = 50.0
    step: float = 1.0
    low_label: str = "hindering"
    neutral_label: str = "neutral"
    high_label: str = "helpful"

    def __post_init__(self) -> None:
        if not -math.inf < self.low < self.neutral < self.high < math.inf:
            raise ValueError(
                f"scale {self.name!r}: expected low < neutral < high, all finite,"
                f" got {self.low:g}, {self.neutral:g}, {self.high:g}"
            )
        if not 0 < self.step <= self.range:
            raise ValueError(f"scale {self.name!r}: expected a step in (0, {self.range:g}], got {self.step:g}")

    @property
    def range(self) -> float:
        """Distance between the ends, in scale units."""
        return self.high - self.low


HELPFULNESS = Scale(name="helpfulness")
"""The scale of the published study: 0 hindering, 50 neutral, 100 helpful."""
