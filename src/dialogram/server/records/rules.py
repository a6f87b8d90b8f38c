"""Who of the desk may do what in a study."""

from dialogram.server.records.enums import MemberRole

EVERY_MEMBER = frozenset(MemberRole)
OWNER = frozenset({MemberRole.OWNER})

MAY = {
    "see the study": EVERY_MEMBER,
    "run sessions": EVERY_MEMBER,
    "see names": EVERY_MEMBER,
    "see results": EVERY_MEMBER,
    "export": EVERY_MEMBER,
    "change the design": OWNER,
    "choose members": OWNER,
    "unblind": OWNER,
}


def may(role: MemberRole, action: str) -> bool:
    """Whether a member's role allows an action; what is not listed is not allowed."""
    return role in MAY.get(action, frozenset())
