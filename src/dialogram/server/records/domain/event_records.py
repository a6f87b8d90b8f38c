"""Storing what browsers wrote down: many batches in one transaction, each on its own feet.

Lists go into a statement, and out of it, as one value (JSON): between two rows other threads run and have to be waited
for (decision 8).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched, chain

from django.db import connection, transaction

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
    payloads = [(payload, record_context(batch.stream_pk, seq)) for seq, payload in batch.records]
    sealed = seal.seal_all(payloads)
    digests = [seal.digest(payload, context=context) for payload, context in payloads]
    seqs = [seq for seq, _ in batch.records]
    return SealedBatch(batch, list(zip(seqs, sealed, digests, strict=True)))


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
    before = _ask(batches)
    for one in sealed:
        stream_pk = one.batch.stream_pk
        stored = _stored(one.batch) if min(seq for seq, _, _ in one.records) <= before[stream_pk].newest else {}
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
    _forget_traces(
        {
            batch.sitting_id
            for batch, (_, conflicts) in zip(batches, told, strict=True)
            if before[batch.stream_pk].has_trace and (pending[batch.stream_pk] or conflicts)
        }
    )
    ConflictingRecord.objects.bulk_create(aside, ignore_conflicts=True)
    far_s = _far_s(batches, before)
    _note_seen(batches, far_s, now=now)
    return [
        Receipt(*both, before[batch.stream_pk].standing(saved_to_s=far_s[batch.sitting_id]))
        for batch, both in zip(batches, told, strict=True)
    ]


@dataclass(frozen=True)
class _Before:
    """How a stream and its sitting stood before; `newest` is the highest number stored, no other can have been sent."""

    stream_epoch: int
    newest: int
    epoch: int
    saved_to_s: float | None
    is_stopped: bool
    has_trace: bool

    def standing(self, *, saved_to_s: float | None) -> Standing:
        return Standing(self.stream_epoch, self.epoch, saved_to_s, self.is_stopped)


def _ask(batches: Sequence[RecordBatch]) -> dict[str, _Before]:
    """Return how each stream stands; the transaction that asks is the one that writes, so nothing comes between."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT json_group_array(json_array(
                stream.id, stream.epoch,
                COALESCE((SELECT MAX(seq) FROM records_eventrecord WHERE stream_id = stream.id), -1),
                sitting.epoch,
                CASE WHEN sitting.saved_to_s IS NOT NULL THEN printf('%%!.17g', sitting.saved_to_s) END,
                sitting.stopped_at IS NOT NULL,
                EXISTS (SELECT 1 FROM records_derivedtrace WHERE sitting_id = sitting.id)
            ))
            FROM json_each(%s) asked
            JOIN records_stream stream ON stream.id = asked.value
            JOIN records_sitting sitting ON sitting.id = stream.sitting_id
            """,
            [json.dumps(list({batch.stream_pk for batch in batches}))],
        )
        (rows,) = cursor.fetchone()
    return {
        pk: _Before(
            stream_epoch, newest, epoch, None if saved_to_s is None else float(saved_to_s), bool(stopped), bool(trace)
        )
        for pk, stream_epoch, newest, epoch, saved_to_s, stopped, trace in json.loads(rows)
    }


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
                "INSERT INTO records_eventrecord (stream_id, seq, received_at, sealed_payload, digest) "
                "VALUES " + ", ".join(["(%s, %s, %s, %s, %s)"] * len(some)),
                list(chain.from_iterable(some)),
            )


def _forget_traces(sitting_ids: Collection[str]) -> None:
    """Delete what was made without the records that came now: it is to be derived again."""
    if sitting_ids:
        DerivedTrace.objects.filter(sitting_id__in=sitting_ids).delete()


def _far_s(batches: Sequence[RecordBatch], before: Mapping[str, _Before]) -> dict[str, float | None]:
    """Return how far each sitting is safe now; what is sent again late never takes that back."""
    far_s: dict[str, float | None] = {}
    for batch in batches:
        known_s = (far_s.get(batch.sitting_id), before[batch.stream_pk].saved_to_s, batch.saved_to_s)
        far_s[batch.sitting_id] = max((second for second in known_s if second is not None), default=None)
    return far_s


def _note_seen(batches: Sequence[RecordBatch], far_s: Mapping[str, float | None], *, now: datetime) -> None:
    """Note when each sitting was heard of, and how far it is safe."""
    at = connection.ops.adapt_datetimefield_value(now)
    of_pages = {batch.sitting_id for batch in batches if batch.of_page}
    seen = [(sitting_id, at if sitting_id in of_pages else None, second) for sitting_id, second in far_s.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE records_sitting
            SET last_seen_at = COALESCE(seen.value ->> 1, last_seen_at), saved_to_s = seen.value ->> 2
            FROM json_each(%s) seen WHERE records_sitting.id = seen.value ->> 0
            """,
            [json.dumps(seen)],
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
