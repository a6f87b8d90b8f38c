import pytest
from hypothesis import given, strategies as st

from dialogram.vault.ranges import MOST_BYTES, RangeAnswer, answer_range

CONTENT = bytes(range(256)) * (MOST_BYTES // 128)  # two megabytes and a bit of pattern


class Bytes:
    size = len(CONTENT)

    def read(self, start: int, length: int) -> bytes:
        return CONTENT[start : start + length]


def ask(header: str | None, *, method: str = "GET", if_range: str | None = None) -> RangeAnswer:
    return answer_range(Bytes(), method=method, range_header=header, if_range=if_range, etag='"a"')


@given(st.integers(0, Bytes.size + 10), st.integers(0, Bytes.size + 10))
def test_a_range_is_the_slice_cut_to_a_mebibyte(first: int, last: int) -> None:
    answer = ask(f"bytes={first}-{last}")
    body = b"".join(answer.body)
    if last < first:
        assert (answer.status, len(body)) == (200, Bytes.size)
    elif first >= Bytes.size:
        assert (answer.status, body) == (416, b"")
        assert answer.headers["Content-Range"] == f"bytes */{Bytes.size}"
    else:
        assert answer.status == 206
        assert body == CONTENT[first : last + 1][:MOST_BYTES]
        assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(body) - 1}/{Bytes.size}"
        assert answer.headers["Content-Length"] == str(len(body))


@given(st.integers(0, Bytes.size + 10))
def test_a_suffix_is_the_end(length: int) -> None:
    answer = ask(f"bytes=-{length}")
    if length == 0:
        assert answer.status == 416
    else:
        assert b"".join(answer.body) == CONTENT[-length:][:MOST_BYTES]


@pytest.mark.parametrize("header", [None, "bytes=-", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes", "", "bytes=1"])
def test_what_is_no_single_range_is_passed_over(header: str | None) -> None:
    answer = ask(header)
    assert (answer.status, answer.headers["Content-Length"]) == (200, str(Bytes.size))
    assert b"".join(answer.body) == CONTENT


def test_fifty_thousand_ranges_are_passed_over_at_once() -> None:
    assert ask("bytes=" + ",".join("0-" for _ in range(50_000))).status == 200


def test_head_describes_the_whole_and_has_no_body() -> None:
    answer = ask("bytes=0-1", method="HEAD")
    assert (answer.status, answer.headers["Content-Length"], list(answer.body)) == (200, str(Bytes.size), [])


@pytest.mark.parametrize(
    ("if_range", "status"), [('"a"', 206), ('"b"', 200), ('W/"a"', 200), ("Sun, 22 Nov 2026 10:00:00 GMT", 200)]
)
def test_if_range_counts_only_when_it_is_this_very_tag(if_range: str, status: int) -> None:
    assert ask("bytes=0-1", if_range=if_range).status == status
