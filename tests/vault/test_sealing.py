import hashlib
import io
import json
import os
from typing import Any

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor
from hypothesis import given, settings, strategies as st
from tests.reference.sealing import ANSWERS, plain_text, seal_straight

from dialogram.vault.sealing import CHUNK_BYTES, HEADER_BYTES, SealedReader, SealingError, plain_size, seal

KEY, SALT, CONTEXT = bytes(range(32)), bytes(range(100, 124)), b"recording 5f1c version 1"
SEALED_CHUNK = 16_400
BOUNDARIES = [0, 1, 16383, 16384, 16385, *(n * 16384 + d for n in (2, 5, 64, 65) for d in (-1, 0, 1))]


def sealed_bytes(plain: bytes, key: bytes = KEY, context: bytes = CONTEXT) -> bytes:
    sealed = io.BytesIO()
    assert seal(io.BytesIO(plain), sealed, key=key, context=context) == len(plain)
    return sealed.getvalue()


def open_all(sealed: bytes, key: bytes = KEY, context: bytes = CONTEXT) -> bytes:
    with SealedReader(io.BytesIO(sealed), key=key, context=context) as reader:
        return reader.read(0, reader.size)


PUBLISHED_COMMITMENT = {
    b"": "75e15016f9c6148f4187e0d5a8bae956547f6cdb0bbe186893f89be78b2eb99e",
    b"context": "711dfd6fbb3120e7395b4789dab0ceeb762130ac47db988d757715173d00543a",
}
PUBLISHED_CHUNK = {
    b"": "6d10d8998e07bb7c7af28058b509d8f318f3997000a8fbc9b3b1b1",
    b"context": "48b27223e04af784859ccd37e9a68020556e4e0e12b66b3fe91241",
}


@pytest.mark.parametrize("context", PUBLISHED_CHUNK)
def test_reference_script_gives_the_answers_others_published(context: bytes) -> None:
    # The answers are pyca/cryptography's, for SHA-256 and AES-128-GCM, key 00…0f, the same salt as here.
    sealed = seal_straight(b"hello world", bytes(range(16)), SALT, context, hash_name="sha256")
    assert sealed.hex() == SALT.hex() + PUBLISHED_COMMITMENT[context] + PUBLISHED_CHUNK[context]


@pytest.mark.parametrize("answer", json.loads(ANSWERS.read_text()), ids=lambda a: f"{a['length']}-{bool(a['context'])}")
def test_reader_opens_the_known_answers(answer: dict[str, Any]) -> None:
    plain, context = plain_text(answer["length"]), answer["context"].encode()
    sealed = seal_straight(plain, KEY, SALT, context)
    assert hashlib.sha256(sealed).hexdigest() == answer["sha256"]
    assert answer["sealed"] in (None, sealed.hex())
    assert open_all(sealed, context=context) == plain


@pytest.mark.parametrize("length", BOUNDARIES)
def test_seal_writes_the_format_to_the_byte(length: int) -> None:
    plain = plain_text(length)
    sealed = sealed_bytes(plain)
    assert sealed == seal_straight(plain, KEY, sealed[:24], CONTEXT)
    assert plain_size(len(sealed)) == length
    assert open_all(sealed) == plain
    other = Cobblestone256Decryptor(KEY, CONTEXT)
    assert other.update(sealed) + other.finalize() == plain


def test_every_file_has_its_own_salt() -> None:
    salts = {sealed_bytes(b"the same")[:24] for _ in range(50)}
    assert len(salts) == 50


class _Trickle(io.RawIOBase):
    """Gives and takes a few bytes at a time, as pipes do."""

    def __init__(self, data: bytes) -> None:
        self.inside = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        return self.inside.readinto(memoryview(buffer)[:1000])

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.inside.seek(offset, whence)


def test_short_reads_are_no_end_of_file() -> None:
    plain = plain_text(40_000)
    sealed = io.BytesIO()
    seal(_Trickle(plain), sealed, key=KEY, context=CONTEXT)  # type: ignore[arg-type]
    assert open_all(sealed.getvalue()) == plain
    reader = SealedReader(_Trickle(sealed.getvalue()), key=KEY, context=CONTEXT)  # type: ignore[arg-type]
    assert reader.read(0, 40_000) == plain


def test_file_that_takes_only_a_part_is_an_error() -> None:
    class Full(io.BytesIO):
        def write(self, data: Any, /) -> int:
            return super().write(data[:50])

    with pytest.raises(OSError, match="not everything"):
        seal(io.BytesIO(b"x" * 100), Full(), key=KEY, context=CONTEXT)


@settings(max_examples=150, deadline=None)
@given(
    length=st.one_of(st.sampled_from(BOUNDARIES), st.integers(0, 70_000)),
    start=st.one_of(st.sampled_from(BOUNDARIES), st.integers(0, 1_200_000)),
    count=st.one_of(st.sampled_from(BOUNDARIES), st.integers(0, 1_200_000)),
)
def test_ranges_are_slices(length: int, start: int, count: int) -> None:
    plain = RANDOM[:length]
    with SealedReader(io.BytesIO(SEALED[length]), key=KEY, context=CONTEXT) as reader:
        assert reader.size == length
        assert reader.read(start, count) == plain[start : start + count]
        assert b"".join(reader.blocks(start)) == plain[start:]


RANDOM = os.urandom(max(BOUNDARIES))


class _SealedByLength(dict[int, bytes]):
    def __missing__(self, length: int) -> bytes:
        self[length] = sealed_bytes(RANDOM[:length])
        return self[length]


SEALED = _SealedByLength()


def test_blocks_are_bounded() -> None:
    reader = SealedReader(io.BytesIO(sealed_bytes(bytes(3_000_000))), key=KEY, context=CONTEXT)
    assert max(len(block) for block in reader.blocks()) == 65 * CHUNK_BYTES


@pytest.mark.parametrize(("start", "length"), [(-1, 1), (0, -1)])
def test_negative_ranges_are_refused(start: int, length: int) -> None:
    reader = SealedReader(io.BytesIO(sealed_bytes(b"abc")), key=KEY, context=CONTEXT)
    with pytest.raises(ValueError, match=">= 0"):
        reader.read(start, length)


def flipped(sealed: bytes, bit: int) -> bytes:
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_flipped_bit_of_a_small_file_is_refused() -> None:
    sealed = sealed_bytes(b"she said nothing for a while")
    for bit in range(len(sealed) * 8):
        with pytest.raises(SealingError):
            open_all(flipped(sealed, bit))


def test_flipped_bits_of_a_large_file_release_nothing_of_their_chunk() -> None:
    plain = plain_text(3 * CHUNK_BYTES + 77)
    sealed = sealed_bytes(plain)
    for bit in range(HEADER_BYTES * 8, len(sealed) * 8, 4007):
        chunk = (bit // 8 - HEADER_BYTES) // SEALED_CHUNK
        changed = flipped(sealed, bit)
        if chunk == 3:  # the last is authenticated before anything is given out
            with pytest.raises(SealingError, match="chunk 3"):
                SealedReader(io.BytesIO(changed), key=KEY, context=CONTEXT)
            continue
        reader = SealedReader(io.BytesIO(changed), key=KEY, context=CONTEXT)
        with pytest.raises(SealingError, match=f"chunk {chunk} "):
            reader.read(chunk * CHUNK_BYTES, 1)
        with pytest.raises(SealingError):
            reader.read(0, reader.size)
        good = (chunk + 1) % 3
        assert reader.read(good * CHUNK_BYTES, 10) == plain[good * CHUNK_BYTES :][:10]


@pytest.mark.parametrize("length", [0, 40, 16384, 2 * 16384 + 100])
def test_every_truncation_is_refused(length: int) -> None:
    sealed = sealed_bytes(plain_text(length))
    edges = {HEADER_BYTES + n * SEALED_CHUNK + d for n in range(4) for d in (-17, -16, -1, 0, 1, 15, 16, 17)}
    cuts = edges | set(range(0, len(sealed), 7 if length < 100 else 199)) | set(range(len(sealed) - 20, len(sealed)))
    tried = [cut for cut in cuts if 0 <= cut < len(sealed)]
    assert len(tried) > 10
    for cut in tried:
        with pytest.raises(SealingError):
            SealedReader(io.BytesIO(sealed[:cut]), key=KEY, context=CONTEXT)


@pytest.mark.parametrize("more", [1, 15, 16, 17, 16384, 16400, 16416])
def test_bytes_behind_the_end_are_refused(more: int) -> None:
    with pytest.raises(SealingError):
        SealedReader(io.BytesIO(sealed_bytes(plain_text(20_000)) + bytes(more)), key=KEY, context=CONTEXT)


def chunks_of(sealed: bytes) -> list[bytes]:
    body = sealed[HEADER_BYTES:]
    return [body[at : at + SEALED_CHUNK] for at in range(0, len(body), SEALED_CHUNK)]


def test_rearranged_chunks_are_refused() -> None:
    first, second = sealed_bytes(plain_text(50_000)), sealed_bytes(plain_text(50_000))
    a, b, c, last = chunks_of(first)
    header = first[:HEADER_BYTES]
    assert open_all(header + a + b + c + last) == plain_text(50_000)  # the control: put together as it was
    other = chunks_of(second)
    for body in (
        b + a + c + last,  # swapped
        a + a + c + last,  # repeated
        a + b + last,  # one left out
        a + b + c + c + last,  # one put in
        a + other[1] + c + last,  # from another file under the same key
        a + b + c + other[3],
    ):
        with pytest.raises(SealingError):
            open_all(header + body)
    with pytest.raises(SealingError):
        open_all(second[:HEADER_BYTES] + b"".join(chunks_of(first)))


@pytest.mark.parametrize(
    ("key", "context"),
    [(bytes(32), CONTEXT), (KEY, b""), (KEY, b"recording 5f1c version 2"), (KEY, b"recording 5f1d version 1")],
)
def test_other_key_or_context_is_refused_before_any_chunk(key: bytes, context: bytes) -> None:
    with pytest.raises(SealingError, match="another key or context"):
        open_all(sealed_bytes(b"words"), key=key, context=context)


def test_commitment_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    def compare(a: bytes, b: bytes) -> bool:
        compared.append(len(a))
        return a == b

    monkeypatch.setattr("hmac.compare_digest", compare)
    open_all(sealed_bytes(b"words"))
    assert compared == [32]


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_keys_of_other_lengths_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sealed_bytes(b"", key=bytes(length))
    with pytest.raises(ValueError, match="32 bytes"):
        open_all(sealed_bytes(b""), key=bytes(length))


def test_file_that_shrinks_while_it_is_read_is_refused() -> None:
    file = io.BytesIO(sealed_bytes(plain_text(40_000)))
    reader = SealedReader(file, key=KEY, context=CONTEXT)
    file.truncate(30_000)
    with pytest.raises(SealingError, match="shorter"):
        reader.read(0, 40_000)


def test_impossible_lengths_are_refused() -> None:
    for sealed_length in (0, 55, 56, 71, 56 + SEALED_CHUNK, 56 + 5 * SEALED_CHUNK + 15):
        with pytest.raises(SealingError):
            plain_size(sealed_length)
    assert plain_size(72) == 0
