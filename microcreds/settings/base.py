"""Everything both development and production share; safe values, secrets without a default."""

import importlib.resources
import os
from pathlib import Path

import dj_database_url
import environ
from celery.schedules import crontab

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
if os.environ.get("DJANGO_SETTINGS_MODULE") == "microcreds.settings.dev":
    env.read_env(BASE_DIR / ".env")  # here, because what follows reads the environment

# --- What this installation is -------------------------------------------------------------
SITE_NAME = "Microcreds"
# The only host that links in mails name; never taken from a request (host header attacks).
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
UNIVERSITY_EMAIL_DOMAINS = env.list("UNIVERSITY_EMAIL_DOMAINS", default=["miamioh.edu"])
NOTIFICATION_GRACE_SECONDS = env.int("NOTIFICATION_GRACE_SECONDS", default=300)
# Nothing leaves but what somebody waits for: set after a restore, until staff have looked.
OUTBOX_HOLD = env.bool("OUTBOX_HOLD", default=False)
# Hours of the campus, from and until, in which partners get no news; empty: at any hour.
PARTNER_QUIET_HOURS = tuple(env.list("PARTNER_QUIET_HOURS", cast=int, default=[20, 7]))
# The text of a mail is kept so many days; who was told what and when stays.
MAIL_BODY_DAYS = env.int("MAIL_BODY_DAYS", default=90)
# Of mail that came in: so many days of all that waits for nobody; and so many mails of one sender
# a day among those that wait to be sorted, the rest apart.
INCOMING_MAIL_DAYS = env.int("INCOMING_MAIL_DAYS", default=180)
INCOMING_MAILS_A_DAY = env.int("INCOMING_MAILS_A_DAY", default=20)
PARTNER_LINK_DAYS = env.int("PARTNER_LINK_DAYS", default=30)
# How long a browser that came by such a link is known: without a request, and at most.
PARTNER_IDLE_SECONDS = env.int("PARTNER_IDLE_SECONDS", default=30 * 60)
PARTNER_SESSION_SECONDS = env.int("PARTNER_SESSION_SECONDS", default=12 * 3600)
# How long records are kept, in the words of the records office; shown at /privacy/.
RETENTION_WORDS = env("RETENTION_WORDS", default="")
# Demo people, their cards at sign-in and /dev/mail/. Production settings cannot turn it on.
DEMO = False
DEBUG = False

# --- Apps ----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "microcreds.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "django_filters",
    "lucide",
    "pgtrigger",
    "microcreds.accounts",
    "microcreds.outbox",
    "proposals",
    "partners",
    "reviews",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "microcreds.middleware.CompressText",
    "microcreds.middleware.security_headers",
    "microcreds.middleware.refuse_bad_text",
    "microcreds.middleware.refuse_too_much",
    "microcreds.health.forget_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "microcreds.middleware.no_store_when_signed_in",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reviews.middleware.follow_policies",
    "reviews.middleware.note_acting",
    # Last, so that it is asked first when a view fails.
    "microcreds.middleware.TryAgainAfterAnother",
]

ROOT_URLCONF = "microcreds.urls"
WSGI_APPLICATION = "microcreds.wsgi.application"

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
                "microcreds.context_processors.site",
            ],
            # Under its own name, so that templates load the tag that draws each icon once.
            "libraries": {
                "lucide": "microcreds.components",
                "components": "microcreds.components",
            },
            # Without a load: half the templates say a day.
            "builtins": ["microcreds.components"],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "microcreds"

# W004: unique whatever the case, by a constraint that this check cannot read. W003: our ``lucide``
# stands in for the package's on purpose (``libraries`` above).
SILENCED_SYSTEM_CHECKS = ["auth.W004", "templates.W003"]

# --- Database, sessions, cache: web requests never speak to Redis ----------------------------
DATABASES = {
    "default": dj_database_url.config(
        default="postgresql:///microcreds",
        conn_max_age=60,
        conn_health_checks=True,
        disable_server_side_cursors=env.bool("DATABASE_IS_POOLED", default=False),
    )
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=3,
    # Compiling a statement takes longer than any of ours; it is for reports over millions of rows.
    # Planning one with a name again for each value does too (microcreds/kept_statements.py).
    options="-c jit=off -c plan_cache_mode=force_generic_plan"
    # Rows are in memory or on a disk without a head: an index is cheaper than Postgres assumes. A
    # page asks for few rows: a merge join would read an index up to the newest key to find them,
    # and helpers take longer to start than to help.
    " -c random_page_cost=1.1 -c enable_mergejoin=off -c max_parallel_workers_per_gather=0"
    " -c statement_timeout=15000 -c lock_timeout=3000"
    " -c idle_in_transaction_session_timeout=30000",
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_ENGINE = "microcreds.accounts.session_store"
SESSION_COOKIE_AGE = 8 * 3600
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # The default of 300 would let a flood of tries push out the counts of others.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Each process's own: for counts that need not be exact and must not cost a statement.
    "memory": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# --- People --------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["reviews.permissions.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "front"
ACCOUNT_ADAPTER = "microcreds.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# The password makes allauth's sign-in page ask for one; our sign-up page does without.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_FORMS = {"signup": "microcreds.accounts.forms.SignupForm"}
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # university mail servers may hold a mail for minutes
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Ours, counted as allauth counts its own: how often a partner may ask for a fresh link, how often
# one address and one network may begin an inquiry, and how many begin an hour in all.
ACCOUNT_RATE_LIMITS = {
    "partner_link": "5/h/key,30/h/ip",
    "inquiry": "5/d/key,10/h/ip",
    "inquiry_all": "60/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- Mail and the worker ---------------------------------------------------------------------
EMAIL_BACKEND = "microcreds.outbox.smtp.EmailBackend"
vars().update(env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25"))
# A server that says nothing for so long is given up, and the mail tried again.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT_SECONDS", default=20)
# A worker that took a mail and was never heard of again has lost it after so long: well over six
# times EMAIL_TIMEOUT, which is how long a slow server can take over one mail.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", default=300)
# How long to wait after each temporary refusal; who is refused once more has failed.
OUTBOX_BACK_OFF_SECONDS = env.list(
    "OUTBOX_BACK_OFF_SECONDS", cast=int, default=[60, 300, 900, 3600, 14400, 43200, 86400]
)
# A mail service that reports what came back (microcreds/outbox/providers.py), and the name and
# password in the address that it posts to, as "name:password". Without both that address is 404.
MAIL_PROVIDER = env("MAIL_PROVIDER", default="")
MAIL_WEBHOOK_SECRET = env("MAIL_WEBHOOK_SECRET", default="")
# Where answers to mails about a proposal go, each with a tag of its own: reply+<tag>@…. Its mails
# come in at /mail/replies/ or by `manage.py take_replies`. Empty: they are answered to a person.
REPLY_ADDRESS = env("REPLY_ADDRESS", default="")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Microcreds <microcreds@localhost>")
MAIL_SINK_DIR = env.path("MAIL_SINK_DIR", default=str(BASE_DIR / "var" / "mail"))
# Where a personal link leads; the outbox puts the token in when the mail leaves.
PERSONAL_LINK_PATH = "/partners/link/{token}/"

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379")
if REDIS_URL.startswith("unix://"):  # celery spells a Unix socket differently from redis-py
    CELERY_BROKER_URL = f"redis+socket://{REDIS_URL.removeprefix('unix://')}?virtual_host=0"
else:
    CELERY_BROKER_URL = f"{REDIS_URL.rstrip('/')}/0" if REDIS_URL.count("/") < 3 else REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300, "socket_connect_timeout": 2}
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_TIME_LIMIT = 60
CELERY_TIMEZONE = "America/New_York"
CELERY_BEAT_SCHEDULE = {
    # Each tick expires before the next one, so a late worker finds one, not a heap.
    "deliver-due-messages": {
        "task": "microcreds.outbox.tasks.deliver_due",
        "schedule": env.float("OUTBOX_TICK_SECONDS", default=3.0),
        "options": {"expires": env.float("OUTBOX_TICK_SECONDS", default=3.0)},
    },
    # At seven on campus digests are due; a round that was missed is made up for by the next.
    "send-digests": {
        "task": "microcreds.outbox.tasks.send_digests",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "purge-mail-bodies": {
        "task": "microcreds.outbox.tasks.purge_bodies",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 3600.0},
    },
    "heartbeat": {
        "task": "microcreds.outbox.tasks.beat",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "sweep-files": {
        "task": "proposals.tasks.sweep_files",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600.0},
    },
    # Soon after midnight on campus, and again each hour: what is awake is not woken twice.
    "thaw": {
        "task": "reviews.tasks.thaw",
        "schedule": crontab(minute=10),
        "options": {"expires": 3000.0},
    },
    # What enters a queue between two looks is told once, however often it is looked.
    "tell-of-queues-at-once": {
        "task": "reviews.tasks.tell_of_queues_at_once",
        "schedule": 120.0,
        "options": {"expires": 120.0},
    },
    "tell-of-queues-daily": {
        "task": "reviews.tasks.tell_of_queues_daily",
        "schedule": crontab(hour=7, minute=30),
        "options": {"expires": 3600.0},
    },
    "make-exports": {
        "task": "reviews.tasks.make_exports",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "sweep-exports": {
        "task": "reviews.tasks.sweep_exports",
        "schedule": 3600.0,
        "options": {"expires": 3000.0},
    },
    "check-coverage": {
        "task": "reviews.tasks.check_coverage",
        "schedule": crontab(hour=4, minute=15),
        "options": {"expires": 3600.0},
    },
    # Soon after midnight on campus, and twice more: what was told is not told again.
    "tend-mous": {
        "task": "reviews.tasks.tend_mous",
        "schedule": crontab(hour="1,7,13", minute=20),
        "options": {"expires": 3600.0},
    },
    "sweep-inquiries": {
        "task": "reviews.tasks.sweep_inquiries",
        "schedule": crontab(hour=3, minute=45),
        "options": {"expires": 3600.0},
    },
    "forget-typed": {
        "task": "reviews.tasks.forget_typed",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 3600.0},
    },
    "forget-files-of-mail": {
        "task": "reviews.tasks.forget_files_of_mail",
        "schedule": crontab(hour=3, minute=55),
        "options": {"expires": 3600.0},
    },
    # In working hours, and again after noon for a morning that was missed; each mark is told once.
    "ladder": {
        "task": "reviews.tasks.climb_ladder",
        "schedule": crontab(hour="8,13", minute=20, day_of_week="mon-fri"),
        "options": {"expires": 3600.0},
    },
    # A day that was missed is made up for by the next one: who was reminded is not again.
    "idle-drafts": {
        "task": "proposals.tasks.remind_of_idle_drafts",
        "schedule": crontab(hour=8, minute=0),
        "options": {"expires": 3600.0},
    },
}
# The daemon that checks files for viruses: tcp://host:3310 or unix:///path. Empty: none does.
CLAMD_URL = env("CLAMD_URL", default="")
if CLAMD_URL:
    CELERY_BEAT_SCHEDULE["scan-files"] = {
        "task": "proposals.tasks.scan_files",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    }

# --- Static files --------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    (
        "bootstrap",
        Path(str(importlib.resources.files("bootstrap_wrapper"))).parent / "bootstrap",
    ),
]
# Files of proposals: outside of whatever is served, readable by the application alone.
FILES_ROOT = env.path("FILES_ROOT", default=str(BASE_DIR / "var" / "files"))
# Another storage of Django's or django-storages', and what it takes, as JSON.
FILES_STORAGE = env("FILES_STORAGE", default="django.core.files.storage.FileSystemStorage")
FILES_STORAGE_OPTIONS = env.json("FILES_STORAGE_OPTIONS", default={})
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "attachments": {
        "BACKEND": FILES_STORAGE,
        "OPTIONS": FILES_STORAGE_OPTIONS
        or {
            "location": str(FILES_ROOT),
            "file_permissions_mode": 0o640,
            "directory_permissions_mode": 0o750,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's pages need ours

# --- Language and time ----------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/New_York"  # the campus; stored in UTC
FORMAT_MODULE_PATH = "microcreds.formats"
USE_I18N = False  # one language; turn it on with the first translation (it costs every page)
USE_TZ = True

# --- Limits and headers ----------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1500  # ten partner rows of 24 inputs and their management fields
DATA_UPLOAD_MAX_NUMBER_FILES = 10
# More than this is refused before it is read; up to here a file too big is read, dropped and named.
REQUEST_MAX_BYTES = 64 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "microcreds.uploads.CappedUploadHandler",
]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "microcreds.views.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without_links": {"()": "microcreds.logs.Formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "without_links"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
