"""What the blinding rules need to know of somebody at the desk who looks at a session."""

from dialogram.server.records.enums import MemberRole, RecordingState, SittingState
from dialogram.server.records.models import Membership, Recording, Session, Sitting
from dialogram.server.records.queries.releases import release_of, unblinding_of
from dialogram.study import Task, load_design
from dialogram.study.blinding import Viewer, ViewFacts

VIEWERS = {MemberRole.OWNER: Viewer.OWNER, MemberRole.RESEARCHER: Viewer.RESEARCHER}


def desk_viewer(*, user_id: int, session: Session) -> tuple[Viewer, ViewFacts]:
    """Describe an account that looks at a session to `study.blinding`."""
    study = session.dyad.study
    membership = Membership.objects.filter(study=study, user_id=user_id).first()
    in_use = Recording.objects.filter(session=session).exclude(state=RecordingState.VOID)
    guess_in = Sitting.objects.filter(
        recording__in=in_use, task=Task.GUESS, state__in=(SittingState.FINISHED, SittingState.PARTIAL)
    )
    facts = ViewFacts(
        is_member=membership is not None,
        takes_part=session.dyad.participants.filter(account_id=user_id).exists(),
        deals_with_therapist=membership is None or membership.deals_with_therapists,
        is_void=not in_use.exists(),
        guess_planned=load_design(study.design_text, name="design.toml").has_guess,
        guess_released=release_of(session.pk) is not None,
        guess_in=guess_in.exists(),
        is_unblinded=unblinding_of(session.pk) is not None,
    )
    return VIEWERS[MemberRole(membership.role)] if membership else Viewer.RESEARCHER, facts
