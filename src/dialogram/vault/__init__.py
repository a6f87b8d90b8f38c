"""Bytes at rest: sealed in chunks, read by ranges, their keys in a keyring."""
