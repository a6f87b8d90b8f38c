"""What browser and server say to each other, format 1. The only module of the package that needs pydantic."""

import math
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, ValidationError, field_validator
from pydantic_core import from_json, to_json

from dialogram.capture.event_log import PHONE_KINDS

MOST_BYTES = 256 * 1024
MOST_RECORDS = 64
MOST_EVENTS = 4_000
MOST_MOVES = 20_000
MOST_TRY_S = 3_600.0
MOST_SEQ = 10_000_000
MOST_T_MS = 1e12
MOST_KIND = 32
SAFE_INTEGER = 2**53
WHOLE_FLOAT = re.compile(rb"\.0(?!\d)")
"""Where a number may be spelt 55.0; words can look so as well."""


class MessageError(ValueError):
    """A message that is not of the protocol; it says where and what was expected, never what was sent.

    Attributes
    ----------
    code
        ``"malformed"`` (HTTP 400) or ``"too-large"`` (413).
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _check_numbers(values: Iterable[Any]) -> None:
    for value in values:
        kind = type(value)  # of what was read from JSON it says everything, at half the time of isinstance
        if kind is float:
            if not math.isfinite(value):
                raise ValueError("expected finite numbers")
        elif kind is int:
            if not -SAFE_INTEGER <= value <= SAFE_INTEGER:
                raise ValueError("expected whole numbers within 2^53")
        elif kind is list:
            _check_numbers(value)
        elif kind is dict:
            _check_numbers(value.values())


def _event(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) < 2:
        raise ValueError("expected an event [kind, t_ms, …]")
    kind, t_ms = value[0], value[1]
    if type(kind) is not str or not 0 < len(kind) <= MOST_KIND:
        raise ValueError(f"expected a kind of 1 to {MOST_KIND} characters")
    if type(t_ms) not in {int, float} or not 0 <= t_ms <= MOST_T_MS:
        raise ValueError("expected t_ms as a number of milliseconds from 0 on")
    if len(value) > 2:
        _check_numbers(value[2:])
    return value


type StreamId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
type Seq = Annotated[int, Field(ge=0, le=MOST_SEQ)]
type Epoch = Annotated[int, Field(ge=0)]
type TrySecond = Annotated[float, Field(ge=0, le=MOST_TRY_S)]
type Count = Annotated[int, Field(ge=0)]
type Event = Annotated[Any, AfterValidator(_event)]


class Message(BaseModel):
    """What all messages share: nothing is converted, nothing unknown is let in, nothing is changed."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class StreamRequest(Message):
    """`POST streams`: a page opens its stream; `take_over` when another may still be open and was agreed to be left."""

    stream: StreamId
    take_over: bool = False


class Resume(Message):
    """Where the sitting goes on, and where the dial stood."""

    media_s: float
    value: float | None


class StreamReply(Message):
    """The epoch granted; streams with a lower one are fenced."""

    epoch: Epoch
    resume: Resume | None


class Record(Message):
    """Some 250 ms of events; their meaning is left to assembly, which ignores what it does not know."""

    seq: Seq
    events: Annotated[list[Event], Field(max_length=MOST_EVENTS)]


class RecordsRequest(Message):
    """`POST records`: what has not yet been acknowledged."""

    stream: StreamId
    records: Annotated[list[Record], Field(min_length=1, max_length=MOST_RECORDS)]


class RecordsReply(Message):
    """What is safe on disk."""

    acknowledged: list[Seq]
    conflicts: list[Seq]
    epoch: Epoch
    saved_to_s: float | None


class FinishRequest(Message):
    """`POST finish`: hand the sitting in."""

    stream: StreamId
    last_seq: Seq


class FinishReply(Message):
    """Where to go on to."""

    next: str


class PhoneSign(Message):
    """`POST now`: a phone that is the dial is alive; not kept, for its records say the same."""

    stream: StreamId
    t_ms: Annotated[float, Field(ge=0, le=MOST_T_MS)]
    value: float | None
    touched_ms: Annotated[float, Field(ge=0, le=MOST_T_MS)] | None
    here: bool
    last_seq: Annotated[int, Field(ge=-1, le=MOST_SEQ)]


class PhoneReply(Message):
    """The server's time, and whether the phone is not the dial any more."""

    server_ms: float
    over: bool


class PhoneHeard(Message):
    """What a phone last told, and how long ago."""

    stream: StreamId
    t_ms: float
    value: float | None
    touched_ms: float | None
    here: bool
    age_ms: float


class PhoneState(Message):
    """The server's time, and the phone that is the dial, if one is."""

    server_ms: float
    phone: PhoneHeard | None


class PhoneOffer(Message):
    """A code for a phone: as an address, and as a picture of it."""

    address: str
    picture: str
    expires_s: float


class PhonesEnded(Message):
    """Whether every phone has told the number of its last record, or cannot be heard any more."""

    settled: bool


class TryRequest(Message):
    """`POST tries`: how a hand followed the ring of the practice."""

    number: Annotated[int, Field(ge=1)]
    moves: Annotated[
        list[Annotated[tuple[TrySecond, float], Strict(strict=False)]], Field(min_length=1, max_length=MOST_MOVES)
    ]
    """(seconds since the ring began, value), in order, the first at 0."""

    @field_validator("moves")
    @classmethod
    def _in_order(cls, moves: list[tuple[float, float]]) -> list[tuple[float, float]]:
        if moves[0][0] != 0 or any(after[0] < before[0] for before, after in pairwise(moves)):
            raise ValueError("expected moves in order of time, the first at 0")
        return moves


class Problem(Message):
    """Why a request was refused."""

    code: str
    message: str = ""
    missing: Count | None = None


def parse_stream(body: bytes) -> StreamRequest:
    """Read the body of `POST streams`; raises `MessageError`."""
    return _parse(StreamRequest, body)


def parse_records(body: bytes) -> RecordsRequest:
    """Read the body of `POST records`; raises `MessageError`.

    Examples
    --------
    >>> body = b'{"stream": "%s", "records": [{"seq": 0, "events": [["play", 8.5, 0]]}]}' % (b"a" * 32)
    >>> request = parse_records(body)
    >>> request.records[0].events
    [['play', 8.5, 0]]
    """
    return _parse(RecordsRequest, body)


def parse_phone_records(body: bytes) -> RecordsRequest:
    """Read the body of a phone's `POST records`: what only a page can know is refused; raises `MessageError`."""
    asked = parse_records(body)
    for record in asked.records:
        for event in record.events:
            if event[0] not in PHONE_KINDS:
                raise MessageError("malformed", "expected what a dial can say")
            if event[0] == "open" and not _is_of_phone(event):
                raise MessageError("malformed", 'expected a device of the kind "phone"')
    return asked


def parse_sign(body: bytes) -> PhoneSign:
    """Read the body of `POST now`; raises `MessageError`."""
    return _parse(PhoneSign, body)


def parse_finish(body: bytes) -> FinishRequest:
    """Read the body of `POST finish`; raises `MessageError`."""
    return _parse(FinishRequest, body)


def parse_try(body: bytes) -> TryRequest:
    """Read the body of `POST tries`; raises `MessageError`.

    Examples
    --------
    >>> parse_try(b'{"number": 1, "moves": [[0, 50], [2.25, 51.5]]}').moves
    [(0.0, 50.0), (2.25, 51.5)]
    """
    return _parse(TryRequest, body)


def canonical(record: Record) -> bytes:
    """Return the one spelling of a record that is stored and digested: keys sorted, no spaces, 55.0 written 55.

    Two records are the same exactly when these bytes are, however a browser spelt them.

    Examples
    --------
    >>> canonical(Record(seq=3, events=[["dial", 12.50, 55.0, "wheel"]]))
    b'{"events":[["dial",12.5,55,"wheel"]],"seq":3}'
    """
    spelt = to_json({"events": record.events, "seq": record.seq})
    if spelt.find(b"{", 1) > 0 or WHOLE_FLOAT.search(spelt):
        spelt = to_json({"events": _plain(record.events), "seq": record.seq})
    return spelt


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, float) and value.is_integer() and abs(value) <= SAFE_INTEGER:
        return int(value)
    return value


def _parse[M: Message](model: type[M], body: bytes) -> M:
    if len(body) > MOST_BYTES:
        raise MessageError("too-large", f"expected at most {MOST_BYTES} bytes, got {len(body)}")
    try:
        content = from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        # the parser's own message may quote what was sent
        raise MessageError("malformed", "expected JSON in UTF-8, with finite numbers") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise MessageError(*_first_finding(model, error)) from None


def _is_of_phone(event: list[Any]) -> bool:
    match event:
        case [_, _, {"device": {"kind": "phone"}}]:
            return True
    return False


def _first_finding(model: type[Message], error: ValidationError) -> tuple[str, str]:
    finding = error.errors(include_url=False, include_input=False)[0]
    known = {
        *StreamRequest.model_fields,
        *RecordsRequest.model_fields,
        *Record.model_fields,
        *FinishRequest.model_fields,
        *PhoneSign.model_fields,
        *TryRequest.model_fields,
    }
    # an unknown key is somebody's text: only positions and the protocol's own names are said
    where = ".".join(str(part) for part in finding["loc"] if isinstance(part, int) or part in known) or model.__name__
    what = str(finding["ctx"]["error"]) if finding["type"] == "value_error" else finding["type"].replace("_", " ")
    code = "too-large" if finding["type"] == "too_long" else "malformed"
    return code, f"{where}: {what}"
