"""What a plan makes of sessions, recordings and links."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.server.factories import (
    CLIENT_VALUES,
    LENGTH_S,
    World,
    add_held,
    agree,
    build_world,
    come_in,
    page_data,
    rate,
    short_design,
)

from dialogram.server.records.domain import recordings
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.links import make_link
from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.domain.studies import change_design
from dialogram.server.records.domain.traces import trace_of
from dialogram.server.records.models import Membership, Recording, Sitting
from dialogram.server.records.queries.sessions import SessionRow, next_action, sessions_at_a_glance
from dialogram.study import Role, Task, load_design
from dialogram.timeline import Segment

pytestmark = pytest.mark.django_db


def sampling(*lines: str) -> str:
    return short_design(("[tasks]", "[sampling]\n" + "\n".join(lines) + "\n\n[tasks]"))


MIDDLE = sampling('part = "from_start"', "part_start_s = 20", "part_length_s = 30")


def trim(world: World, start_s: float, end_s: float) -> None:
    recordings.trim(
        recording_id=world.recording.pk, start_s=start_s, end_s=end_s, user_id=world.owner.pk, now=timezone.now()
    )


def confirm(world: World) -> Recording:
    return recordings.confirm(
        recording_id=world.recording.pk, watched=recordings.PLACES, user_id=world.owner.pk, now=timezone.now()
    )


def stretch(world: World) -> Segment:
    return Recording.objects.get(pk=world.recording.pk).stretch


def test_a_stretch_is_fixed_when_the_recording_is_confirmed_and_stays_for_everybody() -> None:
    world = build_world(design=MIDDLE, confirmed=False)
    assert stretch(world) == Segment(0, LENGTH_S)
    trim(world, 5.0, LENGTH_S)
    assert stretch(world) == Segment(5, LENGTH_S)
    confirm(world)
    assert stretch(world) == Segment(25, 55)
    trim(world, 10.0, 50.0)
    confirm(world)
    assert stretch(world) == Segment(30, 50), "it is counted from what is watched"
    change_design(study_id=world.study.pk, design_text=short_design(), user_id=world.owner.pk, now=timezone.now())
    assert stretch(world) == Segment(30, 50)
    rate(world, world.client, CLIENT_VALUES)
    confirm(world)
    assert stretch(world) == Segment(30, 50), "somebody has rated it"


def test_pages_and_traces_keep_to_the_stretch() -> None:
    world = build_world(design=MIDDLE)
    agree(world, world.client)
    browser = come_in(course_link(world, Role.CLIENT, whole_course=False))
    data = page_data(browser.get("/room/"))
    assert (data["clip"]["start_s"], data["start_s"], data["end_s"]) == (20, 20, 50)
    for step in ("check", "instructions"):
        browser.post("/room/", {"step": step})
    assert page_data(browser.get("/room/"))["practice"] == {"start_s": 20, "length_s": 10}
    trace = trace_of(rate(world, world.client, CLIENT_VALUES), now=timezone.now())
    assert (trace.start_s, len(trace)) == (20, 30)
    assert trace.values[26 - 20] == CLIENT_VALUES[1]
    assert trace.present.all()


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (('part = "from_start"', "part_start_s = 95"), "stretch-outside"),
        (('part = "named"',), "stretch-unnamed"),
    ],
)
def test_a_recording_without_its_stretch_cannot_be_confirmed(lines: tuple[str, ...], code: str) -> None:
    world = build_world(design=sampling(*lines), confirmed=False)
    with pytest.raises(StudyError) as caught:
        confirm(world)
    assert caught.value.code == code
    assert Recording.objects.get(pk=world.recording.pk).confirmed_at is None


def test_a_named_stretch_is_what_staff_set() -> None:
    world = build_world(design=sampling('part = "named"'), confirmed=False)
    trim(world, 30.0, 75.5)
    confirm(world)
    assert stretch(world) == Segment(30, 75.5)


def course_link(world: World, role: Role, *, whole_course: bool = True) -> str:
    person = {Role.CLIENT: world.client, Role.THERAPIST: world.therapist}[role]
    design = load_design(world.study.design_text, name="design.toml")
    made = make_link(
        participant_id=person.pk,
        session_id=world.session.pk,
        tasks=[Task.RATE],
        lifetime=timedelta(days=design.link_expire_days),
        user_id=world.owner.pk,
        now=timezone.now(),
        whole_course=whole_course,
    )
    return made.token


def shown(browser: Client) -> str:
    return browser.get("/room/").content.decode()


def test_a_link_leads_through_the_sessions_of_the_plan_in_order() -> None:
    first = build_world(design=sampling('sessions = "numbers"', "numbers = [2, 5, 9]"))  # session 5
    outside, before = add_held(first, 7), add_held(first, 2)
    browser = come_in(course_link(first, Role.CLIENT))
    one = come_in(course_link(first, Role.CLIENT, whole_course=False))

    assert "Session 1 of 3" in shown(browser)
    assert "of 3" not in shown(one)
    agree(before, before.client)
    early = rate(before, before.client, CLIENT_VALUES)
    assert "Session 2 of 3" in shown(browser)
    assert Sitting.objects.filter(recording=first.recording).exists(), "the plan made the sitting"
    agree(first, first.client)
    rate(first, first.client, CLIENT_VALUES)
    assert "Done: 2 of 3 sessions" in shown(browser)
    assert not Sitting.objects.filter(recording=outside.recording).exists()
    assert browser.head(f"/room/sittings/{early.pk}/media").status_code == 200
    assert one.head(f"/room/sittings/{early.pk}/media").status_code == 404

    last = add_held(first, 9)
    assert "Session 3 of 3" in shown(browser)
    agree(last, last.client)
    rate(last, last.client, CLIENT_VALUES)
    assert "Done:" not in shown(browser)


def glance(world: World) -> list[SessionRow]:
    membership = Membership.objects.select_related("study").get(study=world.study)
    design = load_design(world.study.design_text, name="design.toml")
    return sessions_at_a_glance(membership, design=design, hidden_dyads=[], now=timezone.now())


def test_the_desk_asks_only_for_what_the_plan_asks_for() -> None:
    first = build_world(design=sampling('sessions = "first"', "count = 2"))  # session 5, outside the plan
    add_session(dyad_id=first.dyad.pk, number=6, held_on=None, user_id=first.owner.pk, now=timezone.now())
    rows = glance(first)
    assert [(row.number, row.place, row.due) for row in rows] == [(5, None, frozenset()), (6, None, frozenset())]
    assert {cell.state for row in rows for cell in row.tasks if cell.task is Task.RATE} == {"unplanned"}
    assert next_action(rows, has_people=True, has_dyads=True).code == "nothing", "no upload is asked for either"

    second = add_held(first, 2)
    rows = glance(first)
    assert rows[0].place == (2, 2)
    assert rows[0].due == {(Role.CLIENT, Task.RATE), (Role.THERAPIST, Task.RATE)}
    wanted = next_action(rows, has_people=True, has_dyads=True)
    assert (wanted.code, wanted.row) == ("invite", rows[0])
    course_link(second, Role.CLIENT)
    assert glance(first)[0].cell(Role.CLIENT, Task.RATE).state == "linked"
    assert glance(first)[1].cell(Role.CLIENT, Task.RATE).state == "unplanned"


def test_the_desk_shows_the_plan() -> None:
    world = build_world(design=sampling('sessions = "numbers"', "numbers = [5, 8]"))
    add_held(world, 6)
    browser = Client()
    browser.force_login(world.owner)
    page = browser.get(f"/desk/studies/{world.study.pk}/").content.decode()
    assert "1 of 2 in the plan" in page
    assert "not in the plan" in page
    assert "every session of the plan" in browser.get(f"/desk/sessions/{world.session.pk}/").content.decode()
