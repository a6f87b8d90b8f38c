"""What a desk account is to a study and its dyads: the facts that `study.blinding` decides on."""

from dialogram.server.records.models import Dyad, Membership
from dialogram.study.blinding import ViewFacts


def membership_of(*, user_id: int, study_id: str) -> Membership | None:
    """Return an account's place in a study, if it has one."""
    return Membership.objects.select_related("study").filter(user_id=user_id, study_id=study_id).first()


def own_dyads(*, user_id: int, study_id: str) -> frozenset[str]:
    """Return the ids of the dyads in which the account's own person takes part."""
    return frozenset(
        Dyad.objects.filter(study_id=study_id, members__participant__account_id=user_id).values_list("pk", flat=True)
    )


def desk_facts(
    membership: Membership | None,
    *,
    takes_part: bool,
    guess_planned: bool = True,
    guess_released: bool = False,
    guess_in: bool = False,
    is_unblinded: bool = False,
) -> ViewFacts:
    """Put together the facts of an account at the desk; what is left out stands as it lets the least be seen."""
    return ViewFacts(
        is_member=membership is not None,
        takes_part=takes_part,
        deals_with_therapist=membership is None or membership.deals_with_therapists,
        is_void=False,
        guess_planned=guess_planned,
        guess_released=guess_released,
        guess_in=guess_in,
        is_unblinded=is_unblinded,
    )
