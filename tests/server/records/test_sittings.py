import json
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.server.factories import CLIENT_VALUES, World, build_world, hand, records_of

from dialogram.capture.messages import Record, canonical
from dialogram.server.records.domain import sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.event_records import RecordBatch, store_batches
from dialogram.server.records.domain.recordings import make_void
from dialogram.server.records.enums import SittingState
from dialogram.server.records.models import AuditEntry, Sitting, Stream
from dialogram.study import Task

pytestmark = pytest.mark.django_db

FIRST, SECOND = "1" * 32, "2" * 32


def begin(world: World, task: Task = Task.RATE) -> Sitting:
    person = world.client
    return sittings.begin_sitting(
        participant=person,
        session_id=world.session.pk,
        task=task,
        actor=participant_actor(person.pk),
        now=timezone.now(),
    )


def open_stream(sitting: Sitting, name: str = FIRST, *, take_over: bool = True, later_s: float = 0.0) -> Stream:
    now = timezone.now() + timedelta(seconds=later_s)
    return sittings.open_stream(sitting_id=sitting.pk, stream_id=name, take_over=take_over, now=now)


def store(stream: Stream, *seqs: int, event: tuple[object, ...] = ("heartbeat", 1, 1, None)) -> None:
    records = [(seq, json.dumps({"seq": seq, "events": [event]}).encode()) for seq in seqs]
    batch = RecordBatch(
        stream_pk=stream.pk,
        sitting_id=stream.sitting_id,
        participant_id=stream.sitting.participant_id,
        records=records,
        saved_to_s=None,
    )
    store_batches([batch], now=timezone.now())


def finish(sitting: Sitting, last_seq: int, name: str = FIRST) -> Sitting:
    return sittings.finish_rating(sitting_id=sitting.pk, stream_id=name, last_seq=last_seq, now=timezone.now())


def refusal(sitting: Sitting, last_seq: int, name: str = FIRST) -> str:
    with pytest.raises(StudyError) as caught:
        finish(sitting, last_seq, name)
    assert Sitting.objects.get(pk=sitting.pk).state == SittingState.OPEN
    return caught.value.code


def test_a_sitting_is_opened_once_a_task_and_told_of_once() -> None:
    world = build_world()
    first = begin(world)
    assert begin(world) == first
    assert begin(world, Task.RECALL) != first
    assert AuditEntry.objects.filter(action="sitting.opened").count() == 2


def test_nobody_sits_before_a_recording_nobody_confirmed_or_one_that_is_void() -> None:
    unconfirmed = build_world(confirmed=False)
    void = build_world()
    make_void(recording_id=void.recording.pk, reason="Another dyad's", user_id=void.owner.pk, now=timezone.now())
    for world in (unconfirmed, void):
        with pytest.raises(StudyError) as caught:
            begin(world)
        assert caught.value.code == "not-confirmed"
    assert not Sitting.objects.exists()


def test_a_later_page_fences_the_one_before() -> None:
    sitting = begin(build_world())
    assert [open_stream(sitting, name).epoch for name in (FIRST, SECOND, FIRST, SECOND)] == [1, 2, 1, 2]
    assert Sitting.objects.get().epoch == 2
    assert AuditEntry.objects.filter(action="stream.opened").count() == 2


def test_a_page_that_still_rates_is_not_taken_over_unasked() -> None:
    sitting = begin(build_world())
    store(open_stream(sitting, FIRST), 0, 1)
    with pytest.raises(StudyError) as caught:
        open_stream(sitting, SECOND, take_over=False)
    assert caught.value.code == "elsewhere"
    assert Sitting.objects.get().epoch == 1
    assert open_stream(sitting, FIRST, take_over=False).epoch == 1
    assert open_stream(sitting, SECOND, take_over=True).epoch == 2


def test_a_page_that_is_silent_left_or_stopped_is_no_longer_there() -> None:
    for leave in ("silent", "left", "stopped"):
        world = build_world()
        sitting = begin(world)
        stream = open_stream(sitting, FIRST)
        store(stream, 0)
        if leave == "left":
            store(stream, 1, event=("close", 500))
        elif leave == "stopped":
            sittings.note_stop(sitting_id=sitting.pk, now=timezone.now())
        later_s = 7.0 if leave == "silent" else 0.0
        assert open_stream(sitting, SECOND, take_over=False, later_s=later_s).epoch == 2


def test_a_fenced_page_hands_nothing_in_while_another_goes_on() -> None:
    sitting = begin(build_world())
    store(open_stream(sitting, FIRST), 0, 1)
    store(open_stream(sitting, SECOND), 0)
    assert refusal(sitting, 1, FIRST) == "fenced"
    assert finish(sitting, 0, SECOND).state == SittingState.FINISHED


def test_a_rating_is_not_handed_in_while_a_record_is_missing() -> None:
    sitting = begin(build_world())
    stream = open_stream(sitting)
    assert refusal(sitting, 2) == "records-missing"
    store(stream, 0, 2)
    assert refusal(sitting, 2) == "records-missing"
    store(stream, 1)
    assert refusal(sitting, 3) == "records-missing"
    finished = finish(sitting, 2)
    assert finished.state == SittingState.FINISHED
    assert finish(sitting, 2).finished_at == finished.finished_at
    assert AuditEntry.objects.filter(action="sitting.finished").count() == 1


def test_a_hole_in_a_page_before_holds_the_rating_open_too() -> None:
    sitting = begin(build_world())
    early = open_stream(sitting, FIRST)
    store(early, 0, 3)
    store(open_stream(sitting, SECOND), 0)
    assert refusal(sitting, 0, SECOND) == "records-missing"
    assert sittings.count_missing(sitting) == 2
    store(early, 1, 2)
    assert finish(sitting, 0, SECOND).state == SittingState.FINISHED


def test_a_page_that_was_gone_before_it_wrote_anything_holds_nothing_up() -> None:
    sitting = begin(build_world())
    open_stream(sitting, FIRST)
    store(open_stream(sitting, SECOND), 0)
    assert sittings.count_missing(sitting) == 0
    assert finish(sitting, 0, SECOND).state == SittingState.FINISHED


def test_a_page_that_is_gone_is_not_there_for_two_days_because_the_clock_was_set_back() -> None:
    sitting = begin(build_world())
    store(open_stream(sitting, FIRST), 0)
    day_s = 24 * 60 * 60.0
    with pytest.raises(StudyError):
        open_stream(sitting, SECOND, take_over=False)
    assert open_stream(sitting, SECOND, take_over=False, later_s=-2 * day_s).epoch == 2


def test_a_page_without_a_stream_hands_nothing_in() -> None:
    world = build_world()
    sitting = begin(world)
    assert refusal(sitting, 0) == "no-stream"
    assert refusal(sitting, 0, "x") == "no-stream"


def test_only_a_rating_is_recorded() -> None:
    sitting = begin(build_world(), Task.RECALL)
    with pytest.raises(StudyError) as caught:
        open_stream(sitting)
    assert caught.value.code == "not-a-rating"


def test_staff_close_what_will_not_be_finished_with_a_reason() -> None:
    world = build_world()
    sitting = begin(world)
    stream = open_stream(sitting)
    store(stream, 0, 2)

    def close(reason: str) -> Sitting:
        return sittings.close_partial(sitting_id=sitting.pk, reason=reason, user_id=world.owner.pk, now=timezone.now())

    with pytest.raises(StudyError) as caught:
        close(" \n")
    assert caught.value.code == "reason-missing"
    closed = close(" Left early ")
    assert (closed.state, closed.partial_reason) == (SittingState.PARTIAL, "Left early")
    for act in (lambda: close("again"), lambda: finish(sitting, 2), lambda: open_stream(sitting, SECOND)):
        with pytest.raises(StudyError) as caught:
            act()
        assert caught.value.code == "closed"
    store(stream, 1)  # what was on its way is taken in, and changes nothing of how it was closed
    assert Sitting.objects.get().state == SittingState.PARTIAL
    entry = AuditEntry.objects.get(action="sitting.partial")
    assert (entry.actor, "Left" in repr(entry.details)) == (f"account:{world.owner.pk}", False)


def test_a_stop_is_remembered_until_a_page_opens_again() -> None:
    sitting = begin(build_world())
    open_stream(sitting)
    at = timezone.now()
    sittings.note_stop(sitting_id=sitting.pk, now=at)
    assert Sitting.objects.get().stopped_at == at
    open_stream(sitting)  # the same page says again that it opened
    assert Sitting.objects.get().stopped_at == at
    open_stream(sitting, SECOND)
    assert Sitting.objects.get().stopped_at is None


def test_steps_are_remembered_once_each() -> None:
    sitting = begin(build_world())
    for step in ("consent", "check", "consent"):
        sittings.finish_step(sitting_id=sitting.pk, step=step)
    assert Sitting.objects.get().steps_done == ["consent", "check"]


def test_a_whole_rating_over_two_pages_counts_nothing_missing() -> None:
    sitting = begin(build_world())
    ((name, records),) = records_of(hand(CLIENT_VALUES)).items()
    stream = open_stream(sitting, name)
    parsed = [(record["seq"], canonical(Record(**record))) for record in records]
    for part in (parsed[200:], parsed[:200]):
        batch = RecordBatch(
            stream_pk=stream.pk,
            sitting_id=sitting.pk,
            participant_id=sitting.participant_id,
            records=part,
            saved_to_s=None,
        )
        store_batches([batch], now=timezone.now())
    assert sittings.count_missing(sitting) == 0
    assert finish(sitting, len(records) - 1, name).state == SittingState.FINISHED
