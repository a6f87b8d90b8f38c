import csv
import io
import zipfile
from collections.abc import Mapping

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone
from tests.server.factories import (
    CLIENT_VALUES,
    MOMENTS_S,
    THERAPIST_VALUES,
    World,
    add_recording,
    agree,
    build_world,
    describe,
    rate,
    release,
    short_design,
)

from dialogram.capture import read_event_log
from dialogram.server.records.domain import guesses, people, recordings, sessions, sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.export import TABLES, export_sessions
from dialogram.server.records.domain.practice import record_try
from dialogram.server.records.domain.scores import enter_score
from dialogram.server.records.domain.traces import event_log_of, trace_of
from dialogram.server.records.models import AuditEntry, Guess, Session, Sitting, Study
from dialogram.server.stewardship.people import Identity, change_person
from dialogram.study import Role, Task

pytestmark = pytest.mark.django_db(databases=["default", "identity"])

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1")


def export(world: World) -> zipfile.ZipFile:
    chosen = list(Session.objects.select_related("dyad__study").filter(dyad__study=world.study).order_by("number"))
    packed = export_sessions(chosen, study_id=world.study.pk, user_id=world.owner.pk, now=timezone.now())
    bundle = zipfile.ZipFile(io.BytesIO(packed))
    assert bundle.testzip() is None
    assert len(set(bundle.namelist())) == len(bundle.namelist())
    return bundle


def table(bundle: zipfile.ZipFile, name: str) -> list[Mapping[str, str]]:
    text = bundle.read(name).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def run_dyad(world: World, *, words: str = "because of this") -> Guess:
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    describe(world, world.client, words=words, vetoed_s=[MOMENTS_S[0]])
    rate(world, world.therapist, THERAPIST_VALUES)
    release(world)
    sitting = sittings.begin_sitting(
        participant=world.therapist,
        session_id=world.session.pk,
        task=Task.GUESS,
        actor=participant_actor(world.therapist.pk),
        now=timezone.now(),
    )
    guesses.start_guess(sitting_id=sitting.pk)
    guess = Guess.objects.select_related("sitting__participant__study", "release__about").get(sitting=sitting)
    kinds = guesses.true_kinds(guess)
    guesses.place_cards(sitting_id=sitting.pk, placed=kinds, now=timezone.now())
    guesses.hand_in_guess(sitting_id=sitting.pk, now=timezone.now())
    enter_score(
        session_id=world.session.pk,
        participant_id=world.client.pk,
        instrument="session",
        total=71.5,
        user_id=world.owner.pk,
        now=timezone.now(),
    )
    sessions.note_deviation(
        session_id=world.session.pk, text="A phone rang", user_id=world.owner.pk, now=timezone.now()
    )
    return guess


def test_every_column_of_every_table_is_in_the_codebook_and_nothing_else() -> None:
    world = build_world(design=short_design(("recording_s = 10", "recording_s = 10\ntarget_s = 12")))
    actor = participant_actor(world.client.pk)
    rating = sittings.begin_sitting(
        participant=world.client, session_id=world.session.pk, task=Task.RATE, actor=actor, now=timezone.now()
    )
    record_try(sitting_id=rating.pk, number=1, moves=[(0.0, 50.0)], now=timezone.now())
    run_dyad(world)
    bundle = export(world)
    told = {(row["file"], row["column"]) for row in table(bundle, "codebook.csv")}
    found = set()
    for name in bundle.namelist():
        if name.endswith(".csv") and name != "codebook.csv":
            rows = table(bundle, name)
            assert rows, name
            assert all(None not in row and None not in row.values() for row in rows), name
            found |= {(name, column) for column in rows[0]}
    assert found == told
    assert {name for name, _ in told} == set(TABLES)
    assert all(row["meaning"] for row in table(bundle, "codebook.csv"))


def test_the_tables_say_what_was_done() -> None:
    world = build_world()
    run_dyad(world)
    bundle = export(world)
    moments = table(bundle, "moments.csv")
    values = {float(row["start_s"]): float(row["mean"]) for row in moments}
    assert values == dict(zip(MOMENTS_S, CLIENT_VALUES, strict=True))
    assert {row["kind"] for row in moments if float(row["mean"]) > 50} == {"helpful"}
    assert sorted(int(row["replayed"]) for row in moments) == [1, 2, 3, 4, 5, 6]
    assert [row["start_s"] for row in moments if row["vetoed"] == "true"] == [str(MOMENTS_S[0])]
    shown = table(bundle, "guesses.csv")
    assert [(row["guess"], row["right"]) for row in shown] == [(row["truth"], "true") for row in shown]
    assert len(shown) == 5
    (score,) = table(bundle, "questionnaires.csv")
    assert (score["code"], score["instrument"], score["total"]) == ("K7", "session", "71.5")
    assert [row["text"] for row in table(bundle, "deviations.csv")] == ["A phone rang"]
    assert [(row["quality"], row["quality_reasons"]) for row in table(bundle, "sittings.csv") if row["quality"]] == [
        ("good", "coarse-clock")
    ] * 2
    assert {(row["role"], row["task"], row["state"]) for row in table(bundle, "sittings.csv")} == {
        ("client", "rate", "finished"),
        ("client", "recall", "finished"),
        ("therapist", "rate", "finished"),
        ("therapist", "guess", "finished"),
    }


def test_traces_come_back_to_the_last_digit() -> None:
    world = build_world()
    run_dyad(world)
    rows = [row for row in table(export(world), "traces.csv") if row["role"] == "client"]
    trace = trace_of(Sitting.objects.get(participant=world.client, task=Task.RATE), now=timezone.now())
    values = [float(row["value"]) if row["value"] else float("nan") for row in rows]
    np.testing.assert_array_equal(values, trace.values)
    np.testing.assert_array_equal([float(row["coverage"]) for row in rows], trace.coverage)
    np.testing.assert_array_equal([float(row["start_s"]) for row in rows], trace.times_s)
    assert {row["step_s"] for row in rows} == {"1.0"}


def test_event_logs_come_back_as_they_were_stored() -> None:
    world = build_world()
    run_dyad(world)
    bundle = export(world)
    for person in (world.client, world.therapist):
        with bundle.open(f"event-logs/K7+T3-5-{person.role}.jsonl") as file:
            log = read_event_log(io.TextIOWrapper(file, encoding="utf-8"))
        assert log == event_log_of(Sitting.objects.get(participant=person, task=Task.RATE))


@pytest.mark.parametrize("start", FORMULAS)
def test_no_word_of_anybodys_becomes_a_formula(start: str) -> None:
    world = build_world()
    run_dyad(world, words=start)
    sessions.note_deviation(
        session_id=world.session.pk, text=f"{start.strip()} dev", user_id=world.owner.pk, now=timezone.now()
    )
    bundle = export(world)
    for name in TABLES:
        for row in table(bundle, name):
            for column, value in row.items():
                if value and not _is_number(value):
                    assert not value.startswith(FORMULA_STARTS), (name, column, value)
    assert {row["description"][: len(start) + 1] for row in table(bundle, "moments.csv")} == {f"'{start}"}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_words_with_commas_quotes_and_lines_come_back_whole() -> None:
    world = build_world()
    words = 'She said, "wait" –\r\nund dann: ¡sí! 🙂'
    run_dyad(world, words=words)
    assert {row["description"] for row in table(export(world), "moments.csv")} == {
        f"{words} {place}" for place in range(6)
    }


def test_no_name_leaves_the_identity_database() -> None:
    world = build_world()
    for person in (world.client, world.therapist):
        change_person(
            participant=person,
            code=person.code,
            account_id=None,
            identity=Identity(name=f"Canaryname {person.code}", contact="canary@contact.example"),
            user_id=world.owner.pk,
            now=timezone.now(),
        )
    run_dyad(world)
    bundle = export(world)
    everything = b"".join(bundle.read(name) for name in bundle.namelist()) + repr(bundle.namelist()).encode()
    assert b"anary" not in everything
    assert b"K7" in everything
    for person in (world.client, world.therapist):
        assert person.pk.encode() not in everything


def test_codes_with_the_same_letters_keep_their_event_logs_apart() -> None:
    world, now = build_world(), timezone.now()
    owner = world.owner.pk
    for client_code, therapist_code in (("A-B", "C"), ("A", "B-C")):
        pair = [
            people.add_participant(study_id=world.study.pk, role=role, code=code, user_id=owner, now=now)
            for role, code in ((Role.CLIENT, client_code), (Role.THERAPIST, therapist_code))
        ]
        dyad = people.add_dyad(
            study_id=world.study.pk, participant_ids=[one.pk for one in pair], user_id=owner, now=now
        )
        session = sessions.add_session(dyad_id=dyad.pk, number=1, held_on=None, user_id=owner, now=now)
        recording = add_recording(session, media=b"x", media_type="video/mp4", has_video=True, user_id=owner, now=now)
        recordings.confirm(recording_id=recording.pk, watched=recordings.PLACES, user_id=owner, now=now)
        sittings.begin_sitting(participant=pair[0], session_id=session.pk, task=Task.RATE, actor="test", now=now)
    names = [name for name in export(world).namelist() if name.startswith("event-logs/")]
    assert sorted(names) == ["event-logs/A+B-C-1-client.jsonl", "event-logs/A-B+C-1-client.jsonl"]


def test_a_guess_closed_as_partial_is_neither_right_nor_wrong_where_nothing_was_put() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    describe(world, world.client)
    release(world)
    sitting = sittings.begin_sitting(
        participant=world.therapist,
        session_id=world.session.pk,
        task=Task.GUESS,
        actor="test",
        now=timezone.now(),
    )
    guesses.start_guess(sitting_id=sitting.pk)
    guess = Guess.objects.select_related("sitting__participant__study", "release__about").get(sitting=sitting)
    first = guesses.cards_of(guess)[0]
    guesses.place_cards(
        sitting_id=sitting.pk,
        placed={first.shown_id: guesses.true_kinds(guess)[first.shown_id]},
        now=timezone.now(),
    )
    sittings.close_partial(sitting_id=sitting.pk, reason="Left", user_id=world.owner.pk, now=timezone.now())
    rows = table(export(world), "guesses.csv")
    assert sorted(row["right"] for row in rows) == ["", "", "", "", "", "true"]
    assert [row["guess"] for row in rows if not row["right"]] == [""] * 5


def test_what_is_open_is_exported_as_far_as_it_goes() -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES, finish=False)
    bundle = export(world)
    assert "event-logs/K7+T3-5-client.jsonl" in bundle.namelist()
    assert table(bundle, "traces.csv") == []
    assert [row["state"] for row in table(bundle, "sittings.csv")] == ["open"]
    assert Study.objects.get().audit_count > 0


def test_an_export_is_written_down_with_what_it_held() -> None:
    world = build_world()
    export(world)
    assert AuditEntry.objects.get(action="data.exported").details == {"sessions": [world.session.pk]}


@pytest.mark.django_db(transaction=True, databases=["default", "identity"])
def test_an_export_does_not_keep_the_database_from_those_who_rate() -> None:
    """Seen from inside: while a session is collected no transaction is open; at the entry in the trail there is one."""
    world = build_world()
    run_dyad(world)
    seen: dict[str, set[bool]] = {'INSERT INTO "records_auditentry"': set(), "records_description": set()}

    def watch(execute: object, sql: str, params: object, many: bool, context: object) -> object:  # noqa: FBT001  # Django's
        for word, states in seen.items():
            if word in sql:
                states.add(connection.in_atomic_block)
        return execute(sql, params, many, context)  # type: ignore[operator]  # a callable

    with connection.execute_wrapper(watch):
        export(world)
    assert list(seen.values()) == [{True}, {False}]
