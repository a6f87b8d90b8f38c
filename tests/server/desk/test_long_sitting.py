"""An hour's rating by hands that never rest: what its log comes to, and what the desk reads to show its trace."""

import numpy as np
import pytest
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Length
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.server.factories import World, build_world, page_data, records_of, send, short_design

from dialogram.capture import StepFunction
from dialogram.server.records.models import EventRecord, Sitting

pytestmark = pytest.mark.django_db

HOUR_S = 3600.0
TURNS_PER_S = 20.0
MOST_BYTES = 5e6
RECORDS = EventRecord._meta.db_table


def restless_hand(seed: int) -> StepFunction:
    """Return a hand that turns by one unit this way or that, at random moments, all the hour."""
    rng = np.random.default_rng(seed)
    moments_s = np.sort(rng.uniform(0.5, HOUR_S, round(TURNS_PER_S * HOUR_S)))
    starts_s = np.concatenate([[0.0], moments_s[np.diff(moments_s, prepend=0.0) > 0.001]])
    walked = np.cumsum(rng.choice([-1.0, 1.0], starts_s.size)) + 49.0
    return StepFunction(starts_s, [*starts_s[1:], HOUR_S], np.abs((walked + 100) % 200 - 100))


def stored_bytes(sitting: Sitting) -> int:
    rows = EventRecord.objects.filter(stream__sitting=sitting)
    total: int = rows.aggregate(total=Sum(Length("sealed_payload") + Length("digest")))["total"]
    return total


@pytest.fixture
def world() -> World:
    world = build_world(design=short_design(), length_s=HOUR_S)
    for seed, person in enumerate((world.client, world.therapist)):
        send(world, person, records_of(restless_hand(seed), seed=seed, until_s=HOUR_S + 1, has_video=True))
    return world


def test_an_hour_fits_into_five_megabytes_and_is_read_by_the_desk_once(world: World) -> None:
    sittings = list(Sitting.objects.filter(recording=world.recording))
    assert len(sittings) == 2
    for sitting in sittings:
        assert EventRecord.objects.filter(stream__sitting=sitting).count() > 4 * HOUR_S
        assert stored_bytes(sitting) < MOST_BYTES

    browser = Client()
    browser.force_login(world.owner)
    session = f"/desk/sessions/{world.session.pk}/"
    browser.post(f"{session}results/unblind", {"reason": "Both have rated; there will be no guess."})
    read = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(f"{session}results")
        raters = page_data(answer)["raters"]
        assert [len(rater["values"]) for rater in raters] == [HOUR_S, HOUR_S]
        read.append([one["sql"] for one in queries if "sealed_payload" in one["sql"] and RECORDS in one["sql"]])
    first, second = read
    assert len(first) == 2
    assert second == []
