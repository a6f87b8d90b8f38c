"""Phones as the dial: a code is offered, used once for a key; the key writes one sitting's dial and nothing else."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.links import is_open
from dialogram.server.records.enums import RecordingState, SittingState
from dialogram.server.records.models import EventRecord, Link, Phone, Sitting, Stream
from dialogram.server.records.models.sealed import keyring
from dialogram.study import Task

CODE_FOR = timedelta(minutes=5)
PAIRED_FOR = timedelta(hours=12)


@dataclass(frozen=True)
class PairedPhone:
    """A phone just paired, with the only copy of its key."""

    phone: Phone
    key: str


@transaction.atomic
def offer_phone(*, sitting_id: str, link: Link, now: datetime) -> str:
    """Return a code that makes one phone this sitting's dial; any offered before is void."""
    sitting = _open(sitting_id)
    Phone.objects.filter(sitting=sitting, paired_at=None, expires_at__gt=now).update(expires_at=now)
    code = secrets.token_urlsafe(16)
    Phone.objects.create(sitting=sitting, link=link, code_hash=_hash(code), offered_at=now, expires_at=now + CODE_FOR)
    return code


def find_offer(code: str, *, now: datetime) -> Phone:
    """Return what a code offers; the same answer for a wrong, a used and an expired one."""
    phone = Phone.objects.select_related("link", "sitting__participant").filter(code_hash=_hash(code)).first()
    if phone is None or phone.paired_at is not None or now >= phone.expires_at or not _lives(phone, now=now):
        raise NotFoundError
    return phone


@transaction.atomic
def pair_phone(*, code: str, last_seqs: Mapping[str, int], now: datetime) -> PairedPhone:
    """Use a code up: this phone is the sitting's dial from now on, and any other no more (`end_phones`)."""
    phone = find_offer(code, now=now)
    sitting = _open(phone.sitting_id)
    _end(sitting, last_seqs=last_seqs, alive=(), now=now)
    key = secrets.token_urlsafe(24)
    phone.paired_at, phone.key_hash = now, _hash(key)
    phone.save(update_fields=["paired_at", "key_hash"])
    _note(sitting, "phone.paired", subject=phone.pk, now=now)
    return PairedPhone(phone, key)


def phone_of(key: str, *, now: datetime) -> Phone:
    """Return the phone that holds a key, its dial or not any more."""
    phone = (
        Phone.objects.select_related("link", "sitting__participant__study", "sitting__recording")
        .filter(key_hash=_hash(key))
        .first()
        if key
        else None
    )
    if phone is None or phone.paired_at is None or now >= phone.paired_at + PAIRED_FOR or not _lives(phone, now=now):
        raise NotFoundError
    return phone


def is_dial(phone: Phone) -> bool:
    """Whether a phone is its sitting's dial now."""
    sitting = phone.sitting
    is_rated = sitting.state == SittingState.OPEN and sitting.recording.state == RecordingState.READY
    return phone.ended_at is None and is_rated


def refuse_where_void(phone: Phone) -> None:
    """Tell a phone whose recording was made void so: it need not keep what it could not send."""
    if phone.sitting.recording.state == RecordingState.VOID:
        raise StudyError("void", "This recording is not used any more.")


@transaction.atomic
def open_phone_stream(*, phone_id: str, stream_id: str, now: datetime) -> Stream:
    """Let a phone write; it fences nobody. It asks only when all it wrote before has arrived."""
    phone = Phone.objects.select_related("sitting__participant").get(pk=phone_id)
    sitting = _open(phone.sitting_id)
    stream = Stream.objects.filter(sitting=sitting, stream_id=stream_id).first()
    if stream is not None and stream.phone_id == phone.pk:
        return stream
    if stream is not None or phone.ended_at is not None:
        raise StudyError("closed", "This phone is not the dial any more.")
    for before in phone.streams.filter(last_seq=None):
        _settle(before, last_seq=0)
    stream = Stream.objects.create(
        sitting=sitting, phone=phone, stream_id=stream_id, epoch=sitting.epoch, opened_at=now
    )
    _note(sitting, "stream.opened", subject=sitting.pk, now=now, stream=stream_id, phone=phone.pk)
    return stream


@transaction.atomic
def close_phone_stream(*, phone: Phone, stream_id: str, last_seq: int) -> None:
    """Take a phone's last word: the number of its last record."""
    stream = Stream.objects.select_for_update().filter(phone=phone, stream_id=stream_id).first()
    if stream is None:
        raise StudyError("no-stream", "This phone has not opened a stream.")
    _settle(stream, last_seq=last_seq)


@transaction.atomic
def end_phones(
    *, sitting_id: str, last_seqs: Mapping[str, int], alive: tuple[str, ...] | frozenset[str], now: datetime
) -> bool:
    """Let no phone be the dial any more; returns whether all of them have had their last word.

    Parameters
    ----------
    last_seqs
        By stream id, the highest number of a record a phone was heard to have written.
    alive
        Streams of phones that can still be heard: they will tell themselves where they end.
    """
    sitting = Sitting.objects.select_for_update().select_related("participant").get(pk=sitting_id)
    _end(sitting, last_seqs=last_seqs, alive=alive, now=now)
    return not Stream.objects.filter(sitting=sitting, last_seq=None).exclude(phone=None).exists()


def _end(
    sitting: Sitting, *, last_seqs: Mapping[str, int], alive: tuple[str, ...] | frozenset[str], now: datetime
) -> None:
    for phone in Phone.objects.filter(sitting=sitting, ended_at=None).exclude(paired_at=None):
        phone.ended_at = now
        phone.save(update_fields=["ended_at"])
        _note(sitting, "phone.ended", subject=phone.pk, now=now)
    for stream in Stream.objects.filter(sitting=sitting, last_seq=None).exclude(phone=None):
        if stream.stream_id not in alive:
            _settle(stream, last_seq=last_seqs.get(stream.stream_id, 0))


def _settle(stream: Stream, *, last_seq: int) -> None:
    """Write down where a phone's stream ends: never before what has arrived, nor before what was told."""
    newest = EventRecord.objects.filter(stream=stream).aggregate(newest=Max("seq"))["newest"] or 0
    stream.last_seq = max(last_seq, newest, stream.last_seq or 0)
    stream.save(update_fields=["last_seq"])


def _open(sitting_id: str) -> Sitting:
    sitting = Sitting.objects.select_for_update().select_related("participant").get(pk=sitting_id)
    if sitting.state != SittingState.OPEN:
        raise StudyError("closed", "This sitting is closed.")
    if sitting.task != Task.RATE:
        raise StudyError("not-a-rating", "Only a rating has a dial.")
    return sitting


def _lives(phone: Phone, *, now: datetime) -> bool:
    return is_open(phone.link, now=now)


def _note(sitting: Sitting, action: str, *, subject: str, now: datetime, **details: str) -> None:
    actor = audit.participant_actor(sitting.participant_id)
    audit.append(sitting.participant.study_id, actor=actor, action=action, subject=subject, now=now, details=details)


def _hash(secret: str) -> bytes:
    return hmac.new(keyring().key("links"), f"phone:{secret}".encode(), hashlib.sha256).digest()
