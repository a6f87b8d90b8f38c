"""Django's settings. A process opens its data folder first (`config.data_folder`); nothing is read from elsewhere."""

from pathlib import Path
from typing import Any

from dialogram.server.config.data_folder import opened_folder

BASE = Path(__file__).parents[1]
FOLDER = opened_folder()

LAN = FOLDER.lan if FOLDER else None
"""The door for other devices (`serve --lan`)."""

DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *(LAN.hosts if LAN else ())]
ROOT_URLCONF = "dialogram.server.config.urls"
WSGI_APPLICATION = None
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/desk/sign-in"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "dialogram.server.config",
    "dialogram.server.accounts",
    "dialogram.server.identity",
    "dialogram.server.records",
    "dialogram.server.room",
    "dialogram.server.desk",
]

MIDDLEWARE = [
    "dialogram.server.config.lan.door.DoorMiddleware",
    "dialogram.server.config.privacy.PrivacyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

if FOLDER is None:
    SECRET_KEY = "no data folder is open"  # noqa: S105  # tools that only read the models
    DATABASES: dict[str, dict[str, Any]] = {
        name: {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"} for name in ("default", "identity")
    }
else:
    SECRET_KEY = FOLDER.keyring.key("web").hex()
    DATABASES = {
        alias: {
            "ENGINE": "dialogram.server.config.sqlcipher",
            "NAME": str(file),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"key": FOLDER.keyring.key(key_name)},
            "TEST": {"NAME": str(file.with_name(f"test-{file.name}"))},
        }
        for alias, file, key_name in (
            ("default", FOLDER.records_file, "records-database"),
            ("identity", FOLDER.identity_file, "identity-database"),
        )
    }
    KEYRING = FOLDER.keyring
    VAULT = FOLDER.vault
    UPLOADS = FOLDER.uploads
    SCRATCH = FOLDER.path / "scratch"

DATABASE_ROUTERS = ["dialogram.server.identity.router.IdentityRouter"]

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_ENGINE = "dialogram.server.config.browser_sessions"
SESSION_COOKIE_NAME = "dialogram"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_NAME = "dialogram_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "dialogram.server.config.errors.stale_page"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"  # with "no-referrer" a browser sends "Origin: null", and no form is taken
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "media-src": ["'self'"],
    "connect-src": ["'self'"],
    "worker-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
STATIC_URL = "/static/"
STATIC_FOLDER = BASE / "static"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own request log would write addresses, which can carry a link's token.
    "loggers": {
        "django.request": {"handlers": ["nowhere"], "propagate": False},
        "django.security": {"handlers": ["nowhere"], "propagate": False},
    },
}
