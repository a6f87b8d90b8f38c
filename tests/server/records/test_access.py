import pytest
from django.utils import timezone
from tests.server.factories import CLIENT_VALUES, THERAPIST_VALUES, World, agree, build_world, rate

from dialogram.server.records.domain.sittings import begin_sitting
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.enums import SittingState
from dialogram.server.records.models import Membership, Sitting, Unblinding
from dialogram.server.records.queries.access import desk_viewer, membership_of
from dialogram.server.records.queries.sessions import sessions_at_a_glance
from dialogram.study import Task
from dialogram.study.blinding import Thing, may_see

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = build_world()
    for person, values in ((world.client, CLIENT_VALUES), (world.therapist, THERAPIST_VALUES)):
        agree(world, person)
        rate(world, person, values)
    return world


def results_open(world: World) -> bool:
    """Ask for the results as the page does and as the table does; the two must never part."""
    membership = membership_of(user_id=world.owner.pk, study_id=world.study.pk)
    assert membership is not None
    (row,) = sessions_at_a_glance(
        membership, design=design_of(world.study), hidden_dyads=frozenset(), now=timezone.now()
    )
    viewer, facts = desk_viewer(user_id=world.owner.pk, session=world.session)
    page = may_see(viewer, Thing.RESULTS, facts).allowed
    assert row.results.state == ("ready" if page else "locked")
    return page


def guess(world: World, state: SittingState) -> None:
    sitting = begin_sitting(
        participant=world.therapist, session_id=world.session.pk, task=Task.GUESS, actor="test", now=timezone.now()
    )
    Sitting.objects.filter(pk=sitting.pk).update(state=state)


@pytest.mark.parametrize(
    ("state", "is_open"), [(SittingState.OPEN, False), (SittingState.FINISHED, True), (SittingState.PARTIAL, True)]
)
def test_table_and_page_agree_whether_a_guess_is_in(world: World, state: SittingState, *, is_open: bool) -> None:
    assert not results_open(world)

    guess(world, state)

    assert results_open(world) is is_open


def test_table_and_page_agree_on_who_does_not_meet_the_therapist(world: World) -> None:
    Membership.objects.update(deals_with_therapists=False)

    assert results_open(world)


def test_table_and_page_agree_on_results_opened_early(world: World) -> None:
    Unblinding.objects.create(
        recording=world.recording, reason="the therapist left", unblinded_by=world.owner, unblinded_at=timezone.now()
    )

    assert results_open(world)
