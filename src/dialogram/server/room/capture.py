"""The protocol of the rating page: streams, records, finish (docs/reference/event-log)."""

import errno
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import BaseModel

from dialogram.capture import MEDIA_KINDS, last_media_s, saved
from dialogram.capture.event_log import Event
from dialogram.capture.messages import (
    FinishReply,
    MessageError,
    Problem,
    Record,
    RecordsReply,
    Resume,
    StreamReply,
    canonical,
    parse_finish,
    parse_records,
    parse_stream,
)
from dialogram.server.ingest.writer import writer
from dialogram.server.records.domain import sittings
from dialogram.server.records.domain.deliveries import Delivery
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.traces import event_log_of
from dialogram.server.records.models import EventRecord, Sitting
from dialogram.server.records.queries.writing import Source
from dialogram.server.room.entry import SESSION_KEY
from dialogram.server.room.sittings import is_void_sitting, sitting_of, watched_sitting_of

DISK_FULL = "disk full"
STATUS = {"closed": 409, "void": 409, "elsewhere": 409, "records-missing": 409, "not-found": 404, "too-large": 413}


def answer_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn what went wrong into the protocol's problem messages."""

    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except MessageError as error:
            return _problem(error.code, str(error), STATUS.get(error.code, 400))
        except RequestDataTooBig:
            return _problem("too-large", "", 413)
        except (Http404, NotFoundError):
            return _gone(request, kwargs.get("sitting_id", ""))
        except StudyError as error:
            return _problem(error.code, error.message, STATUS.get(error.code, 400))
        except (DatabaseError, OSError) as error:
            if _is_full(error):
                return _problem("disk-full", DISK_FULL, 507)
            raise

    return answering


@require_POST
@answer_problems
def open_stream(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Let this page write, and tell it where the sitting goes on."""
    sitting = watched_sitting_of(request, sitting_id)
    asked = parse_stream(request.body)
    stream = sittings.open_stream(
        sitting_id=sitting.pk, stream_id=asked.stream, take_over=asked.take_over, now=timezone.now()
    )
    known = saved(event_log_of(sitting))
    resume = None if known.media_s is None else Resume(media_s=known.media_s, value=known.value)
    return answer_with(StreamReply(epoch=stream.epoch, resume=resume))


@require_POST
@answer_problems
def take_records(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Store records and answer once they are safe on disk."""
    asked = parse_records(request.body)
    receipt = writer.store(
        Delivery(
            source=Source(link_id=request.session.get(SESSION_KEY, ""), sitting_id=sitting_id, stream_id=asked.stream),
            records=[(record.seq, canonical(record)) for record in asked.records],
            saved_to_s=_last_media_s(asked.records),
        )
    )
    standing = receipt.standing
    if (
        standing.stream_epoch == standing.epoch
        and not standing.is_stopped
        and any(event[0] == "stop" for record in asked.records for event in record.events)
    ):
        sittings.note_stop(sitting_id=sitting_id, now=timezone.now())
    return answer_with(
        RecordsReply(
            acknowledged=receipt.acknowledged,
            conflicts=receipt.conflicts,
            epoch=standing.epoch,
            saved_to_s=standing.saved_to_s,
        )
    )


@require_POST
@answer_problems
def finish(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Hand the rating in."""
    sitting = sitting_of(request, sitting_id)
    asked = parse_finish(request.body)
    try:
        sittings.finish_rating(
            sitting_id=sitting.pk, stream_id=asked.stream, last_seq=asked.last_seq, now=timezone.now()
        )
    except StudyError as error:
        if error.code != "records-missing":
            raise
        missing = _count_missing(sitting, stream_id=asked.stream, last_seq=asked.last_seq)
        return _problem(error.code, error.message, STATUS[error.code], missing=missing)
    return answer_with(FinishReply(next=reverse("room:present")))


def _is_full(error: DatabaseError | OSError) -> bool:
    return error.errno == errno.ENOSPC if isinstance(error, OSError) else "full" in str(error)


def _gone(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Tell a page that the sitting is not there for it; of its own it learns that the recording was made void."""
    code = "void" if is_void_sitting(request, sitting_id) else "not-found"
    return _problem(code, "", STATUS[code])


def _count_missing(sitting: Sitting, *, stream_id: str, last_seq: int) -> int:
    """Return how many records have not arrived; a page that ends tells the number of its last one."""
    arrived = EventRecord.objects.filter(stream__sitting=sitting, stream__stream_id=stream_id)
    newest: int = arrived.aggregate(newest=Max("seq", default=-1))["newest"]
    return sittings.count_missing(sitting) + max(0, last_seq - newest)


def _last_media_s(records: list[Record]) -> float | None:
    return last_media_s(
        [
            Event(record.seq, event[0], event[1], tuple(event[2:]))
            for record in records
            for event in record.events
            if event[0] in MEDIA_KINDS
        ]
    )


def answer_with(message: BaseModel) -> HttpResponse:
    """Answer with a message of the protocol."""
    return HttpResponse(message.model_dump_json(), content_type="application/json")


def _problem(code: str, message: str, status: int, *, missing: int | None = None) -> HttpResponse:
    problem = Problem(code=code, message=message, missing=missing)
    return JsonResponse(problem.model_dump(exclude_none=True), status=status)
