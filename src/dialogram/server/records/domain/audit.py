"""The audit trail: a hash chain, one head a study, appended in the transaction it tells of."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from dialogram.server.records.models import AuditEntry, Study
from dialogram.server.records.models.sealed import keyring


def account_actor(user_id: int) -> str:
    """Name a desk account in the trail."""
    return f"account:{user_id}"


def participant_actor(participant_id: str) -> str:
    """Name a participant in the trail."""
    return f"participant:{participant_id}"


def append(
    study_id: str, *, actor: str, action: str, subject: str, now: datetime, details: dict[str, Any] | None = None
) -> AuditEntry:
    """Add an entry to a study's chain; to be called inside the transaction that does what it tells of."""
    study = Study.objects.select_for_update().get(pk=study_id)
    entry = AuditEntry(
        study=study,
        number=study.audit_count,
        at=now,
        actor=actor,
        action=action,
        subject=subject,
        details=details or {},
    )
    entry.digest = _digest(entry, before=bytes(study.audit_head))
    entry.save(force_insert=True)
    study.audit_count += 1
    study.audit_head = entry.digest
    study.save(update_fields=["audit_count", "audit_head"])
    return entry


def verify(study_id: str) -> list[str]:
    """Walk a study's chain and say what does not hold; an empty list when it is whole."""
    with transaction.atomic():
        study = Study.objects.get(pk=study_id)
        head, number, findings = b"", -1, []
        for number, entry in enumerate(AuditEntry.objects.filter(study_id=study_id).order_by("number").iterator()):
            if entry.number != number:
                findings.append(f"entry {number} is missing")
                break
            if not hmac.compare_digest(bytes(entry.digest), _digest(entry, before=head)):
                findings.append(f"entry {number} was changed")
                break
            head = bytes(entry.digest)
        if not findings and (number + 1 != study.audit_count or head != bytes(study.audit_head)):
            findings.append(f"the chain ends at entry {number}, but {study.audit_count} were written")
    return findings


def _digest(entry: AuditEntry, *, before: bytes) -> bytes:
    row = [
        entry.study_id,
        entry.number,
        entry.at.astimezone(UTC).isoformat(),  # as it comes back from the database
        entry.actor,
        entry.action,
        entry.subject,
        entry.details,
    ]
    text = json.dumps(row, sort_keys=True, separators=(",", ":"))
    return hmac.new(keyring().key("audit"), before + text.encode(), hashlib.sha256).digest()
