import re
from pathlib import Path

import numpy as np
import pytest

from dialogram.capture import KINDS, EventLog, EventLogError, LoggedRecord, Stream

A, B = "a" * 32, "b" * 32


def test_streams_come_by_epoch_and_events_by_record() -> None:
    log = EventLog.from_records(
        [
            LoggedRecord(A, 1, [["heartbeat", 500, 0, None]]),
            LoggedRecord(B, 0, [["open", 3, {"epoch": 1}]]),
            LoggedRecord(A, 0, [["open", 5, {"epoch": 2}], ["focus", 4]]),
        ]
    )
    assert [(stream.stream, stream.epoch) for stream in log.streams] == [(B, 1), (A, 2)]
    assert [event.kind for event in log.streams[1].events] == ["open", "focus", "heartbeat"]
    assert log.streams[1].seqs == (0, 1)


def test_the_server_s_epoch_is_believed_before_the_page_s() -> None:
    records = [LoggedRecord(A, 0, [["open", 5, {"epoch": 2}]])]
    assert EventLog.from_records(records, epochs={A: 7}).streams[0].epoch == 7


@pytest.mark.parametrize("facts", [[], [None], [{"epoch": "1"}], [{"epoch": True}], [{}]])
def test_a_stream_without_epoch_is_refused(facts: list[object]) -> None:
    with pytest.raises(EventLogError, match="no epoch"):
        EventLog.from_records([LoggedRecord(A, 0, [["open", 5, *facts]])])
    assert EventLog.from_records([LoggedRecord(A, 0, [["open", 5, *facts]])], epochs={A: 1}).streams


def test_a_repeat_is_nothing_new_and_another_content_is_refused() -> None:
    first = LoggedRecord(A, 0, [["open", 5, {"epoch": 1}]])
    again = LoggedRecord(A, 0, [["open", 5.0, {"epoch": 1}]])
    assert EventLog.from_records([first, again]) == EventLog.from_records([first])
    with pytest.raises(EventLogError, match="two contents") as refused:
        EventLog.from_records([first, LoggedRecord(A, 0, [["open", 5, {"epoch": 1, "agent": "secret"}]])])
    assert "secret" not in str(refused.value)


def test_typed_access() -> None:
    events = [["open", 1, {"epoch": 1}], ["clock", 5, 0.5, "frame"], ["clock", 6, None, "frame"], ["clock", 7, 2, "x"]]
    stream = EventLog.from_records([LoggedRecord(A, 0, events)]).streams[0]
    times_ms, media_s = stream.clock_pairs("frame")
    assert (times_ms.tolist(), media_s.tolist()) == ([5.0], [0.5])
    assert stream.times_ms().tolist() == [1.0, 5.0, 6.0, 7.0]
    assert stream.facts() == {"epoch": 1}
    assert stream.events[0].text(4) == ""
    assert np.isnan(stream.events[0].number(0))


def test_prefix_ends_before_the_first_record_that_is_not_there() -> None:
    records = [LoggedRecord(A, seq, [["heartbeat", 1000 * seq, seq, None]]) for seq in (0, 1, 3)]
    stream: Stream = EventLog.from_records(records, epochs={A: 1}).streams[0]
    assert stream.prefix().seqs == (0, 1)
    assert [event.seq for event in stream.prefix().events] == [0, 1]
    assert stream.prefix().prefix() == stream.prefix()


def test_every_kind_is_documented_with_its_fields() -> None:
    text = (Path(__file__).parents[2] / "docs/reference/event-log.md").read_text()
    table = text.split("## The kinds")[1].split("## From log")[0]
    rows = dict(re.findall(r"^\| `([a-z]+)` \| ([^|]+) \|", table.split("The facts of `open`")[0], flags=re.MULTILINE))
    assert rows.keys() == KINDS.keys()
    for kind, fields in KINDS.items():
        assert tuple(re.findall(r"`(\w+)`", rows[kind])) == (() if kind == "open" else fields), kind
