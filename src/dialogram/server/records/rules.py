"""Who of the desk may do what in a study."""

EVERY_MEMBER = frozenset({"owner", "researcher"})
OWNER = frozenset({"owner"})

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


def may(role: str, action: str) -> bool:
    """Whether a member's role allows an action; what is not listed is not allowed."""
    return role in MAY.get(action, frozenset())
