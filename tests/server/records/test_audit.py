from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone as clock
from tests.server.factories import (
    CLIENT_VALUES,
    MOMENTS_S,
    THERAPIST_VALUES,
    World,
    agree,
    build_world,
    describe,
    give_link,
    rate,
    release,
)

from dialogram.server.accounts.models import User
from dialogram.server.records.domain import audit, guesses, sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.export import export_sessions
from dialogram.server.records.domain.links import enter_by_link
from dialogram.server.records.domain.scores import enter_score
from dialogram.server.records.domain.sessions import note_deviation
from dialogram.server.records.models import AuditEntry, Guess, Recording, Session, Study
from dialogram.server.stewardship.people import Identity, change_person, read_person
from dialogram.study import Task

pytestmark = pytest.mark.django_db


def build_chain(*, entries: int = 6) -> Study:
    study = Study.objects.create(name="Study", design_text="", design_digest="", created_at=clock.now())
    for number in range(entries):
        audit.append(
            study.pk,
            actor="account:1",
            action=f"thing.done-{number}",
            subject="x",
            now=clock.now(),
            details={"number": number, "ratio": 0.1, "word": "ü"},
        )
    return study


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def edit(study: Study, column: str, value: Any) -> None:
    sql(f"UPDATE records_auditentry SET {column} = %s WHERE study_id = %s AND number = 3", value, study.pk)


def insert(study: Study) -> None:
    """Put in a forged entry and make room for it, with a digest such as the others have."""
    sql("UPDATE records_auditentry SET number = number + 100 WHERE study_id = %s AND number >= 3", study.pk)
    forged = AuditEntry.objects.get(study=study, number=2)
    forged.pk, forged.number = None, 3
    forged.save(force_insert=True)
    sql("UPDATE records_auditentry SET number = number - 99 WHERE study_id = %s AND number >= 100", study.pk)
    sql("UPDATE records_study SET audit_count = audit_count + 1 WHERE id = %s", study.pk)


def delete(study: Study) -> None:
    """Take an entry out and close the gap."""
    AuditEntry.objects.filter(study=study, number=3).delete()
    for number in (4, 5):
        AuditEntry.objects.filter(study=study, number=number).update(number=number - 1)
    sql("UPDATE records_study SET audit_count = audit_count - 1 WHERE id = %s", study.pk)


def leave_gap(study: Study) -> None:
    AuditEntry.objects.filter(study=study, number=3).delete()


def reorder(study: Study) -> None:
    for before, after in ((3, 99), (4, 3), (99, 4)):
        AuditEntry.objects.filter(study=study, number=before).update(number=after)


def truncate(study: Study) -> None:
    AuditEntry.objects.filter(study=study, number__gte=4).delete()


def truncate_and_count(study: Study) -> None:
    """Cut off the end and set the count back, but not the head."""
    truncate(study)
    Study.objects.filter(pk=study.pk).update(audit_count=4)


def forget(study: Study) -> None:
    AuditEntry.objects.filter(study=study).delete()


def change_head(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(audit_head=b"\1" * 32)


def change_count(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(audit_count=7)


TAMPERING: dict[str, Callable[[Study], None]] = {
    "actor": lambda study: edit(study, "actor", "account:2"),
    "action": lambda study: edit(study, "action", "other.done"),
    "subject": lambda study: edit(study, "subject", "y"),
    "time": lambda study: edit(study, "at", "2020-01-01 00:00:00"),
    "details": lambda study: edit(study, "details", '{"number": 3, "ratio": 0.1, "word": "u"}'),
    "digest": lambda study: edit(study, "digest", b"\0" * 32),
    "delete": delete,
    "gap": leave_gap,
    "insert": insert,
    "reorder": reorder,
    "truncate": truncate,
    "truncate and count": truncate_and_count,
    "empty": forget,
    "head": change_head,
    "count": change_count,
}


def test_an_untouched_chain_holds() -> None:
    study = build_chain()
    assert audit.verify(study.pk) == []
    assert [entry.number for entry in AuditEntry.objects.filter(study=study)] == [0, 1, 2, 3, 4, 5]
    assert audit.verify(build_chain(entries=0).pk) == []


@pytest.mark.parametrize("name", TAMPERING)
def test_every_kind_of_tampering_is_seen(name: str) -> None:
    study, untouched = build_chain(), build_chain()
    TAMPERING[name](study)
    assert len(audit.verify(study.pk)) == 1
    assert audit.verify(untouched.pk) == []


def test_entries_cannot_be_carried_from_one_study_to_another() -> None:
    study, other = build_chain(), build_chain()
    AuditEntry.objects.filter(study=other).delete()
    AuditEntry.objects.filter(study=study).update(study=other)
    study.refresh_from_db()
    Study.objects.filter(pk=other.pk).update(audit_head=study.audit_head)
    assert audit.verify(other.pk) == ["entry 0 was changed"]


def test_an_entry_goes_with_the_transaction_it_tells_of() -> None:
    study = build_chain()

    def fail() -> None:
        with transaction.atomic():
            audit.append(study.pk, actor="account:1", action="x", subject="x", now=clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert AuditEntry.objects.filter(study=study).count() == 6
    assert audit.verify(study.pk) == []


def test_a_time_told_in_another_zone_is_the_same_time() -> None:
    study = build_chain()
    here = datetime(2026, 3, 29, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    entry = audit.append(study.pk, actor="account:1", action="x", subject="x", now=here)
    assert audit.verify(study.pk) == []
    assert AuditEntry.objects.get(pk=entry.pk).at.astimezone(UTC) == here


@dataclass
class Canaries:
    world: World
    words: list[str]


def run_study() -> Canaries:
    """Do everything a study does, with words that must not come back from the trail."""
    now = clock.now()
    world = build_world()
    client, therapist = world.client, world.therapist
    change_person(
        participant=client,
        code=client.code,
        account_id=None,
        identity=Identity(name="Zsófia Canaryname", contact="canary@contact.example"),
        user_id=world.owner.pk,
        now=now,
    )
    read_person(participant=client, user_id=world.owner.pk, now=now)
    tokens = [give_link(world, person) for person in (client, therapist)]
    for token, person in zip(tokens, (client, therapist), strict=True):
        enter_by_link(token=token, now=now)
        agree(world, person)
    rate(world, client, CLIENT_VALUES)
    describe(world, client, words="canaryword", vetoed_s=[MOMENTS_S[0]])
    rate(world, therapist, THERAPIST_VALUES)
    describe(world, therapist, words="canaryword")
    release(world)
    sitting = sittings.begin_sitting(
        participant=therapist,
        session_id=world.session.pk,
        task=Task.GUESS,
        actor=participant_actor(therapist.pk),
        now=now,
    )
    cards = guesses.cards_of(guesses.start_guess(sitting_id=sitting.pk))
    guesses.place_cards(
        sitting_id=sitting.pk,
        placed={card.shown_id: ("helpful" if place < 3 else "hindering") for place, card in enumerate(cards)},
        now=now,
    )
    guesses.hand_in_guess(sitting_id=sitting.pk, now=now)
    note_deviation(session_id=world.session.pk, text="canarydeviation", user_id=world.owner.pk, now=now)
    enter_score(
        session_id=world.session.pk,
        participant_id=client.pk,
        instrument="session",
        total=4.0,
        user_id=world.owner.pk,
        now=now,
    )
    session = Session.objects.select_related("dyad__study").get(pk=world.session.pk)
    export_sessions([session], study_id=world.study.pk, user_id=world.owner.pk, now=now)
    shown = [card.shown_id for card in guesses.cards_of(Guess.objects.get())]
    words = [*tokens, *shown, "canary", "Zsófia", "Signed, folder 3", "Study", "K7", "T3", "session.mp4"]
    return Canaries(world, words)


@pytest.mark.django_db(databases=["default", "identity"])
def test_the_trail_of_a_whole_study_holds_no_content() -> None:
    done = run_study()
    entries = list(AuditEntry.objects.filter(study=done.world.study))
    said = [repr([entry.actor, entry.action, entry.subject, entry.details]) for entry in entries]
    found = [(word, line) for word in done.words for line in said if word in line]
    assert found == []
    numbers = {
        value
        for entry in entries
        for value in entry.details.values()
        if isinstance(value, float) and entry.action not in {"recording.imported", "recording.confirmed"}
    }
    assert numbers == set()  # no rating, no score, no time of a moment
    (confirmed,) = [entry.details for entry in entries if entry.action == "recording.confirmed"]
    stretch = Recording.objects.get(session=done.world.session).stretch
    assert confirmed == {"start_s": stretch.start_s, "end_s": stretch.end_s}  # the recording's, nothing of anybody's
    assert {entry.action for entry in entries} >= {
        "study.created",
        "participant.added",
        "recording.confirmed",
        "link.made",
        "link.entered",
        "consent.given",
        "stream.opened",
        "sitting.finished",
        "recall.started",
        "guess.released",
        "score.entered",
        "identity.read",
        "data.exported",
    }
    assert audit.verify(done.world.study.pk) == []


def test_a_leak_into_the_trail_would_be_found() -> None:
    world = build_world()
    audit.append(
        world.study.pk, actor="x", action="leak", subject="x", now=clock.now(), details={"text": "canaryword 1"}
    )
    said = [repr(entry.details) for entry in AuditEntry.objects.filter(study=world.study)]
    assert any("canary" in line for line in said)


def test_streams_are_told_of_and_batches_are_not() -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES)
    actions = list(AuditEntry.objects.filter(study=world.study).values_list("action", flat=True))
    assert actions.count("stream.opened") == 1
    assert actions[-3:] == ["sitting.opened", "stream.opened", "sitting.finished"]
    assert User.objects.count() == 1
