"""What tests of the server start from: a study with a dyad, a recording they can watch, and what they did with it."""

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import SystemRandom
from typing import Any

import numpy as np
from django.conf import settings
from django.test import Client
from django.utils import timezone

from dialogram.capture import StepFunction
from dialogram.capture.messages import Record, canonical
from dialogram.server.accounts.models import User
from dialogram.server.records.domain import guesses, recalls, recordings, sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.consents import record_consent
from dialogram.server.records.domain.event_records import RecordBatch, store_batches
from dialogram.server.records.domain.links import make_link
from dialogram.server.records.domain.people import add_dyad, add_participant
from dialogram.server.records.domain.recordings import Imported
from dialogram.server.records.domain.sessions import add_session, note_others_agreed
from dialogram.server.records.domain.studies import create_study
from dialogram.server.records.enums import ConsentWay, RecordingState
from dialogram.server.records.models import (
    Description,
    Dyad,
    Participant,
    Recording,
    Session,
    Sitting,
    Study,
)
from dialogram.server.records.models.sealed import keyring, recording_key
from dialogram.simulate import Step, simulate_event_log
from dialogram.study import Role, Task
from dialogram.study.design import shipped_text
from dialogram.vault import seal_recording

LENGTH_S = 100.0
MOMENTS_S = (10.0, 24.0, 38.0, 52.0, 66.0, 80.0)
"""Where the hands of these tests leave the middle, for five seconds each."""
MOMENT_S = 5.0
CLIENT_VALUES = (90.0, 15.0, 85.0, 20.0, 80.0, 25.0)
THERAPIST_VALUES = (70.0, 72.0, 30.0, 74.0, 28.0, 26.0)


def short_design(*changes: tuple[str, str]) -> str:
    """Return the shipped design, made for a recording of less than two minutes, with some further changes."""
    text = shipped_text("helpfulness")
    shorter = (
        ("window_s = 30", "window_s = 5"),
        ("warm_up_s = 60", "warm_up_s = 5"),
        ("lead_in_s = 15", "lead_in_s = 3"),
        ("same_kind_gap_s = 60", "same_kind_gap_s = 5"),
        ("recording_s = 60", "recording_s = 10"),
    )
    for before, after in (*shorter, *changes):
        assert before in text, before
        text = text.replace(before, after)
    return text


@dataclass(frozen=True, kw_only=True)
class World:
    """One dyad and its session, ready to be watched."""

    owner: User
    study: Study
    client: Participant
    therapist: Participant
    dyad: Dyad
    session: Session
    recording: Recording


def build_world(
    *,
    design: str | None = None,
    media: bytes = b"not really a film" * 1000,
    media_type: str = "video/mp4",
    has_video: bool = True,
    confirmed: bool = True,
    length_s: float = LENGTH_S,
    now: datetime | None = None,
) -> World:
    """Build a study with a client, a therapist and a recorded session of theirs."""
    now = now or timezone.now()
    owner = User.objects.create_user(f"owner-{User.objects.count()}", password=None)
    study = create_study(name="Study", design_text=design or short_design(), user_id=owner.pk, now=now)
    people = {
        role: add_participant(study_id=study.pk, role=role, code=code, user_id=owner.pk, now=now)
        for role, code in ((Role.CLIENT, "K7"), (Role.THERAPIST, "T3"))
    }
    dyad = add_dyad(
        study_id=study.pk, participant_ids=[person.pk for person in people.values()], user_id=owner.pk, now=now
    )
    session = add_session(dyad_id=dyad.pk, number=5, held_on=None, user_id=owner.pk, now=now)
    note_others_agreed(session_id=session.pk, note="Signed, folder 3", user_id=owner.pk, now=now)
    recording = add_recording(
        session,
        media=media,
        media_type=media_type,
        has_video=has_video,
        length_s=length_s,
        user_id=owner.pk,
        now=now,
    )
    if confirmed:
        recordings.confirm(recording_id=recording.pk, watched=recordings.PLACES, user_id=owner.pk, now=now)
    return World(
        owner=owner,
        study=study,
        client=people[Role.CLIENT],
        therapist=people[Role.THERAPIST],
        dyad=dyad,
        session=Session.objects.get(pk=session.pk),
        recording=Recording.objects.get(pk=recording.pk),
    )


def add_recording(
    session: Session,
    *,
    media: bytes,
    media_type: str,
    has_video: bool,
    user_id: int,
    now: datetime,
    length_s: float = LENGTH_S,
) -> Recording:
    """Seal bytes as a session's recording, as an import would."""
    recording = recordings.start_upload(
        session_id=session.pk, files=[("session.mp4", len(media))], user_id=user_id, now=now
    )
    seal_recording(
        settings.VAULT,
        recording.vault_name,
        io.BytesIO(media),
        key=keyring().key(recording_key(recording.pk)),
        context=recordings.seal_context(recording.pk),
    )
    Recording.objects.filter(pk=recording.pk).update(state=RecordingState.IMPORTING)
    imported = Imported(
        media_type=media_type, has_video=has_video, duration_s=length_s, size=len(media), sha256="0" * 64
    )
    return recordings.finish_import(recording_id=recording.pk, imported=imported, now=now)


def add_held(world: World, number: int) -> World:
    """Add a session of the dyad with a recording that is confirmed."""
    now, owner = timezone.now(), world.owner.pk
    session = add_session(dyad_id=world.dyad.pk, number=number, held_on=None, user_id=owner, now=now)
    note_others_agreed(session_id=session.pk, note="Signed", user_id=owner, now=now)
    recording = add_recording(
        session, media=b"film" * 999, media_type="video/mp4", has_video=True, user_id=owner, now=now
    )
    recordings.confirm(recording_id=recording.pk, watched=recordings.PLACES, user_id=owner, now=now)
    return replace(world, session=Session.objects.get(pk=session.pk), recording=recording)


def give_link(
    world: World,
    person: Participant,
    *tasks: Task,
    lifetime: timedelta = timedelta(days=14),
    whole_course: bool = False,
) -> str:
    """Make a link for a participant and return its token."""
    chosen = (
        tasks
        or {
            Role.CLIENT: (Task.RATE, Task.RECALL),
            Role.THERAPIST: (Task.RATE, Task.RECALL, Task.GUESS),
        }[Role(person.role)]
    )
    made = make_link(
        participant_id=person.pk,
        session_id=world.session.pk,
        tasks=chosen,
        lifetime=lifetime,
        user_id=world.owner.pk,
        now=timezone.now(),
        whole_course=whole_course,
    )
    return made.token


def come_in(token: str) -> Client:
    """Open a browser of one's own and come in by a link."""
    browser = Client()
    response = browser.post(f"/r/{token}")
    assert response.status_code == 302, response.content
    return browser


def agree(world: World, person: Participant, *, clips: bool = True, signed_on: date | None = None) -> None:
    """Let somebody agree on paper, today unless it is said when."""
    record_consent(
        participant_id=person.pk,
        session_id=world.session.pk,
        way=ConsentWay.PAPER,
        clips_agreed=clips,
        actor=participant_actor(person.pk),
        now=timezone.now(),
        signed_on=signed_on,
        knowingly=True,
    )


def hand(values: Sequence[float]) -> StepFunction:
    """Return a hand that rests in the middle and goes to these values at the moments."""
    rest = 50.0
    starts, levels = [0.0], [rest]
    for at_s, value in zip(MOMENTS_S, values, strict=True):
        starts += [at_s, at_s + MOMENT_S]
        levels += [value, rest]
    return StepFunction(starts, [*starts[1:], LENGTH_S], levels)


def records_of(
    moves: StepFunction, *, seed: int = 1, until_s: float = LENGTH_S, has_video: bool = False
) -> dict[str, list[dict[str, Any]]]:
    """Return what a browser would send of a hand's rating, by stream."""
    simulated = simulate_event_log(
        moves,
        rng=np.random.default_rng(seed),
        duration_s=float(moves.end_s[-1]),
        program=[Step("play", until_s)],
        has_video=has_video,
    )
    streams: dict[str, list[dict[str, Any]]] = {}
    for record in simulated.records:
        streams.setdefault(record.stream, []).append(
            {"seq": record.seq, "events": json.loads(json.dumps(record.events))}
        )
    return streams


def rate(
    world: World, person: Participant, values: Sequence[float], *, finish: bool = True, until_s: float = LENGTH_S
) -> Sitting:
    """Let somebody rate the recording, from the beginning to the end or to where they leave it."""
    return send(world, person, records_of(hand(values), until_s=until_s), finish=finish)


def send(
    world: World, person: Participant, streams: Mapping[str, list[dict[str, Any]]], *, finish: bool = True
) -> Sitting:
    """Let somebody's browser send what it wrote down of a rating."""
    now = timezone.now()
    sitting = sittings.begin_sitting(
        participant=person, session_id=world.session.pk, task=Task.RATE, actor=participant_actor(person.pk), now=now
    )
    for name, records in streams.items():
        stream = sittings.open_stream(sitting_id=sitting.pk, stream_id=name, now=now)
        batch = RecordBatch(
            stream_pk=stream.pk,
            sitting_id=sitting.pk,
            participant_id=person.pk,
            records=[(record["seq"], canonical(Record(**record))) for record in records],
            saved_to_s=LENGTH_S,
        )
        store_batches([batch], now=now)
        if finish:
            sittings.finish_rating(
                sitting_id=sitting.pk, stream_id=name, last_seq=records[-1]["seq"], now=timezone.now()
            )
    return Sitting.objects.get(pk=sitting.pk)


def describe(
    world: World, person: Participant, *, words: str = "because of this", vetoed_s: Sequence[float] = ()
) -> Sitting:
    """Let somebody describe all of the moments; `vetoed_s` are starts of clips kept from the therapist."""
    now = timezone.now()
    sitting = sittings.begin_sitting(
        participant=person, session_id=world.session.pk, task=Task.RECALL, actor=participant_actor(person.pk), now=now
    )
    recalls.start_recall(sitting_id=sitting.pk, rng=SystemRandom(), now=now)
    extremes = recalls.extremes_of(sitting)
    for row in Description.objects.filter(sitting=sitting):
        said = recalls.Said(
            text=f"{words} {row.position}",
            moment="yes",
            left=True,
            vetoed=extremes[row.position].start_s in vetoed_s,
        )
        recalls.save_description(sitting_id=sitting.pk, description_id=row.pk, said=said, now=now)
    return sittings.finish_task(sitting_id=sitting.pk, now=now)


def release(world: World) -> None:
    """Let the researcher open the guess."""
    guesses.release_guess(session_id=world.session.pk, user_id=world.owner.pk, now=timezone.now())


def words_of(response: Any) -> str:
    """Return a page without its tokens: random letters, among which any code could stand."""
    return re.sub(r'"\w{64}"', '""', response.content.decode())


def page_data(response: Any) -> Mapping[str, Any]:
    """Return what a page gives its script."""
    text = response.content.decode()
    start = text.index('<script id="page-data"')
    data: Mapping[str, Any] = json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)])
    return data
