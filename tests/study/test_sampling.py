from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dialogram.study import DesignError, Role, Task, load_design, shipped_design, shipped_text
from dialogram.study.sampling import Course, Part, Sessions, due_sittings, plan_course, stretch_to_rate

DESIGN = shipped_design("helpfulness")
RULE = DESIGN.sampling


@pytest.mark.parametrize(
    ("changes", "planned"),
    [
        ({"sessions": Sessions.EVERY}, (2, 5)),
        ({"sessions": Sessions.EVERY, "course_sessions": 4}, (1, 2, 3, 4)),
        ({"sessions": Sessions.NUMBERS, "numbers": (8, 1, 4)}, (1, 4, 8)),
        ({"sessions": Sessions.FIRST, "count": 2}, (1, 2)),
        ({"sessions": Sessions.MIDDLE, "count": 2, "course_sessions": 8}, (4, 5)),
        ({"sessions": Sessions.MIDDLE, "count": 3, "course_sessions": 9}, (4, 5, 6)),
        ({"sessions": Sessions.LAST, "count": 3, "course_sessions": 8}, (6, 7, 8)),
    ],
)
def test_a_plan_names_sessions_by_their_place_in_the_course(changes: dict[str, Any], planned: tuple[int, ...]) -> None:
    course = plan_course(replace(RULE, **changes), held=[5, 2])
    assert course.planned == planned
    assert course.held == tuple(number for number in planned if number in {2, 5})


def test_a_session_knows_its_place_among_those_of_the_plan() -> None:
    course = Course((1, 4, 8), (4,))
    assert [course.place_of(number) for number in (4, 8, 5)] == [(2, 3), (3, 3), None]


@given(st.integers(1, 40), st.integers(0, 40), st.sampled_from([Sessions.MIDDLE, Sessions.LAST, Sessions.FIRST]))
def test_a_plan_lies_within_its_course(count: int, more: int, sessions: Sessions) -> None:
    rule = replace(RULE, sessions=sessions, count=count, course_sessions=count + more)
    planned = plan_course(rule, held=[]).planned
    assert len(planned) == count
    assert planned[0] >= 1
    assert planned[-1] <= count + more


def test_what_is_due_is_the_next_task_of_each_role_on_each_session_of_the_plan() -> None:
    rule = replace(RULE, sessions=Sessions.NUMBERS, numbers=(1, 3))
    rated = {(Role.CLIENT, Task.RATE), (Role.THERAPIST, Task.RATE), (Role.THERAPIST, Task.RECALL)}
    done = {1: rated, 2: set[tuple[Role, Task]](), 3: {(Role.CLIENT, Task.RATE), (Role.CLIENT, Task.RECALL)}}
    assert [(due.number, due.role, due.task) for due in due_sittings(rule, tasks=DESIGN.tasks, done=done)] == [
        (1, Role.CLIENT, Task.RECALL),
        (1, Role.THERAPIST, Task.GUESS),
        (3, Role.THERAPIST, Task.RATE),
    ]


@pytest.mark.parametrize(
    ("part", "start_s", "length_s", "stretch"),
    [
        (Part.WHOLE, 0, 600, (20, 3000)),
        (Part.NAMED, 0, 600, (20, 3000)),
        (Part.FROM_START, 600, 900, (620, 1520)),
        (Part.FROM_START, 2700, 900, (2720, 3000)),
        (Part.FROM_START, 2975, 900, None),
        (Part.FROM_START, 4000, 900, None),
        (Part.FROM_END, 0, 600, (2400, 3000)),
        (Part.FROM_END, 0, 9000, (20, 3000)),
    ],
)
def test_a_part_is_counted_from_what_is_watched(
    part: Part, start_s: float, length_s: float, stretch: tuple[float, float] | None
) -> None:
    rule = replace(RULE, part=part, part_start_s=start_s, part_length_s=length_s)
    assert stretch_to_rate(rule, start_s=20.0, end_s=3000.0) == stretch


@pytest.mark.parametrize(
    ("lines", "key", "words"),
    [
        ('sessions = "numbers"', "sampling.numbers", "the numbers of the sessions"),
        ('sessions = "numbers"\nnumbers = [1, 1]', "sampling.numbers[2]", "each only once"),
        ('sessions = "numbers"\nnumbers = [0]', "sampling.numbers[1]", "whole numbers from 1 on"),
        ('sessions = "numbers"\nnumbers = ["1"]', "sampling.numbers[1]", "whole numbers from 1 on"),
        ('sessions = "numbers"\nnumbers = [true]', "sampling.numbers[1]", "whole numbers from 1 on"),
        ('sessions = "numbers"\nnumbers = 3', "sampling.numbers", "a list of whole numbers"),
        ('sessions = "numbers"\nnumbers = [9]\ncourse_sessions = 8', "sampling.course_sessions", "at least 9, found 8"),
        ('sessions = "last"', "sampling.course_sessions", "to know the last"),
        ('sessions = "middle"\ncount = 4\ncourse_sessions = 3', "sampling.course_sessions", "at least 4, found 3"),
        ('part = "middle"', "sampling.part", '"named"'),
    ],
)
def test_a_plan_that_cannot_be_kept_to_is_refused(lines: str, key: str, words: str) -> None:
    text = shipped_text("helpfulness").replace("[tasks]", f"[sampling]\n{lines}\n\n[tasks]", 1)
    with pytest.raises(DesignError) as caught:
        load_design(text, name="mine.toml")
    assert caught.value.key == key
    assert words in str(caught.value)
