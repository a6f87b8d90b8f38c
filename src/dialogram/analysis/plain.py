import math
from dataclasses import asdict
from typing import Any


def plain(result: Any, *, without: str = "") -> dict[str, Any]:
    """Write a result as JSON can hold it: its fields by name, one of them left out, None where a number is NaN."""
    return {key: none_for_nan(value) for key, value in asdict(result).items() if key != without}


def none_for_nan(value: Any) -> Any:
    """Put None for NaN, at any depth; tuples become lists."""
    if isinstance(value, dict):
        return {key: none_for_nan(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [none_for_nan(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value
