"""Django settings, all from the environment (see environment.py); the default is one embedded machine."""

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kepu.project import environment

ENV = environment.read()
PACKAGE = Path(__file__).resolve().parent.parent

if not ENV.secret_key or not ENV.audit_key:
    raise ImproperlyConfigured(
        "This installation has no keys yet. Run `kepu migrate` first, or set KEPU_SECRET_KEY and KEPU_AUDIT_KEY."
    )
if ENV.production and ENV.debug:
    raise ImproperlyConfigured("KEPU_DEBUG=1 is refused in production. Unset it, or leave out KEPU_MODE=production.")
if ENV.production and len(ENV.secret_key) < 40:
    raise ImproperlyConfigured("KEPU_SECRET_KEY is too short for production. Use at least 40 random characters.")

if ENV.second_factor == "off" and (ENV.production or ENV.plain_http == "lan" or ENV.behind_proxy):
    raise ImproperlyConfigured("KEPU_SECOND_FACTOR=off is for trials on this machine alone. Unset it.")

SECRET_KEY = ENV.secret_key
KEPU_AUDIT_KEY = ENV.audit_key
KEPU_DATA = ENV.data
KEPU_PRODUCTION = ENV.production
KEPU_PLAIN_HTTP = ENV.plain_http
KEPU_BEHIND_PROXY = ENV.behind_proxy
KEPU_AUDIT_DAYS = ENV.audit_days
KEPU_BACKUPS_KEPT = ENV.backups_kept
KEPU_EXPORT_ROWS = ENV.export_rows
KEPU_SITE = environment.site()
DEBUG = ENV.debug
ALLOWED_HOSTS = [*ENV.hosts, "localhost", "127.0.0.1", "[::1]"] if ENV.plain_http != "lan" or ENV.hosts else ["*"]

INSTALLED_APPS = [
    "kepu.foundation",
    "kepu.regions",
    "kepu.people",
    "kepu.plans",
    "kepu.portal",
    "kepu.project",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "kepu.foundation.middleware.HeadersMiddleware",
    "kepu.foundation.middleware.AuditMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kepu.people.middleware.ActorMiddleware",
    "kepu.foundation.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "kepu.project.urls"
WSGI_APPLICATION = "kepu.project.wsgi.application"
FORM_RENDERER = "kepu.foundation.forms.Renderer"
CSRF_FAILURE_VIEW = "kepu.foundation.views.csrf_failure"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "kepu.foundation.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

DATABASES = {"default": environment.database(ENV)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Rate limits and locks must be shared by all processes, so the cache is a table of the one database.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "foundation_cache",
        # Far above what is ever in it: a full cache throws entries out, and with them a used-up try.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"kepu.people.passwords.{name}"}
    for name in ("LengthValidator", "LocalWordsValidator", "CompositionValidator")
] + [{"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"}]
KEPU_PASSWORD_PROFILE = ENV.password_profile
KEPU_SECOND_FACTOR = ENV.second_factor
KEPU_SESSION_HOURS = 12  # a session ends then, however busy it is (S9)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:desk"
ACCOUNT_ADAPTER = "kepu.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds after which a change of password or factor asks again
ACCOUNT_RATE_LIMITS = {
    "login": None,  # ours, see people/throttle.py
    "login_failed": "5/10m/key",  # codes of the second factor
    "reauthenticate": "5/10m/user",
    "change_password": "5/10m/user",
}
ACCOUNT_FORMS = {"login": "kepu.people.forms.SignInForm"}
MFA_ADAPTER = "kepu.people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # steps of 30 s before and after: clocks of offices differ
MFA_FORMS = {
    "authenticate": "kepu.people.forms.CodeForm",
    "reauthenticate": "kepu.people.forms.RepeatCodeForm",
    "activate_totp": "kepu.people.forms.FirstCodeForm",
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = ENV.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": ENV.data / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- headers and cookies -------------------------------------------------------------------------------------------
# Plain http serves only this machine, or a closed office network that the operator names; cookie names differ so that
# a browser never sends a cookie of the secure site in the clear.
KEPU_TLS = (ENV.production or ENV.behind_proxy or ENV.tls) and ENV.plain_http != "lan"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = KEPU_TLS
SESSION_COOKIE_NAME = "__Host-kepu" if KEPU_TLS else "kepu-plain"
CSRF_COOKIE_NAME = "__Host-kepu-csrf" if KEPU_TLS else "kepu-plain-csrf"
LANGUAGE_COOKIE_NAME = "kepu-language"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 60  # seconds idle, for the office (S9); renewed by people.middleware, not at every request
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if KEPU_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = KEPU_TLS
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.behind_proxy else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
KEPU_UPLOAD_MB = environment.upload_megabytes(os.environ.get("KEPU_UPLOAD_MB", ""))
FILE_UPLOAD_HANDLERS = [
    "kepu.foundation.files.arriving.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = ENV.data / "files" / "arriving"  # ours, so that what a crash leaves there is swept
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = ENV.data / "mail"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Its "shutting down gracefully" is what `kepu serve` asked for.
    "loggers": {"django_tasks_db": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
