import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dialogram.capture.messages import (
    MOST_BYTES,
    MOST_EVENTS,
    MessageError,
    Record,
    canonical,
    parse_finish,
    parse_records,
    parse_stream,
)

STREAM = "0123456789abcdef" * 2
SECRET = "Mrs Jones"


def body(**changes: Any) -> bytes:
    content = {"stream": STREAM, "records": [{"seq": 0, "events": [["play", 8.5, 0]]}]}
    return json.dumps({**content, **changes}).encode()


def events(*some: Any) -> bytes:
    return body(records=[{"seq": 0, "events": list(some)}])


def test_a_good_message_is_read_as_it_is() -> None:
    request = parse_records(events(["open", 0, {"format": 1}], ["unknown kind", 3.25, [None, {"deep": [True]}]]))
    assert request.stream == STREAM
    assert request.records[0].events[1] == ["unknown kind", 3.25, [None, {"deep": [True]}]]
    assert parse_stream(json.dumps({"stream": STREAM}).encode()).stream == STREAM
    assert parse_finish(json.dumps({"stream": STREAM, "last_seq": 10**7}).encode()).last_seq == 10**7
    assert parse_records(body(records=[{"seq": seq, "events": []} for seq in range(64)])).records[63].seq == 63


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b'{"Mrs Jones": ',
        b"[" * 5000,
        body(stream=SECRET),
        body(stream=STREAM.upper()),
        body(stream=STREAM + "\n"),
        body(stream=STREAM[:-1]),
        body(**{SECRET: 1}),
        body(records=[]),
        body(records={}),
        body(records=[{"seq": 0}]),
        body(records=[{"seq": 0, "events": [], SECRET: 1}]),
        body(records=[{"seq": "0", "events": []}]),
        body(records=[{"seq": 0.0, "events": []}]),
        body(records=[{"seq": True, "events": []}]),
        body(records=[{"seq": -1, "events": []}]),
        body(records=[{"seq": 10**7 + 1, "events": []}]),
        events(SECRET),
        events({SECRET: 1}),
        events([]),
        events(["dial"]),
        events([SECRET * 4, 1]),
        events(["", 1]),
        events([5, 1]),
        events(["dial", -0.1]),
        events(["dial", True]),
        events(["dial", SECRET]),
        events(["dial", None]),
        events(["dial", 10**400]),
        events(["dial", 1e13]),
        events(["dial", 1, 2**53 + 1]),
        events(["dial", 1, {"a": [{"b": 2**60}]}]),
        events(["dial", float("nan")]),
        events(["dial", 1, [float("inf")]]),
        events(["dial", 1, "X"]).replace(b'"X"', b"1e999"),
        events(["dial", 1, "X"]).replace(b'"X"', b'{"Mrs Jones": [-1e999]}'),
        events(["dial", 1, "X"]).replace(b"X", b"\\ud800"),
    ],
)
def test_a_bad_message_is_refused_in_one_line_that_says_nothing_of_it(sent: bytes) -> None:
    with pytest.raises(MessageError) as refused:
        parse_records(sent)
    assert refused.value.code == "malformed"
    assert str(refused.value)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)
    assert STREAM[:8] not in str(refused.value)


def test_the_place_of_a_fault_is_named() -> None:
    with pytest.raises(MessageError, match=r"^records\.0\.events\.1: expected t_ms"):
        parse_records(events(["play", 1], ["dial", SECRET]))
    with pytest.raises(MessageError, match=r"^records\.0\.seq: greater than equal"):
        parse_records(body(records=[{"seq": -1, "events": []}]))


@pytest.mark.parametrize(
    "sent",
    [
        body(records=[{"seq": seq, "events": []} for seq in range(65)]),
        events(*[["focus", 1]] * (MOST_EVENTS + 1)),
        b" " * (MOST_BYTES + 1),
    ],
)
def test_too_much_at_once_has_its_own_code(sent: bytes) -> None:
    with pytest.raises(MessageError) as refused:
        parse_records(sent)
    assert refused.value.code == "too-large"


def test_other_messages_are_as_strict() -> None:
    for parse, sent in (
        (parse_stream, b'{"stream": 5}'),
        (parse_finish, json.dumps({"stream": STREAM, "last_seq": "3"}).encode()),
        (parse_finish, json.dumps({"stream": STREAM}).encode()),
    ):
        with pytest.raises(MessageError):
            parse(sent)


numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=8,
)


@given(fields=st.lists(values, max_size=4), indent=st.sampled_from([None, 3]), plain=st.booleans())
def test_one_record_has_one_spelling(fields: list[Any], indent: int | None, plain: bool) -> None:  # noqa: FBT001  # drawn
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(inner) for inner in value] if isinstance(value, list) else value

    record = {"seq": 4, "events": [["dial", 5, *fields]]}
    other = {"events": [["dial", 5.0, *turned(fields)]], "seq": 4}
    first = parse_records(json.dumps({"stream": STREAM, "records": [record]}).encode())
    again = parse_records(
        json.dumps({"records": [other], "stream": STREAM}, indent=indent, ensure_ascii=plain).encode()
    )
    spelt = canonical(first.records[0])
    assert spelt == canonical(again.records[0])
    assert Record.model_validate_json(spelt) == first.records[0]


def test_another_content_has_another_spelling() -> None:
    contents: list[Any] = [0, 1, True, False, None, "1", 1.5, [], [1], {}, {"a": 1}, {"a": "1"}, {"b": 1}]
    assert len({canonical(Record(seq=0, events=[["dial", 1, content]])) for content in contents}) == len(contents)
    assert canonical(Record(seq=0, events=[])) != canonical(Record(seq=1, events=[]))
