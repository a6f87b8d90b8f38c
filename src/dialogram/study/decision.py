from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed, and a stable code that says why not.

    A code tells of blinded facts as much as an answer does: it is for the desk and the audit trail. A participant who
    is refused is told the same whatever the code, except for ``consent_missing``, which only she can mend.

    Examples
    --------
    >>> bool(ALLOWED), bool(deny("void"))
    (True, False)
    """

    allowed: bool
    code: str

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(allowed=True, code="allowed")


def deny(code: str) -> Decision:
    """Refuse, with the reason's code."""
    return Decision(allowed=False, code=code)


def require(*conditions: tuple[bool, str]) -> Decision:
    """Allow when every condition holds, else refuse with the code of the first that does not.

    Examples
    --------
    >>> require((True, "void"), (False, "consent_missing"), (False, "rate_unfinished")).code
    'consent_missing'
    """
    return next((deny(code) for holds, code in conditions if not holds), ALLOWED)
