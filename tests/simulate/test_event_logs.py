import json

import numpy as np
import pytest

from dialogram.capture import KINDS
from dialogram.capture.messages import parse_records
from dialogram.simulate import Step, draw_program, hand_of, simulate_dyad, simulate_event_log

HAND = hand_of({0.0: 50.0, 4.0: 80.0, 9.5: 20.0}, until_s=30.0)
PROGRAM = [
    Step("play", 6.0),
    Step("pause", 2.0),
    Step("play", 1.0),
    Step("stall", 1.0),
    Step("hide", 3.0),
    Step("reload", 1.0),
    Step("play", 30.0),
]


def test_what_is_written_is_of_the_protocol() -> None:
    simulated = simulate_event_log(HAND, rng=np.random.default_rng(1), duration_s=30.0, program=PROGRAM, blocked=True)
    for record in simulated.records:
        sent = {"stream": record.stream, "records": [{"seq": record.seq, "events": list(record.events)}]}
        parsed = parse_records(json.dumps(sent).encode())
        assert parsed.records[0].events
        for event in parsed.records[0].events:
            assert len(event) - 2 == len(KINDS[event[0]]), event
            assert event[1] == round(event[1], 3)
    log = simulated.log
    assert [stream.epoch for stream in log.streams] == [1, 2]
    for stream in log.streams:
        assert stream.seqs == tuple(range(len(stream.seqs)))
        assert stream.events[0].kind == "open"
    assert log.streams[-1].events[-1].kind == "finish"
    assert log.streams[1].of_kind("dial")[0].text(1) == "restore"


def test_heartbeats_come_each_second_and_pairs_each_quarter_while_it_plays() -> None:
    stream = simulate_event_log(HAND, rng=np.random.default_rng(1), duration_s=30.0).log.streams[0]
    beats = [event.t_ms for event in stream.of_kind("heartbeat")]
    np.testing.assert_allclose(np.diff(beats), 1000.0)
    times_ms, media_s = stream.clock_pairs("frame")
    assert 200.0 < np.diff(times_ms).max() <= 250.0
    np.testing.assert_allclose(np.diff(media_s), np.diff(times_ms) / 1000.0, atol=2e-6)


def test_at_a_jump_of_the_player_s_clock_the_pair_before_is_written_too() -> None:
    simulated = simulate_event_log(HAND, rng=np.random.default_rng(1), duration_s=30.0, jumps_per_min=30.0)
    times_ms, media_s = simulated.log.streams[0].clock_pairs("frame")
    late_ms = np.diff(times_ms) - 1000.0 * np.diff(media_s)
    jumped = abs(late_ms) > 2.0
    assert jumped.sum() > 5
    np.testing.assert_allclose(abs(late_ms[jumped]), 1000.0 / 60.0, atol=0.01)
    np.testing.assert_allclose(np.diff(media_s)[jumped], 1.0 / 30.0, atol=1e-5)


def test_a_blocked_page_writes_late_what_the_hand_did_in_time() -> None:
    hand = simulate_dyad(np.random.default_rng(1), duration_s=900.0).client_hand.clip(0.0, 200.0)
    streams = [
        simulate_event_log(hand, rng=np.random.default_rng(1), duration_s=200.0, blocked=blocked).log.streams[0]
        for blocked in (False, True)
    ]
    dials = [sorted((event.t_ms, event.fields) for event in stream.of_kind("dial")) for stream in streams]
    assert dials[0] == dials[1]
    assert [event.kind for event in streams[0].events] != [event.kind for event in streams[1].events]


def test_the_truth_tells_what_was_attended() -> None:
    simulated = simulate_event_log([HAND, HAND], rng=np.random.default_rng(1), duration_s=30.0, program=PROGRAM)
    told = [(stretch.start_s, stretch.end_s, stretch.hand) for stretch in simulated.covered]
    assert told == [
        (0.0, pytest.approx(6.0, abs=2e-3), 0),
        (pytest.approx(6.0, abs=2e-3), pytest.approx(7.0, abs=4e-3), 0),
        (pytest.approx(9.0, abs=6e-3), 30.0, 1),
    ]


def test_a_drawn_program_plays_the_recording_to_its_end() -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        simulated = simulate_event_log(HAND, rng=rng, duration_s=30.0, program=draw_program(rng, duration_s=30.0))
        assert simulated.log.streams[-1].of_kind("ended")
