"""Known answers for sealed recordings, by the words of the specification and nothing else.

Written apart from `dialogram.vault`: HKDF-Expand from `hmac` (RFC 5869, section 2.3), AES-GCM through the block-cipher
interface. Source: https://c2sp.org/chunked-encryption. `python tests/reference/sealing.py` makes sealing.json anew.
"""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ANSWERS = Path(__file__).with_suffix(".json")


def seal_straight(plain: bytes, key: bytes, salt: bytes, context: bytes, *, hash_name: str = "sha512") -> bytes:
    """Seal in one go; 16-byte keys with SHA-256 give the older instantiation, for which others published answers."""
    aead_name = {16: b"AEAD_AES_128_GCM", 32: b"AEAD_AES_256_GCM"}[len(key)]
    info = b"c2sp.org/chunked-encryption@v1+" + aead_name + b"\x00" + salt + context

    derived, t, counter = b"", b"", 1
    while len(derived) < len(key) + 12 + 32:
        t = hmac.new(key, t + info + bytes([counter]), hash_name).digest()
        derived += t
        counter += 1
    chunk_key = derived[: len(key)]
    base_nonce = derived[len(key) : len(key) + 12]
    commitment = derived[len(key) + 12 : len(key) + 12 + 32]

    sealed = salt + commitment
    for k in range(len(plain) // 16384 + 1):
        nonce = bytes(a ^ b for a, b in zip(base_nonce, k.to_bytes(12, "big"), strict=True))
        encryptor = Cipher(algorithms.AES(chunk_key), modes.GCM(nonce)).encryptor()
        sealed += encryptor.update(plain[k * 16384 : (k + 1) * 16384]) + encryptor.finalize() + encryptor.tag
    return sealed


def plain_text(length: int) -> bytes:
    """Bytes that differ from chunk to chunk: the multiples of 7 modulo 251."""
    return bytes(i * 7 % 251 for i in range(length))


def known_answers() -> list[dict[str, Any]]:
    """Every boundary length, two contexts; short files in full, all by digest."""
    key, salt = bytes(range(32)), bytes(range(100, 124))
    answers = []
    for context in (b"", b"recording 5f1c version 1"):
        for length in (0, 1, 100, 16383, 16384, 16385, 32767, 32768, 32769, 81920, 1048575, 1048576, 1048577):
            sealed = seal_straight(plain_text(length), key, salt, context)
            answers.append(
                {
                    "length": length,
                    "context": context.decode(),
                    "sha256": hashlib.sha256(sealed).hexdigest(),
                    "sealed": sealed.hex() if length <= 100 else None,
                }
            )
    return answers


if __name__ == "__main__":
    ANSWERS.write_text(json.dumps(known_answers(), indent=1) + "\n")
