"""Golden logs with numbers reckoned by hand; the front end reads the same files."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dialogram.capture import EventLog, LoggedRecord, assemble, read_event_log, write_event_log
from dialogram.capture.server_clock import ServerClock
from dialogram.timeline import Scale

FOLDER = Path(__file__).parents[1] / "vectors"
VECTORS = sorted((FOLDER / "event-log-1").glob("*.json"))
SYNC_VECTORS = sorted((FOLDER / "sync-1").glob("*.json"))


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 10
    assert SYNC_VECTORS


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


@pytest.mark.parametrize("path", SYNC_VECTORS, ids=lambda path: path.stem)
def test_golden_sync(path: Path) -> None:
    vector: dict[str, Any] = json.loads(path.read_text())
    events = [["open", 0, {"epoch": 1}], *vector["logged"], vector["flushed"]]
    clock = ServerClock.of(EventLog.from_records([LoggedRecord("a" * 32, 0, events)]).streams[0])
    assert clock is not None
    expected = vector["expected"]
    told = clock.to_server([row["t_ms"] for row in expected])
    np.testing.assert_allclose(told, [row["server_ms"] for row in expected], rtol=0, atol=1e-6)
