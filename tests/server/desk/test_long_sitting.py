"""An hour's rating by hands that never rest: what its log comes to, and what the desk reads to show its trace."""

from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Length
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.server.factories import World, build_world, page_data, records_of, send, short_design

from dialogram.capture import StepFunction
from dialogram.server.records.models import DerivedTrace, EventRecord, Sitting

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
def world(django_capture_on_commit_callbacks: Any) -> World:
    world = build_world(design=short_design(), length_s=HOUR_S)
    with django_capture_on_commit_callbacks(execute=True):
        for seed, person in enumerate((world.client, world.therapist)):
            send(world, person, records_of(restless_hand(seed), seed=seed, until_s=HOUR_S + 1, has_video=True))
    return world


def payloads_read(browser: Client, address: str) -> int:
    """Show a page of results; return how often what was recorded was read for it."""
    with CaptureQueriesContext(connection) as queries:
        raters = page_data(browser.get(address))["raters"]
    assert [len(rater["values"]) for rater in raters] == [HOUR_S, HOUR_S]
    return sum("sealed_payload" in one["sql"] and RECORDS in one["sql"] for one in queries)


def test_an_hour_fits_into_five_megabytes_and_the_desk_need_not_read_it(world: World) -> None:
    sittings = list(Sitting.objects.filter(recording=world.recording))
    assert len(sittings) == 2
    for sitting in sittings:
        assert EventRecord.objects.filter(stream__sitting=sitting).count() > 4 * HOUR_S
        assert stored_bytes(sitting) < MOST_BYTES

    browser = Client()
    browser.force_login(world.owner)
    session = f"/desk/sessions/{world.session.pk}/"
    browser.post(f"{session}results/unblind", {"reason": "Both have rated; there will be no guess."})
    assert payloads_read(browser, f"{session}results") == 0
    DerivedTrace.objects.all().delete()
    assert payloads_read(browser, f"{session}results") == 2
    assert payloads_read(browser, f"{session}results") == 0
