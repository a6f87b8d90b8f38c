"""Whatever a network makes of what a page sends: stored is what was sent first under each number, once."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st
from tests.server.factories import agree, build_world, come_in, give_link
from tests.thorough import times

from dialogram.capture.messages import Record, canonical
from dialogram.server.records.domain.event_records import record_context
from dialogram.server.records.domain.sittings import open_stream
from dialogram.server.records.models import ConflictingRecord, EventRecord, Sitting, Stream
from dialogram.server.records.models.ids import new_id
from dialogram.server.records.models.sealed import sealer

# The one writer has a connection of its own: it sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)

PROGRAMS = 1_000
ROUNDS = times(1, 10)
MOST_SEQ = 7

type Post = tuple[list[tuple[int, int]], float | None]
"""Records as (number, which of the contents it has), and after which part of the body the connection broke."""

POSTS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, MOST_SEQ), st.sampled_from([0, 0, 0, 0, 1, 2])), min_size=1, max_size=8),
        st.one_of(st.none(), st.none(), st.none(), st.floats(0.0, 1.0, exclude_max=True)),
    ),
    min_size=1,
    max_size=6,
)


def record(seq: int, content: int) -> dict[str, Any]:
    return {"seq": seq, "events": [["dial", 250.0 * seq, 50 + content, "wheel"]]}


def plain(seq: int, content: int) -> bytes:
    return canonical(Record(**record(seq, content)))


class Room:
    """A sitting in the room, into which each program writes a stream of its own."""

    def __init__(self) -> None:
        world = build_world()
        agree(world, world.client)
        self.browser: Client = come_in(give_link(world, world.client))
        self.browser.get("/room/")
        self.sitting = Sitting.objects.get()
        self.seal = sealer(world.client.pk)

    def open(self) -> Stream:
        return open_stream(sitting_id=self.sitting.pk, stream_id=new_id(), take_over=True, now=timezone.now())

    def post(self, verb: str, body: bytes) -> Any:
        return self.browser.post(f"/room/sittings/{self.sitting.pk}/{verb}", body, content_type="application/json")

    def opened(self, model: type[EventRecord] | type[ConflictingRecord], stream: Stream) -> list[tuple[int, bytes]]:
        rows = model.objects.filter(stream=stream).order_by("seq").values_list("seq", "sealed_payload")
        context = {seq: record_context(stream.pk, seq) for seq, _ in rows}
        return [(seq, self.seal.open(bytes(sealed), context=context[seq])) for seq, sealed in rows]


def run(room: Room, posts: list[Post]) -> None:
    """Send it all, and hold every answer and what is stored against a dictionary."""
    stream = room.open()
    kept: dict[int, int] = {}
    aside: set[tuple[int, int]] = set()
    for records, broken_at in posts:
        message = {"stream": stream.stream_id, "records": [record(*one) for one in records]}
        body = json.dumps(message).encode()
        if broken_at is not None:
            cut = room.post("records", body[: int(broken_at * len(body))])
            assert (cut.status_code, cut.json()["code"]) == (400, "malformed")
            continue
        acknowledged, conflicts = [], []
        for seq, content in records:
            if kept.setdefault(seq, content) == content:
                acknowledged.append(seq)
            else:
                conflicts.append(seq)
                aside.add((seq, content))
        answer = room.post("records", body)
        assert answer.status_code == 200
        assert (answer.json()["acknowledged"], answer.json()["conflicts"]) == (acknowledged, conflicts)
    assert room.opened(EventRecord, stream) == [(seq, plain(seq, kept[seq])) for seq in sorted(kept)]
    assert sorted(room.opened(ConflictingRecord, stream)) == sorted(
        (seq, plain(seq, content)) for seq, content in aside
    )


def try_programs(room: Room, of: Callable[[Room, list[Post]], None], *, number: int) -> None:
    """Try so many programs; each number has programs of its own, which Hypothesis by itself does not promise in CI."""

    @seed(number)
    @settings(
        max_examples=PROGRAMS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(POSTS)
    def programs(posts: list[Post]) -> None:
        of(room, posts)

    programs()


@pytest.mark.parametrize("number", range(ROUNDS))
def test_what_is_stored_is_what_was_sent_first_under_each_number(number: int) -> None:
    try_programs(Room(), run, number=number)


def test_a_server_that_lets_the_last_one_win_would_be_found_out() -> None:
    room = Room()

    def run_where_the_last_wins(room: Room, posts: list[Post]) -> None:
        whole = [post for post in posts if post[1] is None]
        run(room, [(records[::-1], None) for records, _ in whole[::-1]])
        stream = Stream.objects.order_by("-epoch")[0]
        first: dict[int, int] = {}
        for records, _ in whole:
            for seq, content in records:
                first.setdefault(seq, content)
        assert room.opened(EventRecord, stream) == [(seq, plain(seq, first[seq])) for seq in sorted(first)]

    with pytest.raises(AssertionError):
        try_programs(room, run_where_the_last_wins, number=0)
