"""A participant's visit: opened, streamed into, finished, or closed by staff as partial."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from dialogram.capture import saved
from dialogram.capture.sequence import missing
from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.recordings import current_recording
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.traces import event_log_of, kept_trace
from dialogram.server.records.enums import SittingState
from dialogram.server.records.models import EventRecord, Participant, Sitting, Stream
from dialogram.study import Task

SILENCE = timedelta(seconds=6)
"""A page that rates is heard every two seconds; after this long it is no longer there."""


@transaction.atomic
def begin_sitting(*, participant: Participant, session_id: str, task: Task, actor: str, now: datetime) -> Sitting:
    """Return a participant's sitting, begun now if it is new: by a link in the room, or by staff beside them."""
    recording = current_recording(session_id)
    if recording is None or recording.confirmed_at is None:
        raise StudyError("not-confirmed", "The recording is not ready yet.")
    design = design_of(participant.study)
    sitting, is_new = Sitting.objects.get_or_create(
        participant=participant,
        recording=recording,
        task=task,
        scale=design.scale().name,
        perspective="own",
        pass_number=1,
        defaults={"opened_at": now},
    )
    if is_new:
        audit.append(
            participant.study_id,
            actor=actor,
            action="sitting.opened",
            subject=sitting.pk,
            now=now,
            details={"task": task, "recording": recording.pk},
        )
    return sitting


@transaction.atomic
def finish_step(*, sitting_id: str, step: str) -> Sitting:
    """Remember that a step of the visit (consent, check, practice, …) lies behind the participant."""
    sitting = Sitting.objects.select_for_update().get(pk=sitting_id)
    if step not in sitting.steps_done:
        sitting.steps_done = [*sitting.steps_done, step]
        sitting.save(update_fields=["steps_done"])
    return sitting


@transaction.atomic
def open_stream(*, sitting_id: str, stream_id: str, now: datetime, take_over: bool = False) -> Stream:
    """Let a page write; any page that wrote before is fenced by the new epoch, one that still rates only on purpose."""
    sitting = _open(sitting_id)
    if sitting.task != Task.RATE:
        raise StudyError("not-a-rating", "Only a rating is recorded.")
    stream = Stream.objects.filter(sitting=sitting, stream_id=stream_id).first()
    if stream is not None:
        if stream.phone_id is not None:
            raise StudyError("no-stream", "This stream is a phone's.")
        return stream
    if not take_over and _is_rated_elsewhere(sitting, now=now):
        raise StudyError("elsewhere", "The rating is open in another window.")
    sitting.epoch += 1
    sitting.stopped_at = None
    sitting.save(update_fields=["epoch", "stopped_at"])
    stream = Stream.objects.create(sitting=sitting, stream_id=stream_id, epoch=sitting.epoch, opened_at=now)
    audit.append(
        sitting.participant.study_id,
        actor=audit.participant_actor(sitting.participant_id),
        action="stream.opened",
        subject=sitting.pk,
        now=now,
        details={"stream": stream_id, "epoch": stream.epoch},
    )
    return stream


@transaction.atomic
def note_stop(*, sitting_id: str, now: datetime) -> None:
    """Write down that the participant pressed stop; the sitting stays open for another day."""
    sitting = _open(sitting_id)
    sitting.stopped_at = now
    sitting.save(update_fields=["stopped_at"])
    audit.append(
        sitting.participant.study_id,
        actor=audit.participant_actor(sitting.participant_id),
        action="sitting.stopped",
        subject=sitting.pk,
        now=now,
    )


@transaction.atomic
def finish_rating(*, sitting_id: str, stream_id: str, last_seq: int, now: datetime) -> Sitting:
    """Hand a rating in; impossible while any record is missing."""
    sitting = Sitting.objects.select_for_update().get(pk=sitting_id)
    if sitting.state == SittingState.FINISHED:
        return sitting
    _refuse_closed(sitting)
    stream = Stream.objects.filter(sitting=sitting, stream_id=stream_id, phone=None).first()
    if stream is None:
        raise StudyError("no-stream", "This page has not opened a stream.")
    if stream.epoch != sitting.epoch:
        raise StudyError("fenced", "Another page has taken over; the rating is handed in there.")
    stream.last_seq = last_seq
    stream.save(update_fields=["last_seq"])
    missing = count_missing(sitting)
    if missing:
        raise StudyError("records-missing", f"{missing} records are still on their way.")
    return _close(sitting, SittingState.FINISHED, actor=audit.participant_actor(sitting.participant_id), now=now)


@transaction.atomic
def finish_task(*, sitting_id: str, now: datetime, actor: str | None = None) -> Sitting:
    """Hand in a recall or a guess; `actor` where staff does it for the participant beside them."""
    sitting = _open(sitting_id)
    actor = actor or audit.participant_actor(sitting.participant_id)
    return _close(sitting, SittingState.FINISHED, actor=actor, now=now)


@transaction.atomic
def close_partial(*, sitting_id: str, reason: str, user_id: int, now: datetime) -> Sitting:
    """Staff close a sitting that will not be finished, with a reason; what there is stays."""
    if not reason.strip():
        raise StudyError("reason-missing", "Say why the sitting is closed.")
    sitting = _open(sitting_id)
    sitting.partial_reason = reason.strip()
    return _close(sitting, SittingState.PARTIAL, actor=audit.account_actor(user_id), now=now)


def count_missing(sitting: Sitting) -> int:
    """Return how many records of a sitting are known to exist but have not arrived; a phone's last word is one."""
    total = 0
    for stream in Stream.objects.filter(sitting=sitting):
        seqs = list(EventRecord.objects.filter(stream=stream).order_by("seq").values_list("seq", flat=True))
        known = [*seqs[-1:], *([] if stream.last_seq is None else [stream.last_seq])]
        if known:  # a page that was gone before it wrote anything holds nothing up
            total += sum(map(len, missing(seqs, last_seq=max(known))))
        total += stream.phone_id is not None and stream.last_seq is None
    return total


def _is_rated_elsewhere(sitting: Sitting, *, now: datetime) -> bool:
    # A clock that was set back must not make a page that is gone be there for as long.
    heard = sitting.last_seen_at is not None and abs(now - sitting.last_seen_at) < SILENCE
    return heard and sitting.stopped_at is None and not saved(event_log_of(sitting)).left


def _open(sitting_id: str) -> Sitting:
    sitting = Sitting.objects.select_for_update().select_related("participant").get(pk=sitting_id)
    _refuse_closed(sitting)
    return sitting


def _refuse_closed(sitting: Sitting) -> None:
    if sitting.state != SittingState.OPEN:
        raise StudyError("closed", "This sitting is closed.")


def _close(sitting: Sitting, state: SittingState, *, actor: str, now: datetime) -> Sitting:
    sitting.state = state
    sitting.finished_at = now
    sitting.save(update_fields=["state", "finished_at", "partial_reason"])
    audit.append(
        sitting.participant.study_id,
        actor=actor,
        action=f"sitting.{state}",
        subject=sitting.pk,
        now=now,
        details={"task": sitting.task},
    )
    if sitting.task == Task.RATE:
        # Whoever opens it next need not wait for it; what is handed in stays so even if no trace can be made of it.
        transaction.on_commit(partial(kept_trace, sitting_id=sitting.pk, now=now), robust=True)
    return sitting
