from typing import Any

from django.db import models


class IdentityRouter:
    """Keep names and contacts in the identity database, and everything else out of it."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str:
        return "identity" if model._meta.app_label == "identity" else "default"

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        return self.db_for_read(model, **hints)

    def allow_relation(self, one: models.Model, other: models.Model, **_hints: Any) -> bool:
        return (one._meta.app_label == "identity") == (other._meta.app_label == "identity")

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return (db == "identity") == (app_label == "identity")
