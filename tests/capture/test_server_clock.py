"""Two clocks that drift, a network that is now and then slow: what is known of the time stays within its bound."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st
from numpy.typing import NDArray

from dialogram.capture import EventLog, LoggedRecord
from dialogram.capture.server_clock import MOST_DRIFT, ServerClock

DURATION_MS = 600_000.0


def clock_of(exchanges: list[list[Any]], *others: list[Any]) -> ServerClock:
    events = [["open", 0, {"epoch": 1}], *exchanges, *others]
    clock = ServerClock.of(EventLog.from_records([LoggedRecord("a" * 32, 0, events)]).streams[0])
    assert clock is not None
    return clock


def exchanges_of(
    rng: np.random.Generator, *, offset_ms: float, drift: float, slow: float
) -> tuple[list[list[Any]], NDArray[np.float64]]:
    """What a stream would log, the way there and the way back anything between nothing and all of the round trip."""
    at_ms = np.cumsum(rng.uniform(3_000, 7_000, size=int(DURATION_MS / 5_000)))
    trips = np.where(rng.random(at_ms.size) < slow, rng.uniform(200, 3_000, at_ms.size), rng.uniform(2, 30, at_ms.size))
    share = rng.random(at_ms.size)
    server_ms = at_ms * (1 + drift) + offset_ms + (share - 0.5) * trips
    return [["sync", *row] for row in np.column_stack([at_ms, server_ms, trips]).tolist()], at_ms


@settings(max_examples=80, deadline=None)
@example(seed=1388, offset_ms=0.0, drift=-4.87e-5, slow=0.8)  # the first quick answer came half a minute late
@given(
    seed=st.integers(0, 2**32 - 1),
    offset_ms=st.floats(-1e9, 1e12),
    drift=st.floats(-MOST_DRIFT / 2, MOST_DRIFT / 2),
    slow=st.sampled_from([0.0, 0.3, 0.8]),
)
def test_a_moment_is_known_within_the_bound_however_slow_the_network_sometimes_is(
    seed: int, offset_ms: float, drift: float, slow: float
) -> None:
    rng = np.random.default_rng(seed)
    exchanges, at_ms = exchanges_of(rng, offset_ms=offset_ms, drift=drift, slow=slow)
    clock = clock_of(exchanges)

    moments = np.linspace(at_ms[0], at_ms[-1], 2_000)
    told_ms = clock.to_server(moments)

    spacing_ms = float(np.diff(at_ms).max())
    off_ms = np.abs(told_ms - (moments * (1 + drift) + offset_ms))
    assert off_ms.max() <= clock.uncertainty_ms + MOST_DRIFT * spacing_ms + 1e-3
    np.testing.assert_allclose(clock.to_stream(told_ms), moments, rtol=0, atol=2e-3)


def test_slow_answers_do_not_count_where_quick_ones_are_near() -> None:
    rng = np.random.default_rng(4)
    exchanges, _ = exchanges_of(rng, offset_ms=5_000, drift=0.0, slow=0.5)

    assert clock_of(exchanges).uncertainty_ms < 15.5
    # the control: with the slow ones alone nothing better is known
    assert clock_of([row for row in exchanges if row[3] > 100]).uncertainty_ms > 50


@pytest.mark.parametrize("jump_ms", [60_000.0, -7_000.0])
def test_a_clock_that_was_set_or_slept_breaks_the_line_in_the_silence(jump_ms: float) -> None:
    before = [["sync", 1_000.0 * second, 1_000.0 * second + 400, 6.0] for second in range(0, 31, 5)]
    after = [["sync", 1_000.0 * second, 1_000.0 * second + 400 + jump_ms, 6.0] for second in range(35, 61, 5)]
    beats = [["heartbeat", 1_000.0 * second, None, 50] for second in range(61) if second not in {32, 33}]
    clock = clock_of([*before, *after], *beats)

    assert clock.to_server([29_000.0, 31_500.0]).tolist() == [29_400.0, 31_900.0]
    assert clock.to_server([34_500.0, 58_000.0]).tolist() == [34_900.0 + jump_ms, 58_400.0 + jump_ms]
    assert clock.to_stream([58_400.0 + jump_ms]).tolist() == [58_000.0]
    if jump_ms > 0:  # while it slept it was nowhere but at its waking
        assert clock.to_stream([60_000.0]).tolist() == [34_000.0]


def test_a_stream_without_exchanges_has_no_place_in_the_server_s_time() -> None:
    events = [["open", 0, {"epoch": 1}], ["sync", 10, None, 4], ["sync", 20, 30, -1], ["sync", 20]]
    assert ServerClock.of(EventLog.from_records([LoggedRecord("a" * 32, 0, events)]).streams[0]) is None
