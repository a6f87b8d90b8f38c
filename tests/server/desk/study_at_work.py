"""A study in the middle of its work, and those who may or may not look at it."""

from dataclasses import dataclass

from django.utils import timezone
from tests.server.factories import CLIENT_VALUES, THERAPIST_VALUES, World, build_world, describe, give_link, rate

from dialogram.server.accounts.models import User
from dialogram.server.records.domain.consents import record_consent
from dialogram.server.records.domain.dictation import begin_dictation
from dialogram.server.records.domain.recordings import start_upload
from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.domain.studies import create_study
from dialogram.server.records.enums import ConsentWay, MemberRole
from dialogram.server.records.models import Description, Link, Membership, Participant, Recording, Session, Sitting
from dialogram.study.design import shipped_text


def make_account(name: str) -> User:
    """Make an account nobody signs in to by password: hashing one takes long."""
    return User.objects.create(username=name, password="!")


@dataclass(frozen=True, kw_only=True)
class StudyAtWork:
    """One dyad with a session whose ratings are in, and one whose recording is being uploaded."""

    world: World
    upload: Recording
    later_session: Session
    recall: Sitting
    description: Description
    link: Link
    member: User
    stranger: User
    own: User


def build_study_at_work() -> StudyAtWork:
    """Build the study with its people, and one account for each way of standing to it."""
    world, now = build_world(), timezone.now()
    for person in (world.client, world.therapist):
        record_consent(
            participant_id=person.pk,
            session_id=world.session.pk,
            way=ConsentWay.PAPER,
            clips_agreed=True,
            actor="test",
            now=now,
        )
    rate(world, world.client, CLIENT_VALUES)
    describe(world, world.client)
    rate(world, world.therapist, THERAPIST_VALUES)
    recall = begin_dictation(
        participant_id=world.therapist.pk, session_id=world.session.pk, user_id=world.owner.pk, now=now
    )
    later = add_session(dyad_id=world.dyad.pk, number=6, held_on=None, user_id=world.owner.pk, now=now)
    upload = start_upload(session_id=later.pk, files=[("later.mp4", 10)], user_id=world.owner.pk, now=now)
    give_link(world, world.therapist)
    member, stranger, own = (make_account(name) for name in ("member", "stranger", "own"))
    for account in (member, own):
        Membership.objects.create(study=world.study, user=account, role=MemberRole.RESEARCHER)
    Membership.objects.filter(study=world.study).update(deals_with_therapists=False)
    Participant.objects.filter(pk=world.client.pk).update(account=own)
    create_study(name="Elsewhere", design_text=shipped_text("helpfulness"), user_id=stranger.pk, now=now)
    return StudyAtWork(
        world=world,
        upload=upload,
        later_session=later,
        recall=recall,
        description=Description.objects.filter(sitting=recall)[0],
        link=Link.objects.get(),
        member=member,
        stranger=stranger,
        own=own,
    )
