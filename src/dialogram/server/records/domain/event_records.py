"""Storing what browsers wrote down: many batches in one transaction, each on its own feet."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched, chain

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from dialogram.server.records.models import ConflictingRecord, DerivedTrace, EventRecord, Stream
from dialogram.server.records.models.sealed import sealer

ROWS_A_STATEMENT = 1000
"""Databases take some 32,000 values in a statement, a row has five."""

type Row = tuple[str, int, str | None, bytes, bytes]


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


@dataclass(frozen=True)
class SealedBatch:
    """A batch whose records are sealed: number, sealed payload, digest."""

    batch: RecordBatch
    records: Sequence[tuple[int, bytes, bytes]]


def seal_batch(batch: RecordBatch) -> SealedBatch:
    """Seal a batch's records; a matter of the one rater alone, and best done before the others have to wait for it."""
    seal = sealer(batch.participant_id)
    records = []
    for seq, payload in batch.records:
        context = record_context(batch.stream_pk, seq)
        records.append((seq, seal.seal(payload, context=context), seal.digest(payload, context=context)))
    return SealedBatch(batch, records)


def store_batches(batches: Sequence[RecordBatch], *, now: datetime) -> list[Receipt]:
    """Seal and store many raters' records."""
    return store_sealed([seal_batch(batch) for batch in batches], now=now)


@transaction.atomic
def store_sealed(sealed: Sequence[SealedBatch], *, now: datetime) -> list[Receipt]:
    """Store many raters' records at once; a record sent again is acknowledged again, never overwritten."""
    receipts: list[Receipt] = []
    rows: list[Row] = []
    at = connection.ops.adapt_datetimefield_value(now)
    conflicts: list[ConflictingRecord] = []
    pending: defaultdict[str, dict[int, bytes]] = defaultdict(dict)
    batches = [one.batch for one in sealed]
    newest = _newest(batches)
    for one in sealed:
        stream_pk = one.batch.stream_pk
        stored = _stored(one.batch) if min(seq for seq, _, _ in one.records) <= newest.get(stream_pk, -1) else {}
        receipt = Receipt()
        for seq, payload, digest in one.records:
            known = stored.get(seq) or pending[stream_pk].get(seq)
            if known is None:
                rows.append((stream_pk, seq, at, payload, digest))
                pending[stream_pk][seq] = digest
                receipt.acknowledged.append(seq)
            elif known == digest:
                receipt.acknowledged.append(seq)
            else:
                conflict = ConflictingRecord(
                    stream_id=stream_pk, seq=seq, received_at=now, sealed_payload=payload, digest=digest
                )
                conflicts.append(conflict)
                receipt.conflicts.append(seq)
        receipts.append(receipt)
    _insert(rows)
    told = {
        batch.sitting_id
        for batch, receipt in zip(batches, receipts, strict=True)
        if pending[batch.stream_pk] or receipt.conflicts
    }
    DerivedTrace.objects.filter(sitting_id__in=told).delete()  # made without these records: to be derived again
    ConflictingRecord.objects.bulk_create(conflicts, ignore_conflicts=True)
    _note_seen(batches, now=now)
    return receipts


def _newest(batches: Sequence[RecordBatch]) -> dict[str, int]:
    """Return the highest number stored of each stream: what lies above it cannot have been sent before."""
    newest = EventRecord.objects.filter(stream=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    streams = Stream.objects.filter(pk__in={batch.stream_pk for batch in batches}).annotate(newest=Subquery(newest))
    return {pk: seq for pk, seq in streams.values_list("pk", "newest") if seq is not None}


def _stored(batch: RecordBatch) -> dict[int, bytes]:
    """Return the digests of those records of a batch that are there already."""
    seqs = [seq for seq, _ in batch.records]
    rows = EventRecord.objects.filter(stream_id=batch.stream_pk, seq__in=seqs).values_list("seq", "digest")
    return {seq: bytes(digest) for seq, digest in rows}


def _insert(rows: Sequence[Row]) -> None:
    """Insert rows of `EventRecord` by few statements: through the model each row would cost as much as sealing it."""
    with connection.cursor() as cursor:
        for some in batched(rows, ROWS_A_STATEMENT):
            values = ", ".join(["(%s, %s, %s, %s, %s)"] * len(some))
            cursor.execute(
                "INSERT INTO records_eventrecord (stream_id, seq, received_at, sealed_payload, digest) VALUES "  # noqa: S608  # only placeholders are joined
                + values,
                list(chain.from_iterable(some)),
            )


def _note_seen(batches: Sequence[RecordBatch], *, now: datetime) -> None:
    """Note when each sitting was heard of and how far it is safe; what is sent again late never takes that back."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            UPDATE records_sitting SET last_seen_at = COALESCE(%s, last_seen_at), saved_to_s = CASE
                WHEN saved_to_s IS NULL OR saved_to_s < %s THEN COALESCE(%s, saved_to_s) ELSE saved_to_s END
            WHERE id = %s
            """,
            [
                (at if batch.of_page else None, batch.saved_to_s, batch.saved_to_s, batch.sitting_id)
                for batch in batches
            ],
        )


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
