"""What staff have opened for a session. It was opened for one recording: when that is void, so is the opening."""

from dialogram.server.records.enums import RecordingState
from dialogram.server.records.models import GuessRelease, Unblinding


def release_of(session_id: str) -> GuessRelease | None:
    """Return the release of the guess on the session's recording in use, if there is one."""
    return (
        GuessRelease.objects.select_related("about")
        .filter(session_id=session_id)
        .exclude(about__recording__state=RecordingState.VOID)
        .first()
    )


def unblinding_of(session_id: str) -> Unblinding | None:
    """Return how the results of the session's recording in use were opened early, if they were."""
    return (
        Unblinding.objects.filter(recording__session_id=session_id)
        .exclude(recording__state=RecordingState.VOID)
        .first()
    )
