"""Traces, derived from event logs, kept sealed with the rule that made them."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from dialogram.capture import Assembly, EventLog, Finding, LoggedRecord, Verdict, assemble, judge
from dialogram.server.records.domain.event_records import stored_records
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.models import ConflictingRecord, DerivedTrace, Sitting
from dialogram.server.records.models.sealed import seal, sealer, unseal
from dialogram.timeline import Trace

STEP_S = 1.0


def event_log_of(sitting: Sitting) -> EventLog:
    """Open a rating sitting's event log."""
    streams = stored_records(sitting.pk, participant_id=sitting.participant_id)
    records = []
    for stream, payloads in streams:
        for payload in payloads:
            record = json.loads(payload)
            records.append(LoggedRecord(stream.stream_id, record["seq"], record["events"]))
    return EventLog.from_records(records, epochs={stream.stream_id: stream.epoch for stream, _ in streams})


def assemble_sitting(sitting: Sitting) -> Assembly:
    """Assemble a rating sitting's trace from its event log."""
    recording = sitting.recording
    return assemble(
        event_log_of(sitting),
        scale=design_of(sitting.participant.study).scale(),
        start_s=recording.stretch.start_s,
        end_s=recording.stretch.end_s,
        step_s=STEP_S,
        name=sitting.participant.role,
    )


@transaction.atomic
def derive_trace(*, sitting_id: str, now: datetime) -> DerivedTrace:
    """Derive a sitting's trace and keep it; derived again, it replaces the one before.

    One transaction: a record that came between reading the log and keeping the trace would be missing from it for ever.
    """
    sitting = Sitting.objects.select_related("participant__study", "recording").get(pk=sitting_id)
    assembly = assemble_sitting(sitting)
    trace = assembly.trace
    conflicts = ConflictingRecord.objects.filter(stream__sitting=sitting).count()
    content = {
        "values": [None if value != value else value for value in trace.values.tolist()],  # noqa: PLR0124  # NaN
        "coverage": trace.coverage.tolist(),
        "step_s": trace.step_s,
        "start_s": trace.start_s,
        "longest_unchanged_s": assembly.longest_unchanged_s,
        "change_interval_ms": assembly.change_interval_ms,
        "gaps": [[gap.start_s, gap.end_s, gap.reason] for gap in assembly.gaps],
        "verdict": asdict(judge(assembly, conflicts=conflicts)),
    }
    person = sitting.participant_id
    plain = json.dumps(content).encode()
    derived, _ = DerivedTrace.objects.update_or_create(
        sitting=sitting,
        defaults={
            "rule": assembly.rule,
            "parameters": {"step_s": STEP_S, "start_s": trace.start_s, "end_s": sitting.recording.stretch.end_s},
            "derived_at": now,
            "sealed_payload": seal(content, participant_id=person, context=_context(sitting.pk)),
            "digest": sealer(person).digest(plain, context=_context(sitting.pk).encode()),
        },
    )
    return derived


def kept_trace(*, sitting_id: str, now: datetime) -> DerivedTrace:
    """Return a closed rating sitting's trace as it is kept, derived now if it is not there."""
    return DerivedTrace.objects.filter(sitting_id=sitting_id).first() or derive_trace(sitting_id=sitting_id, now=now)


def trace_of(sitting: Sitting, *, now: datetime) -> Trace:
    """Return a closed rating sitting's trace, derived now if it is not there."""
    content = _content(sitting, now=now)
    return Trace(
        values=[float("nan") if value is None else value for value in content["values"]],
        coverage=content["coverage"],
        step_s=content["step_s"],
        start_s=content["start_s"],
        scale=design_of(sitting.participant.study).scale(),
        name=sitting.participant.role,
    )


def verdict_of(sitting: Sitting, *, now: datetime) -> Verdict:
    """Return whether a closed rating sitting can be used as it is, and why not."""
    told = _content(sitting, now=now)["verdict"]
    findings = {place: tuple(Finding(**finding) for finding in told[place]) for place in ("reasons", "notes")}
    return Verdict(word=told["word"], rule=told["rule"], **findings)


def change_interval_of(sitting: Sitting, *, now: datetime) -> float | None:
    """Return how soon the dial of a closed rating sitting told of a turn at its quickest, in milliseconds."""
    kept = _content(sitting, now=now)
    interval_ms: float | None = kept.get("change_interval_ms")  # traces kept earlier do not have it
    return interval_ms


def _content(sitting: Sitting, *, now: datetime) -> dict[str, Any]:
    derived = kept_trace(sitting_id=sitting.pk, now=now)
    content: dict[str, Any] = unseal(
        derived.sealed_payload, participant_id=sitting.participant_id, context=_context(sitting.pk)
    )
    return content


def _context(sitting_id: str) -> str:
    return f"trace:{sitting_id}"
