"""Small sealed payloads, for columns of a database: words, ratings, segment times."""

import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dialogram.vault.sealing import KEY_BYTES, SealingError

VERSION = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16


class PayloadSealer:
    """A participant's key made ready to seal, open and digest many payloads.

    A payload is ``0x01 ‖ nonce (12, random) ‖ AES-256-GCM(plain, AAD = context)``. Two keys are derived from the given
    one by HKDF-SHA256, one that seals and one that digests, so that neither use can weaken the other. Both live only as
    long as this object.

    Parameters
    ----------
    key
        32 random bytes.

    Raises
    ------
    ValueError
        For a key of another length.

    Notes
    -----
    With random nonces of 96 bits a key may seal 2³² payloads before a repetition is likelier than 2⁻³² (NIST
    SP 800-38D, section 8.3); a sitting writes four a second at most.

    Examples
    --------
    >>> sealer = PayloadSealer(bytes(32))
    >>> sealer.open(sealer.seal(b"she nodded", context=b"answer 3"), context=b"answer 3")
    b'she nodded'
    """

    __slots__ = ("_aead", "_digest")

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"key: expected {KEY_BYTES} bytes, got {len(key)}")
        self._aead = AESGCM(_derive(key, b"dialogram payload 1: seal"))
        self._digest = hmac.new(_derive(key, b"dialogram payload 1: digest"), digestmod="sha256")

    def seal(self, plain: bytes, *, context: bytes) -> bytes:
        """Seal a payload; `context` names the row and column it belongs to."""
        (sealed,) = self.seal_all([(plain, context)])
        return sealed

    def seal_all(self, payloads: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Seal payloads given with their contexts; randomness is asked for once, for other threads run meanwhile."""
        drawn = os.urandom(NONCE_BYTES * len(payloads))
        nonces = [drawn[begin : begin + NONCE_BYTES] for begin in range(0, len(drawn), NONCE_BYTES)]
        return [
            VERSION + nonce + self._aead.encrypt(nonce, plain, context)
            for nonce, (plain, context) in zip(nonces, payloads, strict=True)
        ]

    def open(self, sealed: bytes, *, context: bytes) -> bytes:
        """Open a payload, or raise SealingError when key, context or a single bit is another."""
        if sealed[:1] != VERSION or len(sealed) < 1 + NONCE_BYTES + TAG_BYTES:
            raise SealingError(f"payload: expected format {VERSION[0]} of at least 29 bytes, got {len(sealed)} bytes")
        try:
            return self._aead.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], context)
        except InvalidTag:
            raise SealingError("payload: another key or context, or a changed payload") from None

    def digest(self, plain: bytes, *, context: bytes) -> bytes:
        """HMAC-SHA256 of a payload and its context: equal for equal content, and tells nothing without the key."""
        digest = self._digest.copy()  # `hmac.digest` would let other threads run each time
        digest.update(len(context).to_bytes(8) + context + plain)
        return digest.digest()


def seal_payload(plain: bytes, *, key: bytes, context: bytes) -> bytes:
    """Seal one payload; for many under one key keep a PayloadSealer."""
    return PayloadSealer(key).seal(plain, context=context)


def open_payload(sealed: bytes, *, key: bytes, context: bytes) -> bytes:
    """Open one payload; for many under one key keep a PayloadSealer."""
    return PayloadSealer(key).open(sealed, context=context)


def payload_digest(plain: bytes, *, key: bytes, context: bytes) -> bytes:
    """Digest one payload (32 bytes); for many under one key keep a PayloadSealer."""
    return PayloadSealer(key).digest(plain, context=context)


def _derive(key: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key)
