"""What a desk account is to a study, its dyads and sessions: the facts that `study.blinding` decides on."""

from dialogram.server.records.enums import RecordingState, SittingState
from dialogram.server.records.models import Dyad, Membership, Recording, Session, Sitting
from dialogram.server.records.queries.releases import release_of, unblinding_of
from dialogram.study import Task, load_design
from dialogram.study.blinding import Viewer, ViewFacts


def membership_of(*, user_id: int, study_id: str) -> Membership | None:
    """Return an account's place in a study, if it has one."""
    return Membership.objects.select_related("study").filter(user_id=user_id, study_id=study_id).first()


def own_dyads(*, user_id: int, study_id: str) -> frozenset[str]:
    """Return the ids of the dyads in which the account's own person takes part."""
    return frozenset(
        Dyad.objects.filter(study_id=study_id, members__participant__account_id=user_id).values_list("pk", flat=True)
    )


def desk_viewer(*, user_id: int, session: Session) -> tuple[Viewer, ViewFacts]:
    """Describe an account that looks at a session to `study.blinding`."""
    study = session.dyad.study
    membership = membership_of(user_id=user_id, study_id=study.pk)
    in_use = Recording.objects.filter(session=session).exclude(state=RecordingState.VOID)
    guess = Sitting.objects.filter(recording__in=in_use, task=Task.GUESS).exclude(state=SittingState.OPEN)
    return viewer_of(membership), desk_facts(
        membership,
        takes_part=session.dyad.participants.filter(account_id=user_id).exists(),
        is_void=not in_use.exists(),
        guess_planned=load_design(study.design_text, name="design.toml").has_guess,
        guess_released=release_of(session.pk) is not None,
        guess_in=guess.exists(),
        is_unblinded=unblinding_of(session.pk) is not None,
    )


def viewer_of(membership: Membership | None) -> Viewer:
    """Return the kind of account; one without a place in the study is told apart by the facts, and sees nothing."""
    return Viewer(membership.role) if membership else Viewer.RESEARCHER


def desk_facts(
    membership: Membership | None,
    *,
    takes_part: bool,
    is_void: bool,
    guess_planned: bool,
    guess_released: bool,
    guess_in: bool,
    is_unblinded: bool,
) -> ViewFacts:
    """Put together the facts of an account at the desk, from whatever they were read."""
    return ViewFacts(
        is_member=membership is not None,
        takes_part=takes_part,
        deals_with_therapist=membership is None or membership.deals_with_therapists,
        is_void=is_void,
        guess_planned=guess_planned,
        guess_released=guess_released,
        guess_in=guess_in,
        is_unblinded=is_unblinded,
    )
