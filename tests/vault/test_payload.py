import pytest
from hypothesis import given, strategies as st

from dialogram.vault.payload import PayloadSealer, open_payload, payload_digest, seal_payload
from dialogram.vault.sealing import SealingError

KEY, CONTEXT = bytes(range(32)), b"answer 3"


@given(plain=st.binary(max_size=5000), context=st.binary(max_size=60))
def test_opens_to_what_was_sealed(plain: bytes, context: bytes) -> None:
    sealed = seal_payload(plain, key=KEY, context=context)
    assert open_payload(sealed, key=KEY, context=context) == plain
    assert len(sealed) == len(plain) + 29
    assert PayloadSealer(KEY).open(sealed, context=context) == plain


def test_every_flipped_bit_and_truncation_is_refused() -> None:
    sealed = seal_payload(b"she nodded", key=KEY, context=CONTEXT)
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealingError):
            open_payload(bytes(changed), key=KEY, context=CONTEXT)
    for cut in range(len(sealed)):
        with pytest.raises(SealingError):
            open_payload(sealed[:cut], key=KEY, context=CONTEXT)


def test_other_key_or_context_is_refused_and_nothing_told() -> None:
    sealed = seal_payload(b"she nodded", key=KEY, context=CONTEXT)
    for key, context in ((bytes(32), CONTEXT), (KEY, b"answer 4"), (KEY, b"")):
        with pytest.raises(SealingError) as refused:
            open_payload(sealed, key=key, context=context)
        assert "answer" not in str(refused.value)
        assert "nodded" not in str(refused.value)


def test_same_content_never_looks_the_same() -> None:
    sealer = PayloadSealer(KEY)
    assert len({sealer.seal(b"72", context=CONTEXT) for _ in range(1000)}) == 1000


def test_digests_are_equal_for_equal_content_only() -> None:
    digest = payload_digest(b"72", key=KEY, context=CONTEXT)
    assert len(digest) == 32
    assert digest == PayloadSealer(KEY).digest(b"72", context=CONTEXT)
    others = {
        payload_digest(b"73", key=KEY, context=CONTEXT),
        payload_digest(b"72", key=bytes(32), context=CONTEXT),
        payload_digest(b"372", key=KEY, context=b"answer "),  # the same bytes, cut elsewhere
    }
    assert len(others) == 3
    assert digest not in others


def test_digest_is_that_of_a_derived_key() -> None:
    # HKDF-SHA256 by RFC 5869 and HMAC, straight from the standard library.
    import hashlib
    import hmac

    extracted = hmac.new(bytes(32), KEY, hashlib.sha256).digest()
    derived = hmac.new(extracted, b"dialogram payload 1: digest\x01", hashlib.sha256).digest()
    framed = (8).to_bytes(8) + CONTEXT + b"72"
    assert payload_digest(b"72", key=KEY, context=CONTEXT) == hmac.new(derived, framed, hashlib.sha256).digest()


def test_keys_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, got 16"):
        PayloadSealer(bytes(16))
