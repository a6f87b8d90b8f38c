"""Django on a data folder: set up in this process, its databases brought up to date."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.core.management import call_command
from django.db import DatabaseError

from dialogram.server.config.data_folder import FolderError, make_folder, open_folder

if TYPE_CHECKING:
    from dialogram.server.config.lan.door import Lan


def boot(path: Path, *, root_key: bytes | None = None, lan: "Lan | None" = None) -> None:
    """Open the data folder and set Django up on it."""
    open_folder(path, root_key=root_key, lan=lan)
    os.environ["DJANGO_SETTINGS_MODULE"] = "dialogram.server.config.settings"
    django.setup()


def prepare(path: Path) -> None:
    """Make the folder if need be, and bring its databases up to date."""
    make_folder(path)
    folder = open_folder(path)
    for vault in (folder.vault, folder.uploads):
        vault.clear_partial()
    boot(path, root_key=folder.root_key)
    for alias in ("default", "identity"):
        try:
            call_command("migrate", database=alias, verbosity=0, interactive=False)
        except DatabaseError as error:
            raise FolderError(f"{path}: {error}") from error
