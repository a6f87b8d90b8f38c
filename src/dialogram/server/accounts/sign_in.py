import hashlib
import secrets
from datetime import datetime, timedelta

from dialogram.server.accounts.models import SignInLink, User


def make_sign_in_link(user: User, *, lifetime: timedelta, now: datetime) -> str:
    """Make a link that signs an account in, and return its token: the only copy of it."""
    token = secrets.token_urlsafe(24)
    SignInLink.objects.create(user=user, token_hash=_hash(token), expires_at=now + lifetime)
    return token


def user_by_link(token: str, *, now: datetime) -> User | None:
    """Return whom a sign-in link belongs to; None for a wrong one and for one that has run out."""
    link = SignInLink.objects.select_related("user").filter(token_hash=_hash(token), expires_at__gt=now).first()
    return link.user if link is not None and link.user.is_active else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
