"""Desk accounts: made, found, given a new password."""

import secrets

from django.db import transaction

from dialogram.server.accounts.models import User

# Without letters and digits that are taken for one another when read aloud.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class AccountError(ValueError):
    """An account that cannot be made as asked."""


def any_account() -> bool:
    """Whether somebody has an account yet."""
    return User.objects.exists()


@transaction.atomic
def make_owner(*, username: str, password: str) -> User:
    """Make the first account, which owns the installation; there is one chance for it."""
    if any_account():
        raise AccountError("There is an owner already.")
    return User.objects.create_user(username, password, is_owner=True)


@transaction.atomic
def make_account(*, username: str) -> tuple[User, str]:
    """Make an account with a password drawn by lot, which is shown once and then changed by its owner."""
    if User.objects.filter(username__iexact=username).exists():
        raise AccountError("There is an account with this name already.")
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
    return User.objects.create_user(username, password), password


def find_account(username: str) -> User | None:
    """Return the account with this name that may sign in."""
    return User.objects.filter(username__iexact=username, is_active=True).first()


def change_password(*, user: User, password: str) -> None:
    """Give an account a new password; its other sessions end with the old one."""
    user.set_password(password)
    user.save(update_fields=["password"])
