"""A process that stores and says what is acknowledged: `python storing.py FOLDER make|store|early|hasty|read|check`.

`early` says it before it is true, `hasty` does not wait for the disk: the controls that must be found out. `check`
reads paths of databases from its input, opens each with the keys of the folder, and says what it found in it.
"""

import sys
import threading
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from dialogram.server.config.boot import boot, prepare
from dialogram.vault import SealingError

THREADS = 4
PER_BATCH = 8


def payload(stream: str, seq: int) -> bytes:
    return f'{{"seq":{seq},"of":"{stream}","events":[{"[1,2.5]," * 40}[]]}}'.encode()


def make(folder: Path) -> None:
    prepare(folder)
    from django.utils import timezone

    from dialogram.server.accounts.models import User
    from dialogram.server.records.domain.people import add_dyad, add_participant
    from dialogram.server.records.domain.sessions import add_session
    from dialogram.server.records.domain.studies import create_study
    from dialogram.server.records.enums import RecordingState
    from dialogram.server.records.models import Link, Recording, Sitting
    from dialogram.study import Role, Task
    from dialogram.study.design import shipped_text

    now = timezone.now()
    owner = User.objects.create(username="owner", password="!")
    study = create_study(name="x", design_text=shipped_text("helpfulness"), user_id=owner.pk, now=now)
    people = [
        add_participant(study_id=study.pk, role=role, code=role.value, user_id=owner.pk, now=now)
        for role in (Role.CLIENT, Role.THERAPIST)
    ]
    dyad = add_dyad(study_id=study.pk, participant_ids=[one.pk for one in people], user_id=owner.pk, now=now)
    session = add_session(dyad_id=dyad.pk, number=1, held_on=None, user_id=owner.pk, now=now)
    Link.objects.create(
        participant=people[0],
        session=session,
        tasks=[Task.RATE],
        token_hash=b"",
        created_by=owner,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    recording = Recording.objects.create(session=session, state=RecordingState.READY, created_at=now)
    Sitting.objects.create(participant=people[0], recording=recording, task=Task.RATE, opened_at=now)


def store(folder: Path, *, early: bool) -> None:
    from django.utils import timezone

    from dialogram.server.ingest.writer import writer
    from dialogram.server.records.domain.deliveries import Delivery
    from dialogram.server.records.models import Link, Sitting, Stream
    from dialogram.server.records.models.ids import new_id
    from dialogram.server.records.queries.writing import Source

    link, sitting = Link.objects.get(), Sitting.objects.get()
    told = threading.Lock()

    def say(stream: str, seqs: list[int]) -> None:
        with told:
            print(stream, *seqs, flush=True)  # noqa: T201  # its voice

    def go_on(stream: Stream) -> None:
        for first in range(0, 1_000_000, PER_BATCH):
            seqs = list(range(first, first + PER_BATCH))
            delivery = Delivery(
                source=Source(link_id=link.pk, sitting_id=sitting.pk, stream_id=stream.stream_id),
                records=[(seq, payload(stream.pk, seq)) for seq in seqs],
                saved_to_s=float(first),
            )
            if early:
                say(stream.pk, seqs)
            acknowledged = writer.store(delivery).acknowledged
            if not early:
                say(stream.pk, acknowledged)

    for _ in range(THREADS):
        stream = Stream.objects.create(sitting=sitting, stream_id=new_id(), epoch=1, opened_at=timezone.now())
        threading.Thread(target=go_on, args=(stream,)).start()


def be_hasty() -> None:
    """Let a commit be done when the operating system has it."""
    from django.db.backends.signals import connection_created

    def loosen(*, connection: Any, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = NORMAL")

    connection_created.connect(loosen, weak=False)


def check() -> None:
    """Say for each database `stream:count …`, or `unreadable`; a record that is not what was sent makes it that."""
    from sqlcipher3 import dbapi2 as sqlcipher

    from dialogram.server.records.domain.event_records import record_context
    from dialogram.server.records.models import Sitting
    from dialogram.server.records.models.sealed import keyring, sealer

    seal = sealer(Sitting.objects.get().participant_id)
    key = keyring().key("records-database").hex()
    for line in sys.stdin:
        counts: Counter[str] = Counter()
        try:
            with closing(sqlcipher.connect(line.strip())) as connection:
                connection.execute(f"PRAGMA key = \"x'{key}'\"")
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                rows = connection.execute(
                    "SELECT stream_id, seq, sealed_payload FROM records_eventrecord ORDER BY stream_id, seq"
                )
                for stream, seq, sealed in rows:
                    opened = seal.open(sealed, context=record_context(stream, seq))
                    assert (seq, opened) == (counts[stream], payload(stream, seq))
                    counts[stream] += 1
            assert all(count % PER_BATCH == 0 for count in counts.values()), "a batch in part"
            found = " ".join(f"{stream}:{count}" for stream, count in counts.items())
        except (sqlcipher.DatabaseError, AssertionError, SealingError):
            found = "unreadable"
        print(found, flush=True)  # noqa: T201  # its voice


def read(folder: Path) -> None:
    """Say every stored record that opens and is what was sent."""
    from django.db import connection

    from dialogram.server.records.domain.event_records import stored_records
    from dialogram.server.records.models import Sitting

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone() == ("ok",)
    sitting = Sitting.objects.get()
    for stream, payloads in stored_records(sitting.pk, participant_id=sitting.participant_id):
        for seq, stored in enumerate(payloads):
            assert stored == payload(stream.pk, seq), (stream.pk, seq)
        print(stream.pk, *range(len(payloads)))  # noqa: T201  # its voice


def main() -> None:
    folder, what = Path(sys.argv[1]), sys.argv[2]
    if what == "make":
        make(folder)
        return
    boot(folder)
    if what == "read":
        read(folder)
    elif what == "check":
        check()
    else:
        if what == "hasty":
            be_hasty()
        store(folder, early=what == "early")


if __name__ == "__main__":
    main()
