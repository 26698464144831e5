"""All settings, read from the environment once. The defaults run the whole studio against the sandbox."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from studio.environment import (
    env,
    env_address,
    env_bool,
    env_database,
    env_fernet_keys,
    env_hosts,
    env_list,
    env_origins,
    env_port,
    env_redis,
    env_sandbox,
    env_sandbox_secret,
    env_secret,
    env_token,
    mail_encryption,
    remembered_address,
)
from studio.single_sign_on import single_sign_on

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env_bool("STUDIO_DEBUG")
PRODUCTION = env_bool("STUDIO_PRODUCTION")
STYLE_PAGE = DEBUG  # /style/ shows every component in every state
DATA_DIR = Path(env("STUDIO_DATA") or BASE_DIR / ".studio")
# Outside production, secrets are made at the first start and kept in the data folder.
SECRETS_DIR = None if PRODUCTION else DATA_DIR

# The old SECRET_KEY goes to STUDIO_SECRET_KEY_FALLBACKS when it is rotated, so that callback addresses already on
# their way stay valid; encryption keys are a list, newest first.
SECRET_KEY = env_secret("STUDIO_SECRET_KEY", SECRETS_DIR, "a random text of 50 characters")
SECRET_KEY_FALLBACKS = env_list("STUDIO_SECRET_KEY_FALLBACKS")
ENCRYPTION_KEYS = env_fernet_keys("STUDIO_ENCRYPTION_KEYS", SECRETS_DIR)

# The address under which gateways and people reach the studio.
PUBLIC_URL = env_address("STUDIO_PUBLIC_URL", remembered_address(DATA_DIR) or "http://127.0.0.1:8000")
if PRODUCTION and not env("STUDIO_PUBLIC_URL"):
    raise ImproperlyConfigured(
        "STUDIO_PUBLIC_URL is not set. In production give the studio's address, for instance https://studio.example.com"
    )
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = env_hosts("STUDIO_HOSTS", PUBLIC_URL)
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
# Who brings this may read /metrics, and the sentences of /readyz. Without it there are no metrics.
METRICS_TOKEN = env_token("STUDIO_METRICS_TOKEN")

# The sandbox, and the private addresses (host:port) that requests of ours may reach. A team cannot change these. In
# production there is no sandbox but one that was named: whatever listens at its usual address there is somebody else.
SANDBOX_URL = env_sandbox("" if PRODUCTION else "http://127.0.0.1:8001")
SANDBOX_SECRET = env_sandbox_secret(SECRET_KEY)
PRIVATE_ORIGINS = [*filter(None, [urlsplit(SANDBOX_URL).netloc]), *env_origins("STUDIO_PRIVATE_ORIGINS")]
# A function that makes another httpx transport for the gateway client; tests reach the sandbox in-process with it.
GATEWAY_TRANSPORT = None
# Seconds that a paid answer waits for a database that is away, before it goes to the spool in the data folder. With the
# deadline of the call this stays below the queue's time-out.
RECORD_PATIENCE = 50

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_q",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "studio",
    "studio.teams",
    "studio.search",
    "studio.notices",
    "studio.files",
    "studio.library",
    "studio.ledger",
    "studio.tasks",
    "studio.assets",
    "studio.composer",
    "studio.batches",
    "studio.finding",
    "studio.health",
    "studio.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "studio.fragments.PageLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "studio.teams.known.WhoAsks",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "studio.fragments.kept_apart",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "studio.broken.only_for_forms",
]

ROOT_URLCONF = "studio.urls"
WSGI_APPLICATION = "studio.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.teams.context.frame",
                "studio.tasks.context.live",
                "studio.notices.context.bell",
            ],
            "builtins": ["studio.icons", "studio.moments", "studio.teams.form_secret"],
        },
    }
]

# Database: SQLite in the data folder, or PostgreSQL by DATABASE_URL. Connections stay open: the web server has a fixed
# number of threads, and django-q2 is an order of magnitude slower when it connects for each job.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",  # a deferred transaction that turns into a writer fails at once instead of waiting
    "timeout": 20,
    # FULL: a committed claim must survive a power cut, because money moves right after it.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
# Values go beside the statement, so that one that is asked again and again can be kept (`teams/statements`).
POSTGRESQL_OPTIONS = {"server_side_binding": True}
DATABASES = {"default": env_database(DATA_DIR)}
POSTGRESQL = DATABASES["default"]["ENGINE"].endswith("postgresql")
if POSTGRESQL:
    DATABASES["default"]["OPTIONS"] = POSTGRESQL_OPTIONS | DATABASES["default"].get("OPTIONS", {})
else:
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_redis()
CACHES = {
    "default": (
        {"BACKEND": "studio.cache.SharedCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "studio"}
    ),
    "queue": {"BACKEND": "studio.pulse.QueueCache", "LOCATION": "queue"},
}

# The queue only rings; the rows are the truth. Each value was measured, see studio/README.md.
Q_CLUSTER: dict[str, Any] = {
    "name": "studio",
    "orm": "default",
    # Each waits for a network most of its time. One gateway that hangs may hold as many as its connection allows at the
    # same time (3); with fewer workers than that, nothing else was sent, asked or kept for 72 seconds.
    "workers": 5,
    # More than the longest deadline of one call to the gateway (300) and the patience with the database after it.
    "timeout": 420,
    "retry": 600,  # counts from the dequeue: must exceed the timeout plus the wait in the queue
    "max_attempts": 1,
    "ack_failures": True,  # otherwise a failed job is run again without end
    "queue_limit": 1,  # prefetched jobs run their retry clock down while they wait
    "bulk": 1,
    "save_limit": -1,  # keeping successes makes each acknowledgement six times slower
    "catch_up": False,
    "recycle": 500,
    "guard_cycle": 0.5,
    "cache": "queue",
    "poll": 1 if POSTGRESQL else 0.05,
    "scheduler": False,  # there are no schedules; the clock rings, and the sentinel needs no database connection
    "log_level": "WARNING",
    "label": "Queue",
    "broker_class": "studio.postgresql.queue.PostgresBroker" if POSTGRESQL else "studio.queue.Broker",
}

AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["studio.teams.signin.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail because a stranger typed their address
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "studio.teams.adapter.AccountAdapter"
# Guessing is slow for an address and for an account; a sign-in link or a reset still lets the owner in.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,30/h/ip,20/h/key"}
SIGNUP_OPEN = env_bool("STUDIO_SIGNUP_OPEN")

# Single sign-on: each is there when its id is set. Whoever arrives with a verified e-mail is the person known by it.
SOCIALACCOUNT_ADAPTER = "studio.teams.adapter.SocialAccountAdapter"
# A link, not a form: the policy lets no form lead to another site. The adapter refuses what could be abused by it.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = single_sign_on()
INSTALLED_APPS += [f"allauth.socialaccount.providers.{name}" for name in SOCIALACCOUNT_PROVIDERS]

SESSION_ENGINE = "studio.teams.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
if SESSION_COOKIE_SECURE:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    # Browsers would refuse http to every name below the studio's for a year: only who runs them all can say so.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env_bool("STUDIO_HSTS_SUBDOMAINS")
    SILENCED_SYSTEM_CHECKS = [] if SECURE_HSTS_PRELOAD else ["security.W005", "security.W021"]
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "studio.formats"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese"))]
LOCALE_PATHS = [BASE_DIR / "studio" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = env("STUDIO_TIME_ZONE", "UTC")

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": ("django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "studio.statics.StaticFiles")
    },
}
FILE_UPLOAD_HANDLERS = ["studio.arriving.NoFiles"]

EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if env('STUDIO_SMTP_HOST') else 'console'}.EmailBackend"
EMAIL_HOST = env("STUDIO_SMTP_HOST")
EMAIL_PORT = env_port("STUDIO_SMTP_PORT", 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env("STUDIO_SMTP_USER"), env("STUDIO_SMTP_PASSWORD")
EMAIL_USE_SSL, EMAIL_USE_TLS = mail_encryption(EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env("STUDIO_MAIL_FROM", "studio@localhost")

DEFAULT_EXCEPTION_REPORTER_FILTER = "studio.logs.Hidden"
# To stderr; `manage.py up` keeps it in files. Django's own default would lose errors when DEBUG is off.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"masked": {"()": "studio.logs.Masked", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # a page that was not found is no event
        "django-q": {"level": "WARNING"},
        "django.template": {"level": "INFO"},  # it would tell all that a page knows, cookies included
        "httpcore": {"level": "WARNING"},  # it would tell every header of an answer, even of one that repeats a key
    },
}
