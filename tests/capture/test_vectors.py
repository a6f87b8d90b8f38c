"""Golden logs with numbers reckoned by hand; the front end reads the same files."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dialogram.capture import EventLog, LoggedRecord, assemble, read_event_log, write_event_log
from dialogram.timeline import Scale

VECTORS = sorted((Path(__file__).parents[1] / "vectors/event-log-1").glob("*.json"))


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 10


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_golden_log(path: Path) -> None:
    vector: dict[str, Any] = json.loads(path.read_text())
    log = EventLog.from_records(LoggedRecord(**record) for record in vector["records"])
    assert read_event_log(write_event_log(log)) == log
    assembly = assemble(
        log,
        scale=Scale(**vector["scale"]),
        start_s=vector["start_s"],
        end_s=vector["end_s"],
        step_s=vector["step_s"],
        name="golden",
    )
    expected = vector["expected"]
    values = [np.nan if value is None else value for value in expected["values"]]
    np.testing.assert_allclose(assembly.trace.values, values, rtol=0, atol=1e-9)
    np.testing.assert_allclose(assembly.trace.coverage, expected["coverage"], rtol=0, atol=1e-9)
    found = asdict(assembly)
    assert [gap["reason"] for gap in found["gaps"]] == [gap["reason"] for gap in expected["gaps"]]
    for gap, wanted in zip(found["gaps"], expected["gaps"], strict=True):
        assert (gap["start_s"], gap["end_s"]) == pytest.approx((wanted["start_s"], wanted["end_s"]))
    for name in expected.keys() - {"values", "coverage", "gaps"}:
        assert found[name] == (expected[name] if isinstance(expected[name], str) else pytest.approx(expected[name])), (
            name
        )
