from dataclasses import dataclass
from enum import StrEnum


class DialKind(StrEnum):
    """What a hand may turn while it rates."""

    SCREEN = "screen"
    """The drawn dial, by pointer, touch, wheel or keyboard."""
    MOUSE_LOCK = "mouse-lock"
    GAMEPAD = "gamepad"
    MIDI = "midi"
    HID = "hid"
    SERIAL = "serial"
    PHONE = "phone"
    """A phone, taken on the rating page; it writes a stream of its own."""


class Display(StrEnum):
    """What is drawn to be turned; all of them are one dial to the hand and to the log."""

    DIAL = "dial"
    SLIDER = "slider"
    METER = "meter"


class Pause(StrEnum):
    """What becomes of the recording when it pauses."""

    NONE = "none"
    ALLOWED = "allowed"
    REWIND = "rewind"


@dataclass(frozen=True, kw_only=True)
class RecallRule:
    """How the highest and lowest rated segments of a trace are picked, and how they are replayed."""

    rule: str
    """Name and version of the algorithm."""
    window_s: float
    """Length of a segment, in seconds."""
    per_kind: int
    """How many helpful and how many hindering segments are looked for."""
    warm_up_s: float
    """No segment starts before this media time, in seconds."""
    lead_in_s: float
    """How much earlier than the segment its replay starts, in seconds."""
    least_coverage: float
    """Least share of a segment that was played, visible and attended."""
    same_kind_gap_s: float
    """Least distance between two segments of one kind, edge to edge, in seconds."""


@dataclass(frozen=True, kw_only=True)
class RateRule:
    """What a rating sitting is like."""

    pause: Pause
    """Whether the participant may pause the recording, and whether it then goes back a little."""
    rewind_s: float
    """How far it goes back, in seconds; what is rated again counts."""
    hold_to_play: bool
    """Whether the recording plays only while a hand holds the dial or a key."""
    break_after_min: float
    """After how many minutes of recording a break is offered; 0 offers none."""
    display: Display
    """What is drawn."""
    show_number: bool
    """Whether the value is shown as a number."""
    show_labels: bool
    """Whether the words of the scale stand at it."""
    show_ticks: bool
    """Whether the scale is ruled."""
    show_colours: bool
    """Whether it has its rater's colour, or is grey."""
    show_trace_s: float
    """How many of the seconds just rated are drawn as a line; 0 draws none."""
    dials: tuple[DialKind, ...]
    """What the participant may choose from; the dial on the screen is always among them."""

    @property
    def devices(self) -> tuple[DialKind, ...]:
        """The dials that are set up on a page of their own before they are turned."""
        return tuple(kind for kind in self.dials if kind not in {DialKind.SCREEN, DialKind.PHONE})
