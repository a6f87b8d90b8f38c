import io
import zipfile

import pytest
from django.test import Client
from django.utils import timezone
from tests.server.factories import build_world

from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.models import Membership, Participant

pytestmark = pytest.mark.django_db


def test_an_export_says_how_many_sessions_are_locked_and_why() -> None:
    world = build_world()
    add_session(dyad_id=world.dyad.pk, number=6, held_on=None, user_id=world.owner.pk, now=timezone.now())
    browser = Client()
    browser.force_login(world.owner)

    def export() -> str:
        sent = browser.post(f"/desk/studies/{world.study.pk}/export")
        return zipfile.ZipFile(io.BytesIO(sent.content)).read("README.txt").decode()

    assert "Left out: 2 sessions are locked" in export()
    assert "2 sessions are locked" in browser.get(f"/desk/studies/{world.study.pk}/").content.decode()

    Membership.objects.update(deals_with_therapists=False)
    assert "Left out" not in export()
    assert "are locked" not in browser.get(f"/desk/studies/{world.study.pk}/").content.decode()

    Membership.objects.update(deals_with_therapists=True)
    Participant.objects.filter(pk=world.client.pk).update(account=world.owner)
    assert "Left out" not in export(), "own dyads are not there, not even as a number"
