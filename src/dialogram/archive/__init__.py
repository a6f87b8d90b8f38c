"""Files in and out."""

from dialogram.archive.formats import FORMATS, format_for, read_traces, recognise, write_traces
from dialogram.archive.source import TableError

__all__ = ["FORMATS", "TableError", "format_for", "read_traces", "recognise", "write_traces"]
