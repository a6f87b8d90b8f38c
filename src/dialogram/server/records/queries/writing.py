"""How streams stand for those who write into them: asked once for all whose records are stored together.

One plain query over primary keys: the same through the models takes thrice the time of storing the records. It takes
one value and gives one (JSON), for between two rows other threads run and have to be waited for (decision 8).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection

from dialogram.server.records.enums import RecordingState
from dialogram.study import load_design
from dialogram.study.sampling import plan_course


@dataclass(frozen=True, kw_only=True)
class Source:
    """Who asks to write, and where: a page that came in by a link, or a phone that is the dial of one that did."""

    link_id: str
    sitting_id: str
    stream_id: str
    phone_id: str | None = None


@dataclass(frozen=True)
class Writing:
    """A sitting that a link may touch, and the asker's stream in it, if it was opened."""

    participant_id: str
    state: str
    stream_pk: str | None


def find_writings(sources: Sequence[Source], *, now: datetime) -> list[Writing | None]:
    """Return how things stand for each; None if its link is closed, or the sitting is of another person, session, task.

    A link to a whole course leads to the sessions of the plan.
    """
    found: list[Writing | None] = [None] * len(sources)
    asked = [(source.link_id, source.sitting_id, source.stream_id, source.phone_id) for source in sources]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT json_group_array(json_array(
                asked.key, link.tasks, sitting.task, sitting.participant_id, sitting.state, stream.id,
                CASE WHEN link.whole_course THEN session.number END,
                CASE WHEN link.whole_course THEN study.design_text END
            ))
            FROM json_each(%s) asked
            JOIN records_link link ON link.id = asked.value ->> 0
            JOIN records_sitting sitting
                ON sitting.id = asked.value ->> 1 AND sitting.participant_id = link.participant_id
            JOIN records_recording recording ON recording.id = sitting.recording_id
            JOIN records_session session ON session.id = recording.session_id
            JOIN records_session linked ON linked.id = link.session_id
            JOIN records_participant participant ON participant.id = link.participant_id
            JOIN records_study study ON study.id = participant.study_id
            LEFT JOIN records_stream stream
                ON stream.sitting_id = sitting.id AND stream.stream_id = asked.value ->> 2
                AND stream.phone_id IS NOT DISTINCT FROM asked.value ->> 3
            WHERE recording.state = %s AND link.revoked_at IS NULL AND link.expires_at > %s
                AND (session.id = linked.id OR (link.whole_course AND session.dyad_id = linked.dyad_id))
            """,
            [json.dumps(asked), RecordingState.READY.value, connection.ops.adapt_datetimefield_value(now)],
        )
        (rows,) = cursor.fetchone()
    for place, tasks, task, participant_id, state, stream_pk, number, design_text in json.loads(rows):
        if task in json.loads(tasks) and (number is None or _is_planned(design_text, number)):
            found[place] = Writing(participant_id, state, stream_pk)
    return found


@lru_cache(maxsize=4096)
def _is_planned(design_text: str, number: int) -> bool:
    """Whether a design's plan holds the session of this number, which there is."""
    rule = load_design(design_text, name="design.toml").sampling
    return number in plan_course(rule, held=[number]).held
