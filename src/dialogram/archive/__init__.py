"""Files in and out."""

from dialogram.archive.cohort_table import CohortColumns, read_cohort
from dialogram.archive.formats import FORMATS, format_for, read_traces, recognise, write_traces
from dialogram.archive.source import TableError

__all__ = [
    "FORMATS",
    "CohortColumns",
    "TableError",
    "format_for",
    "read_cohort",
    "read_traces",
    "recognise",
    "write_traces",
]
