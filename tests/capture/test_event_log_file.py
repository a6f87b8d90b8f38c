import json

import pytest
from hypothesis import given, strategies as st

from dialogram.capture import EventLog, EventLogError, LoggedRecord, read_event_log, write_event_log

A, B = "a" * 32, "b" * 32
HEADER = json.dumps(
    {"format": "dialogram-event-log", "version": 1, "streams": [{"stream": A, "epoch": 1, "records": [[0, 1]]}]}
)
EVENT = json.dumps({"stream": A, "seq": 0, "event": ["stop", 5.5]})

fields = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
events = st.builds(
    lambda kind, t_ms, rest: [kind, t_ms, *rest], st.text(max_size=8), st.floats(0, 1e12), st.lists(fields, max_size=3)
)
records = st.dictionaries(st.integers(0, 50), st.lists(events, max_size=4), max_size=6)


@given(first=records, second=records)
def test_a_log_comes_back_as_it_was_written(
    first: dict[int, list[list[object]]], second: dict[int, list[list[object]]]
) -> None:
    posted = [LoggedRecord(name, seq, own) for name, some in ((A, first), (B, second)) for seq, own in some.items()]
    log = EventLog.from_records(posted, epochs={A: 2, B: 1})
    assert read_event_log(write_event_log(log)) == log


def test_lines_in_another_order_and_blank_ones_do_no_harm() -> None:
    late = json.dumps({"stream": A, "seq": 1, "event": ["focus", 9]})
    log = read_event_log([HEADER, "\n", late, EVENT])
    assert [event.kind for event in log.streams[0].events] == ["stop", "focus"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "line 1: expected a JSON object"),
        (["{"], "line 1: expected one JSON object"),
        (["[" * 100_000], "line 1: expected one JSON object"),
        ([EVENT], "line 1: expected a header"),
        ([HEADER.replace('"version": 1', '"version": 2')], "line 1: expected"),
        ([HEADER.replace('"epoch": 1', '"epoch": "1"')], "line 1: expected streams"),
        ([HEADER.replace("[[0, 1]]", "[[0]]")], "line 1: expected"),
        ([HEADER.replace("[[0, 1]]", "[[1, 0]]")], "line 1: expected"),
        ([HEADER.replace("[[0, 1]]", "[[0, 99999999999]]")], "too many records"),
        ([HEADER.replace("[[0, 1]]", "[[0, 999999], [1000000, 1000000]]")], "too many records"),
        ([HEADER, EVENT.replace("5.5", "NaN")], "line 2: expected one JSON object with finite"),
        ([HEADER, EVENT.replace("5.5", "1e999")], "line 2: expected"),
        ([HEADER, EVENT.replace("5.5", "-1")], "line 2: expected"),
        ([HEADER, EVENT.replace("5.5", '"secret"')], "line 2: expected"),
        ([HEADER, EVENT.replace('"seq": 0', '"seq": 7')], "line 2: expected an event of a stream and record"),
        ([HEADER, "", EVENT.replace(A, B)], "line 3: expected an event of a stream and record"),
        ([HEADER, "[]"], "line 2: expected a JSON object, found list"),
    ],
)
def test_refused_with_the_line_and_without_its_content(lines: list[str], message: str) -> None:
    with pytest.raises(EventLogError, match=message) as refused:
        read_event_log(lines)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)
