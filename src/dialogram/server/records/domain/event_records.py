"""Storing what browsers wrote down: many batches in one transaction, each on its own feet."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched, chain
from typing import Any

from django.db import connection, transaction

from dialogram.server.records.models import ConflictingRecord, EventRecord, Stream
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
class Standing:
    """How a stream and its sitting stand once its records are stored."""

    stream_epoch: int
    epoch: int
    saved_to_s: float | None
    is_stopped: bool


@dataclass(frozen=True)
class Receipt:
    """Which records are safe now, and which came with another content than before."""

    acknowledged: list[int]
    conflicts: list[int]
    standing: Standing = field(compare=False)


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
    told: list[tuple[list[int], list[int]]] = []
    rows: list[Row] = []
    at = connection.ops.adapt_datetimefield_value(now)
    aside: list[ConflictingRecord] = []
    pending: defaultdict[str, dict[int, bytes]] = defaultdict(dict)
    batches = [one.batch for one in sealed]
    streams = _streams(batches)
    for one in sealed:
        stream_pk = one.batch.stream_pk
        _, newest = streams[stream_pk]
        stored = _stored(one.batch) if min(seq for seq, _, _ in one.records) <= newest else {}
        acknowledged: list[int] = []
        conflicts: list[int] = []
        for seq, payload, digest in one.records:
            known = stored.get(seq) or pending[stream_pk].get(seq)
            if known is None:
                rows.append((stream_pk, seq, at, payload, digest))
                pending[stream_pk][seq] = digest
                acknowledged.append(seq)
            elif known == digest:
                acknowledged.append(seq)
            else:
                conflict = ConflictingRecord(
                    stream_id=stream_pk, seq=seq, received_at=now, sealed_payload=payload, digest=digest
                )
                aside.append(conflict)
                conflicts.append(seq)
        told.append((acknowledged, conflicts))
    _insert(rows)
    if changed := {
        batch.sitting_id
        for batch, (_, conflicts) in zip(batches, told, strict=True)
        if pending[batch.stream_pk] or conflicts
    }:
        _forget_traces(changed)
    ConflictingRecord.objects.bulk_create(aside, ignore_conflicts=True)
    sittings = _note_seen(batches, now=now)
    return [
        Receipt(*both, Standing(streams[batch.stream_pk][0], *sittings[batch.sitting_id]))
        for batch, both in zip(batches, told, strict=True)
    ]


def _streams(batches: Sequence[RecordBatch]) -> dict[str, tuple[int, int]]:
    """Return each stream's epoch and the highest number stored of it: what lies above cannot have been sent before."""
    pks = {batch.stream_pk for batch in batches}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id, epoch, COALESCE((SELECT MAX(seq) FROM records_eventrecord WHERE stream_id = stream.id), -1)
            FROM records_stream stream WHERE id IN ({_places(pks)})
            """,  # noqa: S608  # only placeholders are joined
            list(pks),
        )
        return {pk: (epoch, newest) for pk, epoch, newest in cursor.fetchall()}


def _stored(batch: RecordBatch) -> dict[int, bytes]:
    """Return the digests of those records of a batch that are there already."""
    seqs = [seq for seq, _ in batch.records]
    rows = EventRecord.objects.filter(stream_id=batch.stream_pk, seq__in=seqs).values_list("seq", "digest")
    return {seq: bytes(digest) for seq, digest in rows}


def _insert(rows: Sequence[Row]) -> None:
    """Insert rows of `EventRecord` by few statements: through the model each row would cost as much as sealing it."""
    with connection.cursor() as cursor:
        for some in batched(rows, ROWS_A_STATEMENT):
            cursor.execute(
                "INSERT INTO records_eventrecord (stream_id, seq, received_at, sealed_payload, digest) "  # noqa: S608  # only placeholders are joined
                f"VALUES {_rows_of_places(some)}",
                list(chain.from_iterable(some)),
            )


def _forget_traces(sitting_ids: Collection[str]) -> None:
    """Delete what was made without the records that came now: it is to be derived again."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM records_derivedtrace WHERE sitting_id IN ({_places(sitting_ids)})",  # noqa: S608  # only placeholders are joined
            list(sitting_ids),
        )


def _note_seen(batches: Sequence[RecordBatch], *, now: datetime) -> dict[str, tuple[int, float | None, bool]]:
    """Note when each sitting was heard of and how far it is safe; what is sent again late never takes that back.

    Returns each one's epoch, how far it is safe, and whether it is stopped.
    """
    at = connection.ops.adapt_datetimefield_value(now)
    seen: dict[str, tuple[str, Any, float | None]] = {}
    for batch in batches:
        _, seen_at, far_s = seen.get(batch.sitting_id, (batch.sitting_id, None, None))
        known_s = [second for second in (far_s, batch.saved_to_s) if second is not None]
        seen[batch.sitting_id] = (batch.sitting_id, at if batch.of_page else seen_at, max(known_s, default=None))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH seen (sitting_id, at, far_s) AS (VALUES {_rows_of_places(seen.values())})
            UPDATE records_sitting SET last_seen_at = COALESCE(seen.at, last_seen_at), saved_to_s = CASE
                WHEN saved_to_s IS NULL OR saved_to_s < seen.far_s THEN COALESCE(seen.far_s, saved_to_s)
                ELSE saved_to_s END
            FROM seen WHERE id = seen.sitting_id
            RETURNING id, epoch, saved_to_s, stopped_at IS NOT NULL
            """,  # noqa: S608  # only placeholders are joined
            list(chain.from_iterable(seen.values())),
        )
        return {pk: (epoch, saved_to_s, bool(stopped)) for pk, epoch, saved_to_s, stopped in cursor.fetchall()}


def _places(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _rows_of_places(rows: Collection[tuple[object, ...]]) -> str:
    return ", ".join([f"({_places(row)})" for row in rows])


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
