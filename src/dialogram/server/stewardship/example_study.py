"""The example study of `dialogram demo`: everything in it is invented, made through the same doors as a real one."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import numpy as np
from django.utils import timezone

from dialogram.capture import StepFunction
from dialogram.capture.messages import Record, canonical
from dialogram.server.accounts.models import User
from dialogram.server.accounts.sign_in import make_sign_in_link
from dialogram.server.jobs.worker import run_job
from dialogram.server.records.domain import (
    consents,
    guesses,
    links,
    people,
    recalls,
    recordings,
    scores,
    sessions,
    sittings,
    studies,
    visits,
)
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.event_records import RecordBatch, store_batches
from dialogram.server.records.domain.jobs import claim_job
from dialogram.server.records.domain.uploads import PIECE_BYTES
from dialogram.server.records.enums import ConsentWay
from dialogram.server.records.models import Description, Guess, Participant, Recording, Session, Sitting
from dialogram.simulate import Rater, simulate_event_log, simulate_hand, simulate_noise
from dialogram.simulate.recording import make_recording
from dialogram.study import Role, Task, shipped_text
from dialogram.timeline import HELPFULNESS

LENGTH_S = 240.0
TRIAL_LENGTH_S = 90.0
SEED = 20_161
CURVE_STEP_S = 0.25
SHORTER = {"window_s": 10, "warm_up_s": 15, "lead_in_s": 5, "same_kind_gap_s": 20, "recording_s": 20}
"""The example's session lasts four minutes, not fifty; its segments are shorter to match."""

MOMENTS = ((30, 24), (66, -30), (100, 34), (136, -22), (170, 28), (208, -34))
"""What happens in the example: seconds, and how far the moment goes beyond neutral."""

CLIENT_WORDS = {
    "helpful": (
        "I said out loud what I had only thought, and it was met with calm.",
        "We found a word for it. Suddenly it was smaller than me.",
        "She remembered what I told her weeks ago. I felt seen.",
    ),
    "hindering": (
        "I had just begun, and we went on to the next thing.",
        "That question felt like a test. I wanted to give the right answer.",
        "I was still with what came before and could not follow.",
    ),
}
THERAPIST_WORDS = {
    "helpful": (
        "We named the feeling together and stayed with it.",
        "A pause that held. Then the client went on alone.",
        "I linked it to what we had found last month.",
    ),
    "hindering": (
        "I hurried. I wanted to get to the exercise.",
        "I explained where I should have asked.",
        "I lost the thread for a moment.",
    ),
}


@dataclass(frozen=True)
class Example:
    """Where the example study can be seen, as paths on the server."""

    desk_path: str
    room_path: str


def make_example_study(*, progress: Callable[[str], None]) -> Example:
    """Fill an empty data folder with a finished dyad and an open client link."""
    now = timezone.now()
    films = {length_s: _film(length_s, progress=progress) for length_s in (LENGTH_S, TRIAL_LENGTH_S)}
    owner = User.objects.create_user("example", None, is_owner=True)  # one comes in by the link
    study = studies.create_study(
        name="What helped, moment by moment (example)", design_text=_design(), user_id=owner.pk, now=now
    )
    made = _Making(study.pk, owner.pk)
    client, therapist, other = (
        made.person(Role.CLIENT, "K7"),
        made.person(Role.THERAPIST, "T2"),
        made.person(Role.CLIENT, "K8"),
    )
    progress("a session that is rated, described and guessed")
    session = made.session([client, therapist], number=5, film=films[LENGTH_S], at=now - timedelta(days=9))
    made.finish(session, client=client, therapist=therapist, at=now - timedelta(days=6))
    progress("a session that waits for its client")
    waiting = made.session([other, therapist], number=3, film=films[TRIAL_LENGTH_S], at=now - timedelta(days=1))
    link = links.make_link(
        participant_id=other.pk,
        session_id=waiting.pk,
        tasks=[Task.RATE, Task.RECALL],
        lifetime=timedelta(days=1),
        user_id=owner.pk,
        now=now,
    )
    sign_in = make_sign_in_link(owner, lifetime=timedelta(days=1), now=now)
    return Example(desk_path=f"/desk/enter/{sign_in}?next=/desk/studies/{study.pk}/", room_path=f"/r/{link.token}")


@dataclass(frozen=True)
class _Making:
    """Steps of making the example, each through the domain function a person's click would call."""

    study_id: str
    user_id: int

    def person(self, role: Role, code: str) -> Participant:
        return people.add_participant(
            study_id=self.study_id, role=role, code=code, user_id=self.user_id, now=timezone.now()
        )

    def session(self, pair: Sequence[Participant], *, number: int, film: Path, at: datetime) -> Session:
        user_id = self.user_id
        dyad = people.add_dyad(
            study_id=self.study_id, participant_ids=[person.pk for person in pair], user_id=user_id, now=at
        )
        session = sessions.add_session(dyad_id=dyad.pk, number=number, held_on=at.date(), user_id=self.user_id, now=at)
        sessions.note_others_agreed(
            session_id=session.pk, note="Both have signed the form for recordings.", user_id=user_id, now=at
        )
        recording = recordings.start_upload(
            session_id=session.pk, files=[(film.name, film.stat().st_size)], user_id=user_id, now=at
        )
        part = recording.parts.get()
        with film.open("rb") as file:
            for piece in range(-(-part.size // PIECE_BYTES)):
                recordings.pieces_of(part).write_piece(piece, file.read(PIECE_BYTES))
        recordings.finish_upload(recording_id=recording.pk, user_id=user_id, now=at)
        job = claim_job(now=timezone.now())
        if job is None:
            raise RuntimeError("the example's import was not asked for")
        run_job(job, stopping=Event())
        recordings.confirm(recording_id=recording.pk, watched=recordings.PLACES, user_id=user_id, now=at)
        return session

    def finish(self, session: Session, *, client: Participant, therapist: Participant, at: datetime) -> None:
        hands = _hands()
        for person, words, day in ((client, CLIENT_WORDS, 0), (therapist, THERAPIST_WORDS, 1)):
            when = at + timedelta(days=day)
            consents.record_consent(
                participant_id=person.pk,
                session_id=session.pk,
                way=ConsentWay.SCREEN,
                clips_agreed=person.role == Role.CLIENT,
                actor=participant_actor(person.pk),
                now=when,
            )
            self._rate(session, person, hands[Role(person.role)], when)
            self._recall(session, person, words, when + timedelta(minutes=10))
        guesses.release_guess(session_id=session.pk, user_id=self.user_id, now=at + timedelta(days=2))
        self._guess(session, therapist, at + timedelta(days=3))
        for person, instrument, total in (
            (client, "alliance", 51.0),
            (therapist, "alliance", 47.0),
            (client, "session", 68.0),
            (therapist, "session", 61.0),
        ):
            scores.enter_score(
                session_id=session.pk,
                participant_id=person.pk,
                instrument=instrument,
                total=total,
                user_id=self.user_id,
                now=at + timedelta(days=3),
            )

    def _sitting(self, session: Session, person: Participant, task: Task, at: datetime) -> Sitting:
        link = links.make_link(
            participant_id=person.pk,
            session_id=session.pk,
            tasks=[task],
            lifetime=timedelta(hours=1),
            user_id=self.user_id,
            now=at,
        ).link
        visit = visits.present_visit(link, now=at)
        links.revoke_link(link_id=link.pk, user_id=self.user_id, now=at)
        if visit is None:
            raise RuntimeError(f"the example's {task} does not open")
        return visit.sitting

    def _rate(self, session: Session, person: Participant, hand: StepFunction, at: datetime) -> None:
        sitting = self._sitting(session, person, Task.RATE, at)
        recording = Recording.objects.get(pk=sitting.recording_id)
        log = simulate_event_log(
            hand, rng=np.random.default_rng(SEED), duration_s=recording.duration_s or LENGTH_S, fps=5.0
        )
        stream_id = log.records[0].stream
        stream = sittings.open_stream(sitting_id=sitting.pk, stream_id=stream_id, now=at)
        rows = [(row.seq, canonical(Record(seq=row.seq, events=list(map(list, row.events))))) for row in log.records]
        batch = RecordBatch(
            stream_pk=stream.pk,
            sitting_id=sitting.pk,
            participant_id=person.pk,
            records=rows,
            saved_to_s=recording.duration_s,
        )
        store_batches([batch], now=at)
        sittings.finish_rating(sitting_id=sitting.pk, stream_id=stream_id, last_seq=rows[-1][0], now=at)

    def _recall(self, session: Session, person: Participant, words: Mapping[str, Sequence[str]], at: datetime) -> None:
        sitting = self._sitting(session, person, Task.RECALL, at)
        extremes = recalls.extremes_of(sitting)
        for description in Description.objects.filter(sitting=sitting):
            extreme = extremes[description.position]
            said = recalls.Said(text=words[extreme.kind][extreme.rank - 1], moment="yes", left=True)
            recalls.save_description(sitting_id=sitting.pk, description_id=description.pk, said=said, now=at)
        sittings.finish_task(sitting_id=sitting.pk, now=at)

    def _guess(self, session: Session, person: Participant, at: datetime) -> None:
        sitting = self._sitting(session, person, Task.GUESS, at)
        guess = Guess.objects.select_related("sitting__participant__study", "release__about").get(sitting=sitting)
        kinds = dict(guesses.true_kinds(guess))
        swapped = [next(card for card, kind in kinds.items() if kind == side) for side in ("helpful", "hindering")]
        placed = kinds | {swapped[0]: "hindering", swapped[1]: "helpful"}
        guesses.place_cards(sitting_id=sitting.pk, placed=placed, now=at)
        guesses.hand_in_guess(sitting_id=sitting.pk, now=at)


def _design() -> str:
    text = shipped_text("helpfulness")
    for key, value in SHORTER.items():
        text, found = re.subn(rf"(?m)^{key} = \d+", f"{key} = {value}", text)
        if found != 1:
            raise RuntimeError(f"the shipped design has no {key} to shorten")
    return text


def _hands() -> Mapping[Role, StepFunction]:
    rng = np.random.default_rng(SEED)
    at_s = CURVE_STEP_S * np.arange(int((LENGTH_S + 5) / CURVE_STEP_S))
    happening = sum(height * np.exp(-0.5 * ((at_s - place) / 7.0) ** 2) for place, height in MOMENTS)
    happening = happening + simulate_noise(rng, size=at_s.size, step_s=CURVE_STEP_S, sd=3.0, memory_s=20.0)
    raters = {
        Role.CLIENT: Rater(tracking=1.0, bias=3.0, lag_s=1.5, own_sd=3.0, threshold=1.0),
        Role.THERAPIST: Rater(tracking=0.6, bias=5.0, lag_s=2.5, own_sd=8.0, threshold=2.0),
    }
    return {
        role: simulate_hand(rng, happening, step_s=CURVE_STEP_S, rater=rater, scale=HELPFULNESS)
        for role, rater in raters.items()
    }


def _film(length_s: float, *, progress: Callable[[str], None]) -> Path:
    """Return the example's recording, made once on this machine and kept in its cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "dialogram"
    path = cache / f"example-1-{length_s:.0f}.mp4"
    if not path.exists():
        progress(f"two voices and a moving picture of {length_s:.0f} s, this first time only")
        cache.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.mp4")
        make_recording(partial, duration_s=length_s, seed=SEED)
        partial.replace(path)
    return path
