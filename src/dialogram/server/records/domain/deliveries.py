"""Records as they are delivered: each delivery is let in or refused on its own, the rest is stored at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.event_records import Receipt, RecordBatch, SealedBatch, seal_batch, store_sealed
from dialogram.server.records.enums import SittingState
from dialogram.server.records.queries.writing import Source, Writing, find_writings


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Records as a page or a phone sent them in one POST: number and canonical bytes."""

    source: Source
    records: Sequence[tuple[int, bytes]]
    saved_to_s: float | None = None


def store_deliveries(deliveries: Sequence[Delivery], *, now: datetime) -> list[Receipt | Exception]:
    """Store what may be stored, in one transaction; what is refused or cannot be sealed hinders nobody else."""
    answers: dict[int, Receipt | Exception] = {}
    sealed: dict[int, SealedBatch] = {}
    writings = find_writings([delivery.source for delivery in deliveries], now=now)
    for place, (delivery, writing) in enumerate(zip(deliveries, writings, strict=True)):
        try:
            sealed[place] = seal_batch(_let_in(delivery, writing))
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one, its neighbours are stored
            answers[place] = error
    if sealed:
        answers.update(zip(sealed, store_sealed(list(sealed.values()), now=now), strict=True))
    return [answers[place] for place in range(len(deliveries))]


def _let_in(delivery: Delivery, writing: Writing | None) -> RecordBatch:
    if writing is None:
        raise NotFoundError
    if writing.stream_pk is None:
        raise StudyError("no-stream", "No stream was opened here.")
    if writing.state != SittingState.OPEN:
        raise StudyError("closed", "This sitting is closed.")
    return RecordBatch(
        stream_pk=writing.stream_pk,
        sitting_id=delivery.source.sitting_id,
        participant_id=writing.participant_id,
        records=delivery.records,
        saved_to_s=delivery.saved_to_s,
        of_page=delivery.source.phone_id is None,
    )
