import math
import random
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from dialogram.study.assignment import Clip, card_order, one_in, recall_order, shown_clips, shown_id, told_numbers

KEYS = st.binary(min_size=16, max_size=64)
STARTS = st.lists(st.floats(0, 36_000), max_size=8, unique=True)


@dataclass(frozen=True)
class Picked:
    kind: str
    relative: bool = False
    start_s: float = 0.0


PICKED = st.lists(st.builds(Picked, kind=st.sampled_from(["helpful", "hindering"]), relative=st.booleans()), max_size=8)


@given(PICKED, st.integers())
def test_recall_order_holds_each_once_and_ends_on_the_best_there_is(extremes: list[Picked], seed: int) -> None:
    order = recall_order(extremes, rng=random.Random(seed))
    assert sorted(order) == list(range(len(extremes)))
    kinds = {(one.kind, one.relative) for one in extremes}
    for best in (("helpful", False), ("helpful", True)):
        if best in kinds:
            last = extremes[order[-1]]
            assert (last.kind, last.relative) == best
            break


def test_recall_order_is_random_up_to_its_end() -> None:
    extremes = [Picked("helpful"), Picked("hindering"), Picked("helpful"), Picked("hindering")]
    rng = random.Random(20160512)
    orders = Counter(recall_order(extremes, rng=rng) for _ in range(6000))
    assert len(orders) == 12
    assert min(orders.values()) > 400
    assert max(orders.values()) < 600


@given(STARTS, KEYS, st.randoms(use_true_random=False))
def test_card_order_does_not_depend_on_the_order_given(starts: list[float], key: bytes, rng: random.Random) -> None:
    order = card_order(starts, viewer_key=key)
    assert sorted(order) == sorted(starts)
    rng.shuffle(starts)
    assert card_order(starts, viewer_key=key) == order


@given(STARTS.filter(bool), KEYS, st.data())
def test_leaving_out_a_card_moves_no_other(starts: list[float], key: bytes, data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(starts))
    rest = card_order([start for start in starts if start != gone], viewer_key=key)
    assert rest == tuple(start for start in card_order(starts, viewer_key=key) if start != gone)


def page(extremes: list[Picked], vetoed: set[float], *, key: bytes) -> bytes:
    """What a therapist's page is made of."""
    clips = [Clip(start_s=one.start_s, vetoed=one.start_s in vetoed) for one in extremes]
    starts = shown_clips(clips)
    told = told_numbers(len(starts), per_kind=3, tell_numbers=True)
    cards = [(shown_id(key, start), start) for start in card_order(starts, viewer_key=key)]
    return repr((cards, told, one_in(len(starts), told=told))).encode()


@given(
    st.lists(st.floats(0, 3600), min_size=6, max_size=6, unique=True),
    st.permutations(["helpful"] * 3 + ["hindering"] * 3),
    st.sets(st.integers(0, 5)),
    KEYS,
    st.randoms(use_true_random=False),
)
def test_twin_worlds_that_differ_in_kinds_show_the_same_bytes(
    starts: list[float], kinds: list[str], vetoed: set[int], key: bytes, rng: random.Random
) -> None:
    kept_back = {starts[number] for number in vetoed}
    first = [Picked(kind, False, start) for kind, start in zip(kinds, starts, strict=True)]
    rng.shuffle(kinds)
    second = [Picked(kind, rng.random() < 0.5, start) for kind, start in zip(kinds, starts, strict=True)]
    by_rank = sorted(second, key=lambda one: one.kind)
    assert page(first, kept_back, key=key) == page(by_rank, kept_back, key=key)


def test_a_page_that_orders_by_kind_fails_the_twin_test() -> None:
    first = [Picked("helpful", start_s=30.0), Picked("hindering", start_s=90.0)]
    second = [Picked("hindering", start_s=30.0), Picked("helpful", start_s=90.0)]
    leaky = [[one.start_s for one in sorted(world, key=lambda one: one.kind)] for world in (first, second)]
    assert leaky[0] != leaky[1]
    assert page(first, set(), key=bytes(16)) == page(second, set(), key=bytes(16))


def test_orders_and_ids_are_the_viewers_own() -> None:
    rng = random.Random(7)
    starts = [30.0, 90.0, 150.0, 300.0]
    keys = [rng.randbytes(32) for _ in range(4800)]
    orders = Counter(card_order(starts, viewer_key=key) for key in keys)
    assert len(orders) == math.factorial(4)
    assert min(orders.values()) > 140
    ids = {shown_id(key, start) for key in keys for start in starts}
    assert len(ids) == 4 * len(keys)
    assert {len(one) for one in ids} == {22}


def test_ids_are_the_same_at_every_visit_and_for_equal_starts() -> None:
    key = bytes(range(32))
    assert shown_id(key, 0.0) == shown_id(key, -0.0) == shown_id(key, 0)
    assert shown_id(key, 12.5) == "DI2kyzoFc1QcThEdtscVRA"  # as openssl computes it


@pytest.mark.parametrize(
    ("starts", "key", "message"),
    [
        ([1.0, 1.0], bytes(16), "each start once"),
        ([1.0, 1], bytes(16), "each start once"),
        ([math.nan], bytes(16), "finite"),
        ([math.inf], bytes(16), "finite"),
        ([1.0], bytes(15), "at least 16 bytes, got 15"),
    ],
)
def test_card_order_refuses(starts: list[float], key: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        card_order(starts, viewer_key=key)


@pytest.mark.parametrize("shown", range(7))
def test_numbers_are_told_only_with_all_cards(shown: int) -> None:
    told = told_numbers(shown, per_kind=3, tell_numbers=True)
    assert (told is not None) == (shown == 6)
    assert told_numbers(shown, per_kind=3, tell_numbers=False) is None
    assert one_in(shown, told=told) == (20 if shown == 6 else 2**shown)
