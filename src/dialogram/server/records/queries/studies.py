"""An account's studies, as they stand in the list."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet

from dialogram.server.records.models import Study


def studies_of(*, user_id: int) -> QuerySet[Study, Any]:
    """Return the studies an account belongs to, each with how many dyads and sessions it may know of."""
    own = Q(dyads__members__participant__account_id=user_id)
    return (
        Study.objects.filter(memberships__user_id=user_id)
        .annotate(
            role=F("memberships__role"),
            all_dyads=Count("dyads", distinct=True),
            own_dyads=Count("dyads", filter=own, distinct=True),
            all_sessions=Count("dyads__sessions", distinct=True),
            own_sessions=Count("dyads__sessions", filter=own, distinct=True),
        )
        .annotate(dyad_count=F("all_dyads") - F("own_dyads"), session_count=F("all_sessions") - F("own_sessions"))
        .order_by("name")
    )
