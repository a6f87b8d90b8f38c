"""Every key of a design file, once: the reader, its messages and the reference page are made from this."""

from dataclasses import dataclass
from typing import Final, Literal

from dialogram.study.rule import DialKind, Display, Pause
from dialogram.study.sampling import Part, Sessions
from dialogram.study.task import Role, Task

type Kind = Literal["text", "whole number", "number", "yes or no", "list", "numbers"]

REQUIRED: Final = object()
"""Stands where a default would, for a key that has none."""

FORMAT = 1
"""The version of the file format this program reads."""

EXTREMES_RULE = "extremes/1"
"""The rule for extremes this program knows."""


_EXPECTED = {"yes or no": "true or false", "numbers": "a list of whole numbers from 1 on"}


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of a table: what it may hold, what it is when left out, and what it means."""

    name: str
    kind: Kind
    meaning: str
    default: object = REQUIRED
    least: float | None = None
    most: float | None = None
    choices: tuple[str | int, ...] = ()

    @property
    def expected(self) -> str:
        """What an error says was expected, and the reference page under *type*."""
        if self.kind in _EXPECTED:
            return _EXPECTED[self.kind]
        if self.kind == "list":
            return "a list of " + ", ".join(f'"{choice}"' for choice in self.choices)
        if self.choices:
            return " or ".join(f'"{c}"' if isinstance(c, str) else str(c) for c in self.choices)
        if self.kind == "text":
            return "a text that is not empty"
        if self.most is not None:
            return f"a {self.kind} from {self.least or 0:g} to {self.most:g}"
        return f"a {self.kind}"


def _task_key(role: Role, tasks: tuple[Task, ...]) -> Key:
    return Key(
        name=role,
        kind="list",
        default=(),
        choices=tuple(str(task) for task in tasks),
        meaning=f"What the {role} does with a recording, in this order.",
    )


TABLES: Final[dict[str, tuple[Key, ...]]] = {
    "": (
        Key(name="format", kind="whole number", choices=(FORMAT,), meaning="Version of this file format."),
        Key(name="name", kind="text", meaning="Short name of the design."),
        Key(name="title", kind="text", meaning="What participants see at the top of their pages."),
        Key(name="language", kind="text", default="en", meaning="Language used where a text has no translation."),
    ),
    "scales": (
        Key(name="name", kind="text", meaning="What is rated. The first scale of the file is the one that is rated."),
        Key(name="low", kind="number", default=0.0, meaning="Lower end of the dial."),
        Key(name="high", kind="number", default=100.0, meaning="Upper end of the dial."),
        Key(name="neutral", kind="number", default=50.0, meaning="The value that is neither; between the ends."),
        Key(name="step", kind="number", default=1.0, meaning="What one fine step of the dial moves."),
    ),
    "scales.labels.LANGUAGE": (
        Key(name="low", kind="text", meaning="The word at the lower end."),
        Key(name="neutral", kind="text", meaning="The word at the neutral mark."),
        Key(name="high", kind="text", meaning="The word at the upper end."),
    ),
    "extremes": (
        Key(name="rule", kind="text", default=EXTREMES_RULE, choices=(EXTREMES_RULE,), meaning="How they are picked."),
        Key(name="window_s", kind="number", default=30.0, least=5, most=600, meaning="Length of a segment, seconds."),
        Key(
            name="per_kind",
            kind="whole number",
            default=3,
            least=1,
            most=10,
            meaning="Segments looked for on the helpful and on the hindering side.",
        ),
        Key(
            name="warm_up_s",
            kind="number",
            default=60.0,
            least=0,
            most=1800,
            meaning="No segment starts before this media time, seconds.",
        ),
        Key(
            name="lead_in_s",
            kind="number",
            default=15.0,
            least=0,
            most=120,
            meaning="How much earlier than the segment its replay starts, seconds; the same for every clip.",
        ),
        Key(
            name="least_coverage",
            kind="number",
            default=0.9,
            least=0.5,
            most=1,
            meaning="Least share of a segment that was played, visible and attended.",
        ),
        Key(
            name="same_kind_gap_s",
            kind="number",
            default=60.0,
            least=0,
            most=3600,
            meaning="Least distance between two segments of one kind, edge to edge, seconds.",
        ),
    ),
    "tasks": (
        _task_key(Role.CLIENT, (Task.RATE, Task.RECALL)),
        _task_key(Role.THERAPIST, (Task.RATE, Task.RECALL, Task.GUESS)),
        _task_key(Role.OBSERVER, (Task.RATE,)),
    ),
    "sampling": (
        Key(
            name="sessions",
            kind="text",
            default=Sessions.EVERY,
            choices=tuple(Sessions),
            meaning="Which sessions of each dyad are rated, as they are counted in the course of therapy.",
        ),
        Key(name="numbers", kind="numbers", default=(), meaning='With `"numbers"`: which.'),
        Key(
            name="count",
            kind="whole number",
            default=3,
            least=1,
            most=500,
            meaning='With `"first"`, `"middle"` and `"last"`: how many.',
        ),
        Key(
            name="course_sessions",
            kind="whole number",
            default=0,
            least=0,
            most=500,
            meaning='How many sessions a course has; 0 where that is open. `"middle"` and `"last"` need it.',
        ),
        Key(
            name="part",
            kind="text",
            default=Part.WHOLE,
            choices=tuple(Part),
            meaning="Which part of a session is rated. `named`: staff set start and end for each, "
            "before the recording is confirmed.",
        ),
        Key(
            name="part_start_s",
            kind="number",
            default=0.0,
            least=0,
            most=36000,
            meaning='With `"from_start"`: how much is left out before it, seconds.',
        ),
        Key(
            name="part_length_s",
            kind="number",
            default=600.0,
            least=10,
            most=36000,
            meaning='With `"from_start"` and `"from_end"`: its length, seconds.',
        ),
    ),
    "rate": (
        Key(
            name="pause",
            kind="text",
            default=Pause.ALLOWED,
            choices=tuple(Pause),
            meaning="Whether the participant may pause. With `rewind` it goes back after every interruption, "
            "and what is rated the second time counts.",
        ),
        Key(
            name="rewind_s",
            kind="number",
            default=5.0,
            least=1,
            most=60,
            meaning='How far it goes back, seconds; only with `pause = "rewind"`.',
        ),
        Key(
            name="hold_to_play",
            kind="yes or no",
            default=False,
            meaning="Whether the recording plays only while a hand holds the dial, or the space bar. "
            "Letting go is a pause, so it needs another `pause` than `none`.",
        ),
        Key(
            name="break_after_min",
            kind="number",
            default=25.0,
            least=0,
            most=240,
            meaning="After how many minutes of recording a break is offered; 0 offers none, and is all that `pause` as "
            '`"none"` allows.',
        ),
        Key(
            name="display",
            kind="text",
            default=Display.DIAL,
            choices=tuple(Display),
            meaning="What is drawn: a half circle, a level line, or an upright one beside the recording.",
        ),
        Key(name="show_number", kind="yes or no", default=True, meaning="Whether it shows its value as a number."),
        Key(name="show_labels", kind="yes or no", default=True, meaning="Whether the scale's words stand at it."),
        Key(name="show_ticks", kind="yes or no", default=True, meaning="Whether it is ruled; neutral always is."),
        Key(
            name="show_colours",
            kind="yes or no",
            default=True,
            meaning="Whether it has the colour of its rater's role; otherwise it is grey.",
        ),
        Key(
            name="show_trace_s",
            kind="number",
            default=0.0,
            least=0,
            most=600,
            meaning="How many of the seconds just rated are drawn above it as a quiet line; 0 draws none.",
        ),
        Key(
            name="dials",
            kind="list",
            default=(DialKind.SCREEN,),
            choices=tuple(str(kind) for kind in DialKind),
            meaning='What may be turned. The dial on the screen is always there, so `"screen"` is always named; '
            "where more is, a page before the practice lets the participant choose, try and calibrate it. "
            'With `"phone"` the rating page lets her take a phone, where the program runs with `serve --lan`.',
        ),
    ),
    "practice": (
        Key(name="asked", kind="yes or no", default=True, meaning="Whether a short practice comes before the rating."),
        Key(
            name="recording_s",
            kind="number",
            default=60.0,
            least=10,
            most=600,
            meaning="How much of the recording is played in it, seconds.",
        ),
        Key(
            name="target_s",
            kind="number",
            default=0.0,
            least=0,
            most=120,
            meaning="How long the hand first follows a ring that moves by itself, seconds, at least 10; "
            "0 asks for none. What the hand did is kept, and how late it is.",
        ),
        Key(
            name="tolerance",
            kind="number",
            default=0.1,
            least=0.01,
            most=0.5,
            meaning="How far from the ring still counts as on it, as a share of the scale; a delay does not count.",
        ),
        Key(
            name="least_share",
            kind="number",
            default=0.7,
            least=0,
            most=1,
            meaning="For which share of the time the hand has to be on it.",
        ),
        Key(
            name="tries",
            kind="whole number",
            default=3,
            least=1,
            most=10,
            meaning="After so many tries it goes on, whatever came of them.",
        ),
    ),
    "guess": (
        Key(
            name="tell_numbers",
            kind="yes or no",
            default=True,
            meaning="Whether the therapist is told how many clips belong on each side. "
            "Told only when all of them are shown: any other number would give away which kind is missing.",
        ),
    ),
    "consent": (
        Key(
            name="version",
            kind="text",
            meaning="Change it whenever a consent text changes: everybody is then asked again.",
        ),
    ),
    "links": (
        Key(
            name="expire_days",
            kind="whole number",
            default=14,
            least=1,
            most=365,
            meaning="For how many days a participant's link opens.",
        ),
    ),
    "questionnaires": (
        Key(name="key", kind="text", meaning="Short name, for exports: lower case letters, digits and _."),
        Key(name="name", kind="text", meaning="What the researcher sees."),
        Key(name="min", kind="number", meaning="Lowest possible total."),
        Key(name="max", kind="number", meaning="Highest possible total."),
        Key(
            name="roles",
            kind="list",
            choices=tuple(str(role) for role in Role),
            meaning="Who fills it in.",
        ),
    ),
    "questionnaires.subscales": (
        Key(name="key", kind="text", meaning="Short name, for exports: lower case letters, digits and _."),
        Key(name="name", kind="text", meaning="What the researcher sees."),
        Key(name="min", kind="number", meaning="Lowest possible score."),
        Key(name="max", kind="number", meaning="Highest possible score."),
    ),
}
"""From the name of a table to its keys; texts stand in :mod:`dialogram.study.texts`."""
