"""Sealed columns: content at rest under its participant's key, which is destroyed when the participant withdraws."""

import json
from functools import lru_cache
from typing import Any

from django.conf import settings

from dialogram.vault import Keyring, PayloadSealer


def keyring() -> Keyring:
    """Return the keyring this process opened."""
    ring: Keyring = settings.KEYRING
    return ring


def participant_key(participant_id: str) -> str:
    """Name a participant's key in the keyring."""
    return f"participant:{participant_id}"


def recording_key(recording_id: str) -> str:
    """Name a recording's key in the keyring."""
    return f"recording:{recording_id}"


@lru_cache(maxsize=8192)  # more than rate at once: they come in turn, and one too few would find none
def _sealer_of(key: bytes) -> PayloadSealer:
    return PayloadSealer(key)


def sealer(participant_id: str) -> PayloadSealer:
    """Seal, open and digest under a participant's key; `KeyUnknown` once it is destroyed."""
    return _sealer_of(keyring().key(participant_key(participant_id)))


def seal(data: Any, *, participant_id: str, context: str) -> bytes:
    """Seal JSON-able content; `context` names the row, so that sealed columns cannot be swapped."""
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return sealer(participant_id).seal(plain, context=context.encode())


def unseal(sealed: bytes | memoryview, *, participant_id: str, context: str) -> Any:
    """Open what `seal` sealed."""
    return json.loads(sealer(participant_id).open(bytes(sealed), context=context.encode()))
