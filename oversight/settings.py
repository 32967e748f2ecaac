"""All settings of Oversight, read from the environment; see docs/running.md for each variable.

Strict: what is missing or cannot be understood stops the start with a sentence. Insecure settings are
refused outside the demo and the tests by the checks in ``core/checks.py``.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# ── Who we are ──────────────────────────────────────────────────────────────────────────────────────
SECRET_KEY = env.str("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
# The demo keeps its mails on this machine instead of sending them and allows plain HTTP.
DEMO = env.bool("OVERSIGHT_DEMO", default=False)
# Opens the page of those mails, which hold links that nobody but their reader may use.
DEMO_POST_KEY = env.str("DEMO_POST_KEY", default="")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))

INSTALLED_APPS = [
    "status.apps.StatusConfig",
    "budget.apps.BudgetConfig",
    "requirements_app.apps.RequirementsConfig",
    "alerts.apps.AlertsConfig",
    "projects.apps.ProjectsConfig",
    "accounts.apps.AccountsConfig",
    "core.apps.CoreConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "heroicons",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.StorableQuery",
    "core.middleware.ShortWay",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.CompressedPages",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "core.history.HistoryMiddleware",
    "core.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.DomainErrorMiddleware",
]

# What core.middleware.ShortWay answers.
SHORT_WAY = ("projects:live",)

ROOT_URLCONF = "oversight.urls"
WSGI_APPLICATION = "oversight.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "status.context_processors.navigation",
            ],
            "builtins": ["core.templatetags.figures"],
        },
    }
]

# ── Database: the app role reads and writes, the owner creates and migrates ─────────────────────────
DATABASE_OPTIONS = {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {"connect_timeout": 5, "application_name": "oversight"},
}
DATABASES = {"default": {**env.db_url("DATABASE_URL"), **DATABASE_OPTIONS}}
if env.str("DATABASE_OWNER_URL", default=""):
    # Only where migrations run. The web and worker processes of a deployment never hold this secret.
    DATABASES["owner"] = {**env.db_url("DATABASE_OWNER_URL"), **DATABASE_OPTIONS, "CONN_MAX_AGE": 0}
DATABASE_ROUTERS = ["core.database_roles.OwnerMigrates"]

# Who asked is noted with what changes; a page that is only read costs nothing.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# ── Sign-in ─────────────────────────────────────────────────────────────────────────────────────────
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.sign_in.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.SignInForm",
    "change_password": "accounts.sign_in_forms.PasswordChangeForm",
    "reset_password": "accounts.sign_in_forms.PasswordRequestForm",
    "reset_password_from_key": "accounts.sign_in_forms.PasswordResetForm",
}
# Limits go by the address of whoever asks: how many proxies of ours add to X-Forwarded-For before the request is here.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# A second factor by an app, with recovery codes; its secrets are encrypted with the secret key.
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Oversight"
# Clocks of telephones differ: the code before and the one after are taken too, each once.
MFA_TOTP_TOLERANCE = 1
# An address is proved by the invitation that came to it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# In the database, so that sign-in and its rate limits work without Redis and across processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # Past this many, living entries are thrown out too: whoever guesses must not get rid of the count that way.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Pieces of pages that are the same for everybody, or until the worker keeps other figures: in each process's
    # own memory, and never what only some may see without that in its key.
    "pieces": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pieces",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())

# ── Transport security ──────────────────────────────────────────────────────────────────────────────
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
if env.bool("TRUST_X_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# ── Language, time, numbers ─────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = False

# ── Files ───────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "files")))
# Uploads lie in MEDIA_ROOT, or in a private bucket. Either way they are only handed out by views that check access.
S3_BUCKET = env.str("S3_BUCKET", default="")
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", default="")
S3_REGION = env.str("S3_REGION", default="")
S3_ACCESS_KEY_ID = env.str("S3_ACCESS_KEY_ID", default="")
S3_SECRET_ACCESS_KEY = env.str("S3_SECRET_ACCESS_KEY", default="")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "core.bucket_storage.BucketStorage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": S3_ENDPOINT_URL or None,
            "region_name": S3_REGION or None,
            # Without keys the machine's own role is used.
            "access_key": S3_ACCESS_KEY_ID or None,
            "secret_key": S3_SECRET_ACCESS_KEY or None,
            # Each file has a random name of its own, so nothing is asked before it is written.
            "file_overwrite": True,
            # What is read is kept on disk beyond this, not in the memory of the web server.
            "max_memory_size": 2 * 1024 * 1024,
        },
    }
# What one organisation's people may add to projects as files, all together.
STORAGE_QUOTA_BYTES = env.int("STORAGE_QUOTA_BYTES", default=5 * 1024**3)
# Ten files of the size that one may have, and some room.
LARGEST_REQUEST_BYTES = env.int("LARGEST_REQUEST_BYTES", default=300 * 1024**2)
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# ── Mail ────────────────────────────────────────────────────────────────────────────────────────────
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Oversight <oversight@localhost>")
# Mails to <secret>@this are timesheets; see "Mails that come in" in docs/running.md. Empty: none are received.
INBOUND_MAIL_DOMAIN = env.str("INBOUND_MAIL_DOMAIN", default="")
EMAIL_URL = env.str("EMAIL_URL", default="") or ("" if DEMO else "smtp://localhost:25")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    # Nothing is sent out: whoever started the demo reads its mails at /post/.
    EMAIL_BACKEND = "core.demo_post.DemoPost"
EMAIL_TIMEOUT = 20
# Where the hourly trial alert goes; without it no server is asked to take it.
CANARY_MAIL_TO = env.str("CANARY_MAIL_TO", default="")
MAIL_REDIRECTS = {"canary@oversight.invalid": CANARY_MAIL_TO} if CANARY_MAIL_TO else {}

# ── Webhooks ────────────────────────────────────────────────────────────────────────────────────────
# Networks that messages may be posted to although they are not the open Internet's, such as a company's own.
WEBHOOK_ALLOWED_NETWORKS = env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])

# ── Background work: Postgres is the truth, the broker is only the doorbell ─────────────────────────
REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = "UTC"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Task limits stay below the visibility time-out: a task that outlives it would be delivered twice.
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# However long the broker is gone: a worker that gave up would have to be started by hand.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Tasks wait and the worker takes none of them for so long: it ends itself, to be started anew.
WORKER_STUCK_AFTER = timedelta(seconds=env.int("WORKER_STUCK_SECONDS", default=120))
CELERY_BEAT_SCHEDULER = "core.beat:Scheduler"
# How long something that no doorbell reached may wait: beat's sweep finds it then.
SWEEP_EVERY = timedelta(seconds=env.int("SWEEP_SECONDS", default=20))
CELERY_BEAT_SCHEDULE = {
    "sweep alerts": {"task": "alerts.sweep", "schedule": SWEEP_EVERY},
    "send what is due": {"task": "projects.send_due_messages", "schedule": SWEEP_EVERY},
    "post to programs": {"task": "projects.send_to_programs", "schedule": SWEEP_EVERY},
    "answer password requests": {"task": "accounts.answer_password_requests", "schedule": SWEEP_EVERY},
    "sweep imports": {"task": "projects.sweep_imports", "schedule": SWEEP_EVERY},
    "send letters": {"task": "core.send_letters", "schedule": SWEEP_EVERY},
    # Often, and nearly always for nothing: what falls due by the clock is asked of the database.
    "send the canary": {"task": "alerts.send_canary", "schedule": timedelta(minutes=1)},
    "write weekly summaries": {"task": "status.write_weekly_summaries", "schedule": timedelta(minutes=15)},
    "reconcile": {"task": "alerts.reconcile", "schedule": timedelta(minutes=15)},
    "forget what is old": {"task": "projects.forget_old_messages", "schedule": timedelta(hours=6)},
    "forget idempotency keys": {"task": "core.forget_idempotency_keys", "schedule": timedelta(hours=1)},
    "forget request counts": {"task": "core.forget_request_counts", "schedule": timedelta(hours=1)},
}

# ── API ─────────────────────────────────────────────────────────────────────────────────────────────
# Per token and minute of the clock; far above what a person's scripts need.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["projects.api_access.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["projects.api_access.CapabilityPermission"],
    "DEFAULT_THROTTLE_CLASSES": ["core.request_limits.RequestLimit"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "core.api_schema.OperationSchema",
    "EXCEPTION_HANDLER": "core.api.problem_details",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Oversight API",
    "DESCRIPTION": "What the pages show and do, for programs: the same data, rules and rights.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["projects.api_access.SignedInPermission"],
    # The first one says what a stranger is asked for.
    "SERVE_AUTHENTICATION": [
        "projects.api_access.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices stay where they are used: their names would have to be invented.
    "POSTPROCESSING_HOOKS": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# ── Observability ───────────────────────────────────────────────────────────────────────────────────
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": "ext://core.logs.render_json",
            "foreign_pre_chain": "ext://core.logs.shared_processors",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
