import pytest
from django.test import Client
from django.utils import timezone
from tests.server.factories import CLIENT_VALUES, MOMENTS_S, THERAPIST_VALUES, World, agree, build_world, describe, rate

from dialogram.server.records.domain.recalls import Said, save_description
from dialogram.server.records.models import Description, Membership, Sitting

pytestmark = pytest.mark.django_db


def results(world: World) -> str:
    Membership.objects.update(deals_with_therapists=False)
    browser = Client()
    browser.force_login(world.owner)
    return browser.get(f"/desk/sessions/{world.session.pk}/results").content.decode()


def test_each_moment_says_whether_it_was_the_moment_and_what_became_of_it() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    rate(world, world.therapist, THERAPIST_VALUES)
    recall = describe(world, world.client, vetoed_s=[MOMENTS_S[0]])
    Sitting.objects.filter(pk=recall.pk).update(state="open")
    said = (
        Said(text="too soon", moment="earlier", left=True),
        Said(text="never mind", moment="slip", left=True),
        Said(skipped=True),
    )
    for row, one in zip(Description.objects.filter(sitting=recall), said, strict=False):
        save_description(sitting_id=recall.pk, description_id=row.pk, said=one, now=timezone.now())
    Sitting.objects.filter(pk=recall.pk).update(state="finished")

    shown = results(world)

    assert '<q>too soon</q> <span class="soft">the moment was earlier</span>' in shown
    assert '<q>never mind</q> <span class="soft">a slip of the dial</span>' in shown
    assert '<span class="soft">passed over</span>' in shown
    # nothing can be pressed before the script that plays is there
    assert 0 < shown.count("data-seek") == shown.count("disabled data-seek")
    assert "data-play disabled" in shown


def test_why_extremes_are_missing_stands_where_they_would() -> None:
    world = build_world()
    rate(world, world.client, (50.0,) * 6)
    rate(world, world.therapist, THERAPIST_VALUES)

    assert "None: the trace is flat" in results(world)


def test_figures_keep_their_colours_on_a_page_that_lets_no_element_bring_a_style() -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES)
    rate(world, world.therapist, THERAPIST_VALUES)

    shown = results(world)

    assert shown.count("<figure") >= 3
    assert 'fill="#0072b2"' in shown
    assert " style=" not in shown
