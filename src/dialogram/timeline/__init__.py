"""What lies on a session's timeline."""

from dialogram.timeline.media_clock import MediaClock
from dialogram.timeline.scale import HELPFULNESS, Scale
from dialogram.timeline.segment import Segment
from dialogram.timeline.trace import Trace

__all__ = ["HELPFULNESS", "MediaClock", "Scale", "Segment", "Trace"]
