"""A rating on a disk that gets full again and again: `python filling.py FOLDER TIMES [deaf]`, FOLDER being a disk.

Says a line of JSON for each time: the answers while it was full, what was acknowledged and is lost, the answer to the
same records once there is room. `deaf` acknowledges what could not be stored: the control that must be found out.
"""

import itertools
import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from dialogram.server.config.boot import boot, prepare

STREAM = "5" * 32
PER_POST = 8
MOST_POSTS = 400
MOST_ROOM = 120_000
"""Bytes left on the disk when raters go on: never room for all their posts, sometimes for none."""


def records(first: int) -> list[dict[str, Any]]:
    return [
        {"seq": seq, "events": [["dial", 250 * seq + part, (seq + part) % 101, "wheel"] for part in range(12)]}
        for seq in range(first, first + PER_POST)
    ]


class Ballast:
    """A file that takes up the room on the disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ballast"

    def fill(self, *, leave: int) -> None:
        disk = os.statvfs(self.path.parent)
        with self.path.open("wb") as file:
            file.write(bytes(max(0, disk.f_bavail * disk.f_frsize - leave)))

    def drop(self) -> None:
        self.path.unlink()


def be_deaf() -> None:
    """Let the writer take a refusal of the database for a commit."""
    from django.db import DatabaseError

    from dialogram.server.records.domain import deliveries
    from dialogram.server.records.domain.event_records import Receipt, SealedBatch, Standing, store_sealed

    def store_or_not(sealed: Sequence[SealedBatch], *, now: datetime) -> list[Receipt]:
        try:
            return store_sealed(sealed, now=now)
        except DatabaseError:
            standing = Standing(1, 1, None, is_stopped=False)
            return [Receipt([seq for seq, _, _ in one.records], [], standing) for one in sealed]

    vars(deliveries)["store_sealed"] = store_or_not


def rate(folder: Path, *, times: int) -> Iterator[dict[str, Any]]:
    from django.db import connection
    from django.test import Client
    from tests.server.factories import agree, build_world, come_in, give_link

    from dialogram.capture.messages import Record, canonical
    from dialogram.server.records.domain.event_records import stored_records
    from dialogram.server.records.models import Sitting

    world = build_world()
    agree(world, world.client)
    browser: Client = come_in(give_link(world, world.client))
    browser.raise_request_exception = False
    browser.get("/room/")
    sitting = Sitting.objects.get()

    def there() -> set[bytes]:
        streams = stored_records(sitting.pk, participant_id=sitting.participant_id)
        return {payload for _, payloads in streams for payload in payloads}

    def say(verb: str, message: Any) -> Any:
        return browser.post(f"/room/sittings/{sitting.pk}/{verb}", json.dumps(message), "application/json")

    assert say("streams", {"stream": STREAM}).status_code == 200
    random, ballast, acknowledged = Random(7), Ballast(folder), set[int]()
    firsts = itertools.count(0, PER_POST)
    first = next(firsts)
    for _ in range(times):
        ballast.fill(leave=random.randrange(MOST_ROOM))
        answers = []
        for _ in range(MOST_POSTS):
            answer = say("records", {"stream": STREAM, "records": records(first)})
            answers.append(answer.status_code)
            if answer.status_code != 200:
                break
            acknowledged.update(answer.json()["acknowledged"])
            first = next(firsts)
        stored = there()
        sent = [record for start in range(0, first + PER_POST, PER_POST) for record in records(start)]
        lost = sum(record["seq"] in acknowledged and canonical(Record(**record)) not in stored for record in sent)
        ballast.drop()
        again = say("records", {"stream": STREAM, "records": records(first)})
        acknowledged.update(again.json().get("acknowledged", []))
        first = next(firsts)
        yield {"answers": answers, "lost": lost, "again": again.status_code}
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone() == ("ok",)


def main() -> None:
    folder = Path(sys.argv[1]) / "data"
    prepare(folder)
    boot(folder)
    if sys.argv[3:] == ["deaf"]:
        be_deaf()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    for found in rate(folder.parent, times=int(sys.argv[2])):
        print(json.dumps(found), flush=True)  # noqa: T201  # its voice


if __name__ == "__main__":
    main()
