"""The browser-server protocol: messages, sequence, and what the server assembles from them.

`messages` is not loaded here: it alone needs pydantic, and the rest works in the base install.
"""

from dialogram.capture.assemble import RULE, Assembly, assemble
from dialogram.capture.event_log import KINDS, Event, EventLog, EventLogError, LoggedRecord, Stream
from dialogram.capture.event_log_file import read_event_log, write_event_log
from dialogram.capture.rating import Gap
from dialogram.capture.saved import MEDIA_KINDS, Saved, last_media_s, last_value, saved
from dialogram.capture.step_function import StepFunction
from dialogram.capture.verdict import Finding, Verdict, judge

__all__ = [
    "KINDS",
    "MEDIA_KINDS",
    "RULE",
    "Assembly",
    "Event",
    "EventLog",
    "EventLogError",
    "Finding",
    "Gap",
    "LoggedRecord",
    "Saved",
    "StepFunction",
    "Stream",
    "Verdict",
    "assemble",
    "judge",
    "last_media_s",
    "last_value",
    "read_event_log",
    "saved",
    "write_event_log",
]
