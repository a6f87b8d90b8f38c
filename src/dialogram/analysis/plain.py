import math
from abc import ABC, abstractmethod
from dataclasses import asdict
from typing import Any

import numpy as np


class Result(ABC):
    """What an analysis found: its fields, by name and with units, and what they say."""

    def to_dict(self) -> dict[str, Any]:
        """Fields by name: unrounded, None where a number is not defined."""
        return plain(self)

    @abstractmethod
    def summary(self) -> str:
        """Say the result in plain words."""


def plain(result: Any, *, without: str = "") -> dict[str, Any]:
    """Write a result as JSON can hold it: its fields by name, one of them left out, None where a number is NaN."""
    return {key: none_for_nan(value) for key, value in asdict(result).items() if key != without}


def none_for_nan(value: Any) -> Any:
    """Put None for NaN, at any depth; tuples and arrays become lists."""
    if isinstance(value, np.ndarray):
        return none_for_nan(value.tolist())
    if isinstance(value, dict):
        return {key: none_for_nan(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [none_for_nan(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value
