from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dialogram.study.task import Role, Task

LEAST_STRETCH_S = 10.0
"""Shorter than this there is nothing to rate."""


class Sessions(StrEnum):
    """Which sessions of a course of therapy are rated."""

    EVERY = "every"
    NUMBERS = "numbers"
    FIRST = "first"
    MIDDLE = "middle"
    LAST = "last"


class Part(StrEnum):
    """Which part of a session is rated."""

    WHOLE = "whole"
    FROM_START = "from_start"
    FROM_END = "from_end"
    NAMED = "named"


@dataclass(frozen=True, kw_only=True)
class SamplingRule:
    """What of a course of therapy is rated."""

    sessions: Sessions
    numbers: tuple[int, ...]
    """With ``numbers``: which, as they are counted in the course."""
    count: int
    """With ``first``, ``middle`` and ``last``: how many."""
    course_sessions: int
    """How many sessions a course has; 0 where that is open."""
    part: Part
    part_start_s: float
    """With ``from_start``: how much is left out before it, in seconds."""
    part_length_s: float
    """With ``from_start`` and ``from_end``: its length, in seconds."""


@dataclass(frozen=True)
class Course:
    """The sessions of a dyad that are rated: all of the plan, and those of them that were held, in order."""

    planned: tuple[int, ...]
    held: tuple[int, ...]

    def place_of(self, number: int) -> tuple[int, int] | None:
        """Tell the how manieth of how many planned sessions it is, or None where it is none of them."""
        return (self.planned.index(number) + 1, len(self.planned)) if number in self.planned else None


@dataclass(frozen=True)
class DueSitting:
    """What somebody of a dyad has to do next on a session."""

    number: int
    role: Role
    task: Task


def plan_course(rule: SamplingRule, *, held: Iterable[int]) -> Course:
    """Tell which sessions of a dyad are rated, by their numbers in the course.

    Parameters
    ----------
    rule
        The design's.
    held
        The numbers of the sessions there are so far.

    Examples
    --------
    >>> from dialogram.study.design import shipped_design
    >>> from dataclasses import replace
    >>> rule = replace(shipped_design("helpfulness").sampling, sessions=Sessions.MIDDLE, count=3, course_sessions=8)
    >>> plan_course(rule, held=[1, 2, 3, 4])
    Course(planned=(3, 4, 5), held=(3, 4))
    """
    there = sorted(set(held))
    match rule.sessions:
        case Sessions.EVERY:
            planned = list(range(1, rule.course_sessions + 1)) or there
        case Sessions.NUMBERS:
            planned = sorted(rule.numbers)
        case Sessions.FIRST:
            planned = list(range(1, rule.count + 1))
        case Sessions.MIDDLE:
            before = (rule.course_sessions - rule.count) // 2
            planned = list(range(before + 1, before + rule.count + 1))
        case Sessions.LAST:
            planned = list(range(rule.course_sessions - rule.count + 1, rule.course_sessions + 1))
    return Course(tuple(planned), tuple(number for number in planned if number in there))


def due_sittings(
    rule: SamplingRule,
    *,
    tasks: Mapping[Role, Sequence[Task]],
    done: Mapping[int, Collection[tuple[Role, Task]]],
) -> tuple[DueSitting, ...]:
    """Tell which sittings are due for a dyad: on each planned session the next task of each role.

    Parameters
    ----------
    rule, tasks
        The design's.
    done
        What has been handed in or closed, for each session that can be watched, by its number.

    Examples
    --------
    >>> from dialogram.study.design import shipped_design
    >>> design = shipped_design("helpfulness")
    >>> rated = {(Role.CLIENT, Task.RATE)}
    >>> [(due.number, due.role.value, due.task.value) for due in
    ...  due_sittings(design.sampling, tasks=design.tasks, done={1: rated})]
    [(1, 'client', 'recall'), (1, 'therapist', 'rate')]
    """
    due: list[DueSitting] = []
    for number in plan_course(rule, held=done).held:
        for role, of_role in tasks.items():
            left = [task for task in of_role if (role, task) not in done[number]]
            due += [DueSitting(number, role, task) for task in left[:1]]
    return tuple(due)


def stretch_to_rate(rule: SamplingRule, *, start_s: float, end_s: float) -> tuple[float, float] | None:
    """Tell from where to where of a recording is rated, in media seconds; None where it is too short for it.

    Parameters
    ----------
    rule
        The design's.
    start_s, end_s
        What is watched of the recording; with ``named`` staff set these for each session, and it is all of that.

    Examples
    --------
    >>> from dialogram.study.design import shipped_design
    >>> from dataclasses import replace
    >>> rule = replace(shipped_design("helpfulness").sampling, part=Part.FROM_END, part_length_s=600.0)
    >>> stretch_to_rate(rule, start_s=20.0, end_s=3000.0), stretch_to_rate(rule, start_s=20.0, end_s=500.0)
    ((2400.0, 3000.0), (20.0, 500.0))
    """
    match rule.part:
        case Part.WHOLE | Part.NAMED:
            return start_s, end_s
        case Part.FROM_START:
            first_s = start_s + rule.part_start_s
            last_s = min(end_s, first_s + rule.part_length_s)
            return (first_s, last_s) if last_s - first_s >= min(LEAST_STRETCH_S, rule.part_length_s) else None
        case Part.FROM_END:
            return max(start_s, end_s - rule.part_length_s), end_s
