"""Settings, typed from the environment. One variable per thing that someone really turns.

Two ways to run from one code: the one-machine mode (default: SQLite, files, in-process jobs, daphne) and
production (PostgreSQL, Redis, S3, uvicorn, Celery workers), which refuses to start without what it needs.
Each variable can be given as a file: `NAME_FILE` instead of `NAME`. See docs/operations.md.
"""

import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF, WASM_UNSAFE_EVAL
from django.core.exceptions import ImproperlyConfigured
from environs import FileAwareEnv

from medicus.lib.keyfiles import load_or_create
from medicus.static_headers import static_headers

env = FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = env.str("MEDICUS_MODE", "one-machine") == "production"
VAR_DIR = Path(env.str("MEDICUS_VAR", str(BASE_DIR / "var")))
KEYS_DIR = Path(env.str("MEDICUS_KEYS", str(VAR_DIR / "keys")))
MAY_CREATE_KEYS = not PRODUCTION or sys.argv[1:2] == ["make_keys"]

ORIGIN = env.str("MEDICUS_ORIGIN", "http://localhost:8000")
"""Where browsers reach the service; its host is the only one that is answered."""
HTTPS = ORIGIN.startswith("https://")

DATABASE_URL = env.str("DATABASE_URL", "")
REDIS_URL = env.str("REDIS_URL", "")
BROKER_URL = env.str("BROKER_URL", REDIS_URL)
S3_ENDPOINT = env.str("S3_ENDPOINT", "")
S3_BUCKET = env.str("S3_BUCKET", "medicus")
S3_ACCESS_KEY = env.str("S3_ACCESS_KEY", "")
S3_SECRET_KEY = env.str("S3_SECRET_KEY", "")
# Each "<vkey> <address>": who cosigns the audit log's checkpoints
AUDIT_WITNESSES: list[str] = env.list("AUDIT_WITNESSES", [])
# Whom to ask for the TXT records that prove domains, "address" or "address:port". Empty: the machine's own resolvers.
DNS_RESOLVERS: list[str] = env.list("MEDICUS_DNS_RESOLVERS", [])
# Networks (CIDR) beside the internet in which hospitals' identity providers may lie.
PROVIDER_NETWORKS: list[str] = env.list("MEDICUS_PROVIDER_NETWORKS", [])
# Hosts of push services beside the browser makers' own (messaging.push); these may lie in a private network.
PUSH_HOSTS: list[str] = env.list("MEDICUS_PUSH_HOSTS", [])
OPEN_REGISTRATION = env.bool("MEDICUS_OPEN_REGISTRATION", default=True)
"""Whether hospitals may apply on a page by themselves; it needs the root's key on this machine."""
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", "")
"""The malware scanner, "host:port" or "unix:/path". Empty: findings are not scanned, and say so."""

if PRODUCTION:
    needed = ("DATABASE_URL", "REDIS_URL", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY")
    if missing := [name for name in needed if not globals()[name]]:
        raise ImproperlyConfigured(f"production needs {', '.join(missing)} (see docs/operations.md)")

SECRET_KEY = env.str("MEDICUS_SECRET_KEY", "") or (
    load_or_create(
        KEYS_DIR / "django.key", lambda: secrets.token_urlsafe(64).encode(), may_create=MAY_CREATE_KEYS
    ).decode()
)
DEBUG = False
ALLOWED_HOSTS = [urlsplit(ORIGIN).hostname or "localhost", *env.list("MEDICUS_EXTRA_HOSTS", [])]

INSTALLED_APPS = [
    "daphne",
    "channels",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_vite",
    "rest_framework",
    "drf_spectacular",
    "audit",
    "identity",
    "rota",
    "storage",
    "messaging",
    "teleconsult",
    "medicus",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "identity.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "medicus.lib.problems.ProblemMiddleware",
    "identity.middleware.StepUpMiddleware",
]

ROOT_URLCONF = "medicus.urls"
ASGI_APPLICATION = "medicus.asgi.application"
AUTH_USER_MODEL = "identity.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "identity.context.actor",
            ],
        },
    }
]

FORM_RENDERER = "medicus.lib.form_renderer.Renderer"

# Data. Every timeout is short: a part that is away is a clear 503, never a page that hangs.
_postgres_options = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "options": "-c statement_timeout=5s -c idle_in_transaction_session_timeout=10s -c lock_timeout=3s",
}
_sqlite_options = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
DATABASES = {"default": dj_database_url.parse(DATABASE_URL or f"sqlite:///{VAR_DIR / 'medicus.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"] = (
    _postgres_options if DATABASES["default"]["ENGINE"].endswith("postgresql") else _sqlite_options
)
if not DATABASE_URL:
    # Tests use a file as well: SQLite in memory locks whole tables between threads, which a file does not.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}

CHANNEL_LAYERS = {
    "default": {
        # The pub/sub layer: the core layer lost consumers at 2,000 connections.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 1, "socket_connect_timeout": 1}]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

# People and sessions. Limits after BSI TR-03161: idle 30 minutes, absolute 12 hours (one shift).
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "identity:sign-in"
SESSION_ENGINE = "identity.session_store"
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # the row in the database ends a session, not the cookie
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_ABSOLUTE_SECONDS = 12 * 3600
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_TRUSTED_ORIGINS = [ORIGIN]
CSRF_FAILURE_VIEW = "medicus.lib.problems.csrf_failure"

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_SSL_REDIRECT = PRODUCTION and HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, WASM_UNSAFE_EVAL],
        "worker-src": [SELF, "blob:"],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, ORIGIN.replace("http", "ws", 1)],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }
}

# Language and time
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
# Our own words win over the same words of a library: to DRF, "Search" is a noun.
LOCALE_PATHS = [
    BASE_DIR / app / "locale"
    for app in ("medicus", "audit", "identity", "rota", "storage", "messaging", "teleconsult")
]
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "medicus.formats"
TIME_ZONE = env.str("MEDICUS_TIME_ZONE", "Europe/Berlin")

# Mail: only where a server is named. Without one, administrators hand links over themselves.
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "medicus@localhost")
EMAIL_TIMEOUT = 5

# The built front end
STATIC_URL = "/static/"
FRONT_END_DIST = BASE_DIR / "web" / "dist"
STATICFILES_DIRS = [("web", FRONT_END_DIST)] if FRONT_END_DIST.exists() else []
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": FRONT_END_DIST / "manifest.json",
        "static_url_prefix": "web",
    }
}
# Vite has already put a hash into each file's name; hashing twice would break its imports.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers
WHITENOISE_IMMUTABLE_FILE_TEST = r"/web/assets/.+-[\w-]{8}\.\w+$"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["identity.permissions.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "medicus.lib.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Medicus",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "GroupKind": "messaging.serializers.GROUP_KINDS",
        "CaseState": "messaging.serializers_cases.CASE_STATES",
        "CaseOutcome": "messaging.serializers_cases.OUTCOMES",
        "WaiverReason": "messaging.serializers_cases.WAIVERS",
        "KeptFrom": "messaging.serializers_cases.KEPT_FROM",
        "DeclineReason": "messaging.serializers.REASONS",
        "AcknowledgementKind": "messaging.serializers_urgent.ACKNOWLEDGEMENT_KINDS",
        "UrgentState": "messaging.serializers_urgent.URGENT_STATES",
        "UrgentAct": "messaging.serializers_urgent.URGENT_ACTS",
        "ReportCategory": "messaging.api.conduct.CATEGORIES",
        "ReportState": "messaging.api.conduct.STATES",
        "ReportOutcome": "messaging.api.conduct.OUTCOMES",
        "OrganisationKind": "identity.serializers_onboarding.ORGANISATION_KINDS",
        "Speciality": "identity.serializers_directory.SPECIALITIES",
        "OwnSpeciality": "identity.serializers_directory.OWN_SPECIALITIES",
        "EvidenceKind": "identity.serializers_onboarding.EVIDENCE_KINDS",
        "ApplicationState": "identity.serializers_onboarding.APPLICATION_STATES",
        "StepState": "identity.serializers_onboarding.STEP_STATES",
        "MembershipState": "identity.serializers_people.STATES",
        "ImportState": "identity.api_imports.STATES",
        "OffboardingReason": "identity.api_offboarding.REASONS",
        "JoinRefusal": "identity.serializers_joins.REFUSALS",
        "ApiKeyState": "identity.serializers_api_keys.KEY_STATES",
    },
}

# Uploads take their own road (storage.uploads); no other request is large. Patient data must not reach
# Django's temporary files: everything up to the limit stays in memory.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
UPLOAD_LIMIT_BYTES = env.int("UPLOAD_LIMIT_BYTES", 2 * 1024**3)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("MEDICUS_LOG_LEVEL", "INFO")},
    "loggers": {
        "daphne": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # else it tells of which letters names are made
    },
}
