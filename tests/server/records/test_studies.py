import hashlib

import pytest
from django.utils import timezone
from tests.server.factories import CLIENT_VALUES, agree, build_world, rate, short_design

from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.studies import change_design, create_study, design_of
from dialogram.server.records.enums import MemberRole
from dialogram.server.records.models import AuditEntry, Membership, Study
from dialogram.study.design import shipped_text

pytestmark = pytest.mark.django_db


def test_who_makes_a_study_owns_it() -> None:
    world = build_world()
    membership = Membership.objects.get(study=world.study)
    assert (membership.user_id, membership.role) == (world.owner.pk, MemberRole.OWNER)
    assert world.study.design_digest == hashlib.sha256(short_design().encode()).hexdigest()
    assert AuditEntry.objects.get(study=world.study, number=0).action == "study.created"


@pytest.mark.parametrize(
    ("name", "design", "code"),
    [
        ("  ", shipped_text("helpfulness"), "name-missing"),
        ("x", "", "design-wrong"),
        ("x", shipped_text("helpfulness").replace("window_s", "windows_s"), "design-wrong"),
        ("x", "#" * (512 * 1024 + 1), "design-too-large"),
    ],
)
def test_a_wrong_study_is_refused_whole(name: str, design: str, code: str) -> None:
    world = build_world()
    with pytest.raises(StudyError) as caught:
        create_study(name=name, design_text=design, user_id=world.owner.pk, now=timezone.now())
    assert caught.value.code == code
    assert Study.objects.get() == world.study


def test_a_wrong_design_names_line_and_key() -> None:
    world = build_world()
    wrong = short_design().replace("per_kind = 3", "per_kinds = 3")
    with pytest.raises(StudyError, match=r"line \d+.*per_kinds"):
        change_design(study_id=world.study.pk, design_text=wrong, user_id=world.owner.pk, now=timezone.now())
    assert design_of(Study.objects.get()).extremes.per_kind == 3


def test_a_design_can_change_and_the_trail_keeps_both_digests() -> None:
    world = build_world()
    text = short_design(("per_kind = 3", "per_kind = 2"))
    changed = change_design(study_id=world.study.pk, design_text=text, user_id=world.owner.pk, now=timezone.now())
    assert design_of(changed).extremes.per_kind == 2
    entry = AuditEntry.objects.get(action="study.design-changed")
    assert entry.details == {"before": world.study.design_digest, "design": hashlib.sha256(text.encode()).hexdigest()}


@pytest.mark.parametrize(
    "change",
    [
        ("high = 100", "high = 90"),
        ("neutral = 50", "neutral = 40"),
        ('name = "helpfulness"\nlow', 'name = "benefit"\nlow'),
    ],
)
def test_a_scale_stands_once_somebody_has_begun_to_rate(change: tuple[str, str]) -> None:
    world = build_world()
    other = short_design(change)
    change_design(study_id=world.study.pk, design_text=other, user_id=world.owner.pk, now=timezone.now())
    change_design(study_id=world.study.pk, design_text=short_design(), user_id=world.owner.pk, now=timezone.now())
    rate(world, world.client, CLIENT_VALUES, finish=False)
    with pytest.raises(StudyError) as caught:
        change_design(study_id=world.study.pk, design_text=other, user_id=world.owner.pk, now=timezone.now())
    assert caught.value.code == "scale-in-use"
    relabelled = short_design(('high = "helpful"', 'high = "very helpful"'))
    change_design(study_id=world.study.pk, design_text=relabelled, user_id=world.owner.pk, now=timezone.now())


def test_a_consent_text_stands_once_somebody_has_agreed_to_its_version() -> None:
    world = build_world()
    version = ('version = "1"', 'version = "2"')
    words = ('consent_agree = "', 'consent_agree = "Yes: ')

    def change(*changes: tuple[str, str]) -> None:
        text = short_design(*changes)
        change_design(study_id=world.study.pk, design_text=text, user_id=world.owner.pk, now=timezone.now())

    change(words)
    change()  # nobody has agreed yet
    agree(world, world.client)
    change(("break_after_min = 25", "break_after_min = 20"))
    with pytest.raises(StudyError) as caught:
        change(("per_kind = 3", "per_kind = 2"))
    assert caught.value.code == "consent-in-use", "it says how many clips there are"
    for before in ([words], [version, words]):  # nor by way of another version
        with pytest.raises(StudyError) as caught:
            change(words)
        assert caught.value.code == "consent-in-use"
        change(version, *before[1:])
    change(version)


def test_the_guess_that_locks_the_results_is_not_taken_out_once_somebody_has_begun_to_rate() -> None:
    world = build_world()
    without = short_design(('"recall", "guess"]', '"recall"]'))
    change_design(study_id=world.study.pk, design_text=without, user_id=world.owner.pk, now=timezone.now())
    change_design(study_id=world.study.pk, design_text=short_design(), user_id=world.owner.pk, now=timezone.now())
    rate(world, world.client, CLIENT_VALUES, finish=False)
    with pytest.raises(StudyError) as caught:
        change_design(study_id=world.study.pk, design_text=without, user_id=world.owner.pk, now=timezone.now())
    assert caught.value.code == "guess-in-use"
    assert design_of(Study.objects.get()).has_guess
