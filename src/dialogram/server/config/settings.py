SECRET_KEY = "replaced"  # noqa: S105  # written anew below, from the keyring
INSTALLED_APPS: list[str] = []
USE_TZ = True
