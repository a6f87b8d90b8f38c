"""Raters who send a real-sized POST each 2 s to a served Dialogram: how long they wait, and whether anything is lost.

`python -m benchmarks.ingest [SECONDS [RATERS…]]`. Default settings: one encrypted SQLite, an fsync for each commit,
granian and the whole middleware. The raters are a compiled program on the same cores (`raters.c`; needs gcc). All come
at once to a server that has read nothing yet: the first column of times says how long they wait until that has evened
out, the others leave these rounds out. What was acknowledged in any of them is read back, opened and compared at the
end. Target (DESIGN, section 11): 1,500 raters, p99 under 300 ms, 0 lost; also while a recording is imported.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.e2e.serving import Server

from dialogram.server.config.boot import prepare
from dialogram.simulate.recording import make_recording

RECORDS = 8
FILM_S = 240
IMPORTS = 16
FIRST_ROUNDS = 4
SETTLE_S = 3.0
"""The worker still loads when the server is ready."""
PROGRAM = Path(__file__).with_name("raters.c")


def pieces() -> list[str]:
    """Give the events of two seconds of busy rating, a record in each quarter of a second: some 3 kB with the rest."""
    made = []
    for place in range(RECORDS):
        begun_ms = 61_000.0 + 250 * place
        dials = [["dial", begun_ms + 28.412 * step, 40 + place + step, "pointer"] for step in range(8)]
        clock = ["clock", begun_ms + 233.3, round((begun_ms - 1_000) / 1000, 6), "frame"]
        beats = [["heartbeat", begun_ms, round((begun_ms - 1_000) / 1000, 6), 40]] if place % 4 == 0 else []
        spelt = json.dumps([*dials, clock, *beats], separators=(",", ":"))
        made.append(re.sub(r"\.0(?=[,\]])", "", spelt))  # as a browser spells whole numbers
    return made


@dataclass(frozen=True)
class Rater:
    """Somebody who has come in."""

    sitting: str
    participant: str
    cookie: str
    csrf: str


def invite(count: int) -> tuple[list[Rater], str]:
    """Make a session that so many people watch, each with a key of their own, and let all of them come in."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone
    from tests.server.factories import add_recording

    from dialogram.server.accounts.models import User
    from dialogram.server.records.domain import recordings, sittings
    from dialogram.server.records.domain.audit import participant_actor
    from dialogram.server.records.domain.links import make_link
    from dialogram.server.records.domain.people import add_dyad, add_participant
    from dialogram.server.records.domain.sessions import add_session, note_others_agreed
    from dialogram.server.records.domain.studies import create_study
    from dialogram.server.room.entry import SESSION_KEY
    from dialogram.study import Role, Task
    from dialogram.study.design import shipped_text

    now = timezone.now()
    owner = User.objects.create(username="owner", password="!").pk
    study = create_study(name="Many", design_text=shipped_text("helpfulness"), user_id=owner, now=now)
    roles = [Role.CLIENT, Role.THERAPIST, *[Role.OBSERVER] * (count - 2)]
    people = [
        add_participant(study_id=study.pk, role=role, code=f"P-{number}", user_id=owner, now=now)
        for number, role in enumerate(roles)
    ]
    dyad = add_dyad(study_id=study.pk, participant_ids=[one.pk for one in people], user_id=owner, now=now)
    session = add_session(dyad_id=dyad.pk, number=1, held_on=None, user_id=owner, now=now)
    note_others_agreed(session_id=session.pk, note="Signed", user_id=owner, now=now)
    recording = add_recording(
        session, media=b"film" * 1000, media_type="video/mp4", has_video=True, user_id=owner, now=now
    )
    recordings.confirm(recording_id=recording.pk, watched=recordings.PLACES, user_id=owner, now=now)
    raters = []
    for one in people:
        link = make_link(
            participant_id=one.pk,
            session_id=session.pk,
            tasks=[Task.RATE],
            lifetime=timedelta(days=1),
            user_id=owner,
            now=now,
        )
        sitting = sittings.begin_sitting(
            participant=one, session_id=session.pk, task=Task.RATE, actor=participant_actor(one.pk), now=now
        )
        browser = SessionStore()
        browser[SESSION_KEY] = link.link.pk
        browser.create()
        assert browser.session_key
        raters.append(Rater(sitting.pk, one.pk, browser.session_key, secrets.token_hex(16)))
    return raters, dyad.pk


def open_streams(raters: list[Rater]) -> dict[Rater, str]:
    """Let everybody open a page."""
    from django.utils import timezone

    from dialogram.server.records.domain import sittings

    streams = {rater: secrets.token_hex(16) for rater in raters}
    for rater, stream in streams.items():
        sittings.open_stream(sitting_id=rater.sitting, stream_id=stream, take_over=True, now=timezone.now())
    return streams


def ask_for_imports(dyad: str, film: bytes, *, first: int, count: int) -> None:
    """Upload a recording several times, so that the worker is busy all the while."""
    from django.utils import timezone

    from dialogram.server.accounts.models import User
    from dialogram.server.records.domain.recordings import finish_upload, start_upload
    from dialogram.server.records.domain.sessions import add_session
    from dialogram.server.records.domain.uploads import PIECE_BYTES, take_piece

    owner, now = User.objects.get().pk, timezone.now()
    for number in range(first, first + count):
        session = add_session(dyad_id=dyad, number=number, held_on=None, user_id=owner, now=now)
        files = [("film.mp4", len(film))]
        recording = start_upload(session_id=session.pk, files=files, user_id=owner, now=now)
        for piece, begin in enumerate(range(0, len(film), PIECE_BYTES)):
            take_piece(
                recording_id=recording.pk,
                part_number=0,
                piece_number=piece,
                data=film[begin : begin + PIECE_BYTES],
            )
        finish_upload(recording_id=recording.pk, user_id=owner, now=now)


def cpu_seconds(pid: int) -> float:
    """Give the processor time of a process and all that came of it and still live."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue
        fields = text.rpartition(")")[2].split()
        one = int(status.parent.name)
        children.setdefault(int(fields[1]), []).append(one)
        used[one] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    found, todo = 0.0, [pid]
    while todo:
        one = todo.pop()
        found += used.get(one, 0.0)
        todo += children.get(one, [])
    return found


def quantiles(rows: NDArray[np.float64], *shares: float) -> list[float]:
    return [float(ms) for ms in np.quantile(rows[:, 4], shares)] if len(rows) else [float("nan")] * len(shares)


@dataclass(frozen=True)
class Answers:
    """Rows of (rater, first record, status, records acknowledged, ms)."""

    rows: NDArray[np.float64]
    cpu_s: float
    seconds: float

    def row(self, name: str, raters: int, lost: int) -> str:
        answered = self.rows[self.rows[:, 2] == 200]
        is_first = answered[:, 1] < FIRST_ROUNDS * RECORDS
        (first,), (p50, p95, p99) = quantiles(answered[is_first], 0.99), quantiles(answered[~is_first], 0.5, 0.95, 0.99)
        refused = len(self.rows) - len(answered)
        numbers = (len(self.rows) / self.seconds, refused, first, p50, p95, p99, lost)
        each_ms = 1000 * self.cpu_s / max(1, len(answered))
        return f"{name:16}{raters:>12,}" + "".join(f"{number:>12,.0f}" for number in numbers) + f"{each_ms:>12.2f}"


def rate(program: Path, server: Server, streams: dict[Rater, str], *, seconds: float) -> Answers:
    """Let everybody rate."""
    assert server.process is not None
    folder = program.parent
    lines = [f"{rater.sitting} {stream} {rater.cookie} {rater.csrf}\n" for rater, stream in streams.items()]
    (folder / "raters").write_text("".join(lines))
    (folder / "pieces").write_text("".join(f"{piece}\n" for piece in pieces()))
    before_s = cpu_seconds(server.process.pid)
    subprocess.run(
        [program, str(server.port), str(seconds), folder / "raters", folder / "pieces", folder / "answers"],
        check=True,
        timeout=seconds + 120,
    )
    cpu_s = cpu_seconds(server.process.pid) - before_s
    return Answers(np.loadtxt(folder / "answers", ndmin=2), cpu_s, seconds)


def count_lost(streams: dict[Rater, str], answers: Answers) -> int:
    """Open everything that is stored, and count the acknowledged records that are not there as they were sent."""
    from dialogram.capture.messages import Record, canonical
    from dialogram.server.records.domain.event_records import stored_records

    lost = 0
    texts = [json.loads(piece) for piece in pieces()]
    for index, (rater, name) in enumerate(streams.items()):
        stored = stored_records(rater.sitting, participant_id=rater.participant)
        there = {payload for stream, payloads in stored if stream.stream_id == name for payload in payloads}
        for _, first, _, acknowledged, _ in answers.rows[answers.rows[:, 0] == index]:
            for place in range(int(acknowledged)):
                lost += canonical(Record(seq=int(first) + place, events=texts[place])) not in there
    return lost


def count_imported() -> int:
    from dialogram.server.records.enums import JobState
    from dialogram.server.records.models import Job

    return Job.objects.filter(state=JobState.DONE).count()


def main(seconds: float = 30, *counts: float) -> None:
    wanted = [int(count) for count in counts] or [1_500]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        program = folder / "program"
        subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", "-o", program, PROGRAM], check=True)
        make_recording(folder / "film.mp4", duration_s=FILM_S, seed=1)
        film = (folder / "film.mp4").read_bytes()
        prepare(folder / "data")
        from django.db import connections

        raters, dyad = invite(max(wanted))
        heads = ("raters", "asked/s", "refused", "first p99", "p50 ms", "p95 ms", "p99 ms", "lost", "CPU ms each")
        print(f"{'':16}" + "".join(f"{head:>12}" for head in heads))
        for turn, (count, importing) in enumerate(
            (count, importing) for count in wanted for importing in (False, True)
        ):
            streams = open_streams(raters[:count])
            if importing:
                ask_for_imports(dyad, film, first=2 + turn * IMPORTS, count=IMPORTS)
            connections.close_all()
            imported = count_imported()
            server = Server(folder / "data")
            server.start()
            time.sleep(SETTLE_S)
            try:
                answers = rate(program, server, streams, seconds=seconds)
                imported = count_imported() - imported
            finally:
                server.stop()
            lost = count_lost(streams, answers)
            print(answers.row(f"{imported} imports" if importing else "quiet", count, lost))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
