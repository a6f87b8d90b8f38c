"""Bytes at rest: sealed in chunks, read by ranges, their keys in a keyring."""

from dialogram.vault.folder import FolderVault
from dialogram.vault.keyring import Keyring, KeyringError, KeyUnknown
from dialogram.vault.payload import PayloadSealer, open_payload, payload_digest, seal_payload
from dialogram.vault.ranged_file import RangedFile
from dialogram.vault.ranges import RangeAnswer, answer_range
from dialogram.vault.recording_file import open_recording, recording_context, seal_recording
from dialogram.vault.root_key import make_key_file, read_key_file
from dialogram.vault.scratch import EncryptedScratch
from dialogram.vault.sealing import SealedReader, SealingError, plain_size, seal
from dialogram.vault.uploads import MOST_PIECE_BYTES, PieceConflictError, UploadPieces

__all__ = [
    "MOST_PIECE_BYTES",
    "EncryptedScratch",
    "FolderVault",
    "KeyUnknown",
    "Keyring",
    "KeyringError",
    "PayloadSealer",
    "PieceConflictError",
    "RangeAnswer",
    "RangedFile",
    "SealedReader",
    "SealingError",
    "UploadPieces",
    "answer_range",
    "make_key_file",
    "open_payload",
    "open_recording",
    "payload_digest",
    "plain_size",
    "read_key_file",
    "recording_context",
    "seal",
    "seal_payload",
    "seal_recording",
]
