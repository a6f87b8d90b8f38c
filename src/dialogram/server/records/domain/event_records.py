"""Storing what browsers wrote down: many batches in one transaction, each on its own feet."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from dialogram.server.records.models import ConflictingRecord, DerivedTrace, EventRecord, Sitting, Stream
from dialogram.server.records.models.sealed import sealer


@dataclass(frozen=True, kw_only=True)
class RecordBatch:
    """Records of one stream as they came in one POST: number and canonical bytes."""

    stream_pk: str
    sitting_id: str
    participant_id: str
    records: Sequence[tuple[int, bytes]]
    saved_to_s: float | None
    of_page: bool = True
    """A page that rates is there; a phone that is the dial is not the page."""


@dataclass(frozen=True)
class Receipt:
    """Which records are safe now, and which came with another content than before."""

    acknowledged: list[int] = field(default_factory=list)
    conflicts: list[int] = field(default_factory=list)


def record_context(stream_pk: str, seq: int) -> bytes:
    """Return what a record's sealed payload is bound to."""
    return f"event-record:{stream_pk}:{seq}".encode()


@transaction.atomic
def store_batches(batches: Sequence[RecordBatch], *, now: datetime) -> list[Receipt]:
    """Store many raters' records at once; a record sent again is acknowledged again, never overwritten."""
    receipts: list[Receipt] = []
    rows: list[EventRecord] = []
    conflicts: list[ConflictingRecord] = []
    pending: defaultdict[str, dict[int, bytes]] = defaultdict(dict)
    for batch in batches:
        seal = sealer(batch.participant_id)
        seqs = [seq for seq, _ in batch.records]
        stored = dict(EventRecord.objects.filter(stream_id=batch.stream_pk, seq__in=seqs).values_list("seq", "digest"))
        receipt = Receipt()
        for seq, payload in batch.records:
            context = record_context(batch.stream_pk, seq)
            digest = seal.digest(payload, context=context)
            known = stored.get(seq) or pending[batch.stream_pk].get(seq)
            fields = {"stream_id": batch.stream_pk, "seq": seq, "received_at": now, "digest": digest}
            if known is None:
                rows.append(EventRecord(sealed_payload=seal.seal(payload, context=context), **fields))
                pending[batch.stream_pk][seq] = digest
                receipt.acknowledged.append(seq)
            elif bytes(known) == digest:
                receipt.acknowledged.append(seq)
            else:
                conflicts.append(ConflictingRecord(sealed_payload=seal.seal(payload, context=context), **fields))
                receipt.conflicts.append(seq)
        receipts.append(receipt)
    EventRecord.objects.bulk_create(rows)
    told = {
        batch.sitting_id
        for batch, receipt in zip(batches, receipts, strict=True)
        if pending[batch.stream_pk] or receipt.conflicts
    }
    DerivedTrace.objects.filter(sitting_id__in=told).delete()  # made without these records: to be derived again
    ConflictingRecord.objects.bulk_create(conflicts, ignore_conflicts=True)
    for batch in batches:
        update: dict[str, object] = {"last_seen_at": now} if batch.of_page else {}
        if batch.saved_to_s is not None:  # what is sent again late never takes back how far it is safe
            update["saved_to_s"] = Greatest(Coalesce(F("saved_to_s"), batch.saved_to_s), batch.saved_to_s)
        if update:
            Sitting.objects.filter(pk=batch.sitting_id).update(**update)
    return receipts


def stored_records(sitting_id: str, *, participant_id: str) -> list[tuple[Stream, list[bytes]]]:
    """Return every record of a sitting, opened, by stream in the order of their epochs."""
    seal = sealer(participant_id)
    streams = list(Stream.objects.filter(sitting_id=sitting_id).order_by("epoch"))
    return [
        (
            stream,
            [
                seal.open(bytes(sealed), context=record_context(stream.pk, seq))
                for seq, sealed in EventRecord.objects.filter(stream=stream)
                .order_by("seq")
                .values_list("seq", "sealed_payload")
            ],
        )
        for stream in streams
    ]
