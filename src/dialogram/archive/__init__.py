"""Files in and out."""

from dialogram.archive.tables import TableError, read_traces

__all__ = ["TableError", "read_traces"]
