"""Files in and out."""

from dialogram.archive.cohort_folder import CohortFolder, read_cohort_folder
from dialogram.archive.cohort_parts import CohortParts, holds_parts
from dialogram.archive.cohort_table import CohortColumns, read_cohort, read_moderators
from dialogram.archive.formats import FORMATS, format_for, read_traces, recognise, write_traces
from dialogram.archive.guess_table import read_guesses
from dialogram.archive.source import TableError
from dialogram.archive.unit_table import holds_units, read_units

__all__ = [
    "FORMATS",
    "CohortColumns",
    "CohortFolder",
    "CohortParts",
    "TableError",
    "format_for",
    "holds_parts",
    "holds_units",
    "read_cohort",
    "read_cohort_folder",
    "read_guesses",
    "read_moderators",
    "read_traces",
    "read_units",
    "recognise",
    "write_traces",
]
