import hashlib
from datetime import datetime

from django.db import transaction

from dialogram.server.records.domain import audit
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.enums import MemberRole
from dialogram.server.records.models import Consent, Membership, Sitting, Study
from dialogram.study import Design, DesignError, Role, load_design

MOST_DESIGN_BYTES = 512 * 1024


def design_of(study: Study) -> Design:
    """Read a study's design."""
    return load_design(study.design_text, name="design.toml")


@transaction.atomic
def create_study(
    *, name: str, design_text: str, user_id: int, now: datetime, deals_with_therapists: bool = True
) -> Study:
    """Make a study from a design file; who makes it owns it."""
    _check(design_text)
    if not name.strip():
        raise StudyError("name-missing", "A study needs a name.")
    study = Study.objects.create(
        name=name.strip()[:200],
        design_text=design_text,
        design_digest=hashlib.sha256(design_text.encode()).hexdigest(),
        created_at=now,
    )
    Membership.objects.create(
        study=study, user_id=user_id, role=MemberRole.OWNER, deals_with_therapists=deals_with_therapists
    )
    audit.append(
        study.pk,
        actor=audit.account_actor(user_id),
        action="study.created",
        subject=study.pk,
        now=now,
        details={"design": study.design_digest},
    )
    return study


@transaction.atomic
def change_design(*, study_id: str, design_text: str, user_id: int, now: datetime) -> Study:
    """Give a study another design file; sittings that have begun keep what they froze."""
    _check(design_text)
    study = Study.objects.select_for_update().get(pk=study_id)
    new = load_design(design_text, name="design.toml")
    if _measure(design_of(study)) != _measure(new) and _is_rated(study):
        raise StudyError("scale-in-use", "Somebody has begun to rate; the scale's name, ends and middle stand.")
    if design_of(study).has_guess and not new.has_guess and _is_rated(study):
        raise StudyError("guess-in-use", "Somebody has begun to rate; without the guess the results would lie open.")
    if _agreement(design_of(study)) != _agreement(new) and _is_agreed(study, new.consent_version):
        raise StudyError("consent-in-use", "Somebody has agreed to this version of the consent text; give it another.")
    before = study.design_digest
    study.design_text = design_text
    study.design_digest = hashlib.sha256(design_text.encode()).hexdigest()
    study.save(update_fields=["design_text", "design_digest"])
    audit.append(
        study.pk,
        actor=audit.account_actor(user_id),
        action="study.design-changed",
        subject=study.pk,
        now=now,
        details={"before": before, "design": study.design_digest},
    )
    study.refresh_from_db()
    return study


def _measure(design: Design) -> tuple[str, float, float, float]:
    scale = design.scale()
    return scale.name, scale.low, scale.high, scale.neutral


def _agreement(design: Design) -> tuple[str, dict[tuple[str, Role | None, str], str]]:
    """Return what one agrees to: the version, which is all a consent keeps, and its texts in all languages."""
    texts = {
        place: text.format(clips=design.most_clips)
        for place, text in design.texts.entries.items()
        if place[2].startswith("consent")
    }
    return design.consent_version, texts


def _is_agreed(study: Study, version: str) -> bool:
    return Consent.objects.filter(participant__study=study, version=version).exists()


def _is_rated(study: Study) -> bool:
    return Sitting.objects.filter(participant__study=study).exists()


def _check(design_text: str) -> None:
    if len(design_text.encode()) > MOST_DESIGN_BYTES:
        raise StudyError("design-too-large", "A design file holds at most 512 KiB.")
    try:
        load_design(design_text, name="design.toml")
    except DesignError as error:
        raise StudyError("design-wrong", str(error)) from error
