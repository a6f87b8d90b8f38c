"""The server's clock is set while somebody rates: where a value lies in the recording does not move."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from tests.server.factories import CLIENT_VALUES, agree, build_world, come_in, give_link, hand, records_of

from dialogram.capture import Assembly
from dialogram.server.records.domain.traces import assemble_sitting
from dialogram.server.records.models import EventRecord, Sitting

# The one writer has a connection of its own: it sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)

type SetClock = Callable[[timedelta], None]
REAL_NOW = timezone.now


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    def to(by: timedelta) -> None:
        def now() -> datetime:
            return REAL_NOW() + by

        monkeypatch.setattr(timezone, "now", now)

    return to


def rate_while(set_clock: SetClock, change: timedelta) -> Assembly:
    """Rate from beginning to end; in the middle the clock changes, and the page is loaded anew."""
    world = build_world()
    agree(world, world.client)
    browser = come_in(give_link(world, world.client))
    browser.get("/room/")
    sitting = Sitting.objects.get(participant=world.client)

    def say(verb: str, message: Any) -> Any:
        answer = browser.post(f"/room/sittings/{sitting.pk}/{verb}", json.dumps(message), "application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    ((name, records),) = records_of(hand(CLIENT_VALUES)).items()
    say("streams", {"stream": name})
    for first in range(0, len(records), 60):
        if first > len(records) / 2:
            set_clock(change)
        sent = records[first : first + 60]
        assert say("records", {"stream": name, "records": sent})["acknowledged"] == [row["seq"] for row in sent]
    assert say("streams", {"stream": name})["epoch"] == 1
    say("finish", {"stream": name, "last_seq": records[-1]["seq"]})
    received = set(EventRecord.objects.filter(stream__sitting=sitting).values_list("received_at", flat=True))
    assert max(received) - min(received) >= abs(change) / 2, "the clock was really set"
    return assemble_sitting(Sitting.objects.get(pk=sitting.pk))


@pytest.mark.parametrize(
    "change",
    [timedelta(days=-2), timedelta(hours=6), timedelta(hours=-1)],
    ids=["two days back", "six hours on", "an hour back"],
)
def test_a_clock_that_is_set_moves_nothing(set_clock: SetClock, change: timedelta) -> None:
    undisturbed = rate_while(set_clock, timedelta(0))
    disturbed = rate_while(set_clock, change)

    np.testing.assert_array_equal(disturbed.trace.values, undisturbed.trace.values)
    np.testing.assert_array_equal(disturbed.trace.coverage, undisturbed.trace.coverage)
    assert disturbed.gaps == undisturbed.gaps
