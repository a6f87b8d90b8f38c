import numpy as np
import pytest

from dialogram.capture import EventLog, LoggedRecord
from dialogram.capture.pace import change_interval_ms


def log_of(source: str, *, every_ms: float, changes: int) -> EventLog:
    """A hand that turns for a second and rests for three, over and over, told at a device's own pace."""
    rng = np.random.default_rng(4)
    per_turn = int(1000 / every_ms)
    starts = 4000.0 * (np.arange(changes) // per_turn)
    at_ms = starts + every_ms * (np.arange(changes) % per_turn) + rng.uniform(0, 0.2, changes)
    events = [
        ["open", 0, {"format": 1, "epoch": 1}],
        *(["dial", float(t), 50 + n % 9, source] for n, t in enumerate(at_ms)),
    ]
    return EventLog.from_records([LoggedRecord("a" * 32, 0, events)])


@pytest.mark.parametrize("every_ms", [8.0, 50.0, 125.0])
def test_a_dial_is_as_quick_as_its_own_changes_however_long_the_hand_rests(every_ms: float) -> None:
    assert change_interval_ms(log_of("pointer", every_ms=every_ms, changes=400)) == pytest.approx(every_ms, abs=0.5)


def test_keys_and_a_few_changes_tell_nothing_of_a_device() -> None:
    assert change_interval_ms(log_of("keyboard", every_ms=8.0, changes=400)) is None
    assert change_interval_ms(log_of("pointer", every_ms=8.0, changes=100)) is None
    assert change_interval_ms(log_of("pointer", every_ms=8.0, changes=101)) is not None
