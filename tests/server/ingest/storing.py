"""A process that stores and says what is acknowledged: `python storing.py FOLDER make|store|early|read`.

`early` says it before it is true: the control that must be found out.
"""

import sys
import threading
from pathlib import Path

from dialogram.server.config.processes import boot, prepare

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
    from dialogram.server.records.models import Recording, Sitting
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
    recording = Recording.objects.create(session=session, created_at=now)
    Sitting.objects.create(participant=people[0], recording=recording, task=Task.RATE, opened_at=now)


def store(folder: Path, *, early: bool) -> None:
    from django.utils import timezone

    from dialogram.server.ingest.writer import writer
    from dialogram.server.records.domain.event_records import RecordBatch
    from dialogram.server.records.models import Sitting, Stream
    from dialogram.server.records.models.ids import new_id

    sitting = Sitting.objects.get()
    told = threading.Lock()

    def say(stream: str, seqs: list[int]) -> None:
        with told:
            print(stream, *seqs, flush=True)  # noqa: T201  # its voice

    def go_on(stream: Stream) -> None:
        for first in range(0, 1_000_000, PER_BATCH):
            seqs = list(range(first, first + PER_BATCH))
            batch = RecordBatch(
                stream_pk=stream.pk,
                sitting_id=sitting.pk,
                participant_id=sitting.participant_id,
                records=[(seq, payload(stream.pk, seq)) for seq in seqs],
                saved_to_s=float(first),
            )
            if early:
                say(stream.pk, seqs)
            acknowledged = writer.store(batch).acknowledged
            if not early:
                say(stream.pk, acknowledged)

    for _ in range(THREADS):
        stream = Stream.objects.create(sitting=sitting, stream_id=new_id(), epoch=1, opened_at=timezone.now())
        threading.Thread(target=go_on, args=(stream,)).start()


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
    else:
        store(folder, early=what == "early")


if __name__ == "__main__":
    main()
