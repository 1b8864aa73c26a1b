"""Settings, one file, read from the environment (docs/guide/operators.md lists every variable).

Nothing here needs to be set for `make demo`. `duga serve` refuses to start while `insecurities()` names anything.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from config.flow import FLOW

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DUGA_DATA") or ROOT / "var").resolve()


def _flag(name, default=False):
    return os.environ.get(name, "1" if default else "0").strip().lower() in ("1", "true", "yes", "on")


def _words(name, default=""):
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


#: A folder that `duga demo` made is a demo: every command run on it knows, and `duga serve` refuses it.
DEMO = (DATA / "demo.json").exists()
DEBUG = _flag("DUGA_DEBUG")
#: Roles that see people, or manage others, sign in with a second factor. The demo turns this off, visibly.
REQUIRE_TOTP = _flag("DUGA_REQUIRE_TOTP", default=not DEMO)
#: Figures are checked by a second person before they are released. A demo, with one at the keyboard, does not ask.
SECOND_PERSON = _flag("DUGA_SECOND_PERSON", default=not DEMO)


def _demo_secret():
    """A secret of this demo's own, made once; real installations say theirs in DUGA_SECRET."""
    path = DATA / "secret.key"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = os.environ.get("DUGA_SECRET") or (_demo_secret() if DEMO else "")
ALLOWED_HOSTS = _words("DUGA_HOSTS", "localhost,127.0.0.1,[::1]" if DEMO else "")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host not in ("*", "localhost")]
#: Behind a proxy that ends TLS: how many proxies may be believed about the visitor's address.
PROXIES = int(os.environ.get("DUGA_PROXIES", "0"))
HTTPS = _flag("DUGA_HTTPS", default=not (DEMO or DEBUG))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "axes",
    "django_tasks",
    "django_tasks_db",
    "duga.vault",
    "duga.ui",
    *[f"duga.{stage}" for stage in FLOW],
    # after web: its templates stand before allauth's own
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "duga.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "duga.web.pace.PaceMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "duga.members.middleware.SessionListMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "duga.members.middleware.ViewerMiddleware",
    "duga.members.middleware.SecondFactorMiddleware",
    "duga.web.middleware.ErrorsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "duga.web.context.site",
            ],
        },
    }
]

# --- Databases -------------------------------------------------------------------------------------
# Acknowledged means on disk: synchronous=FULL. Writers queue (IMMEDIATE) instead of failing half way.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-32768;"
        "PRAGMA temp_store=MEMORY;PRAGMA journal_size_limit=67108864"
    ),
}


def database(url):
    """Django's settings for `postgresql://user:password@host:port/name` or `sqlite:///path`."""
    parts = urlsplit(url)
    if parts.scheme in ("postgresql", "postgres"):
        options = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or options.pop("host", "")),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    if parts.scheme != "sqlite":
        raise ValueError("DATABASE_URL must begin with postgresql:// or sqlite:///")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "/" + unquote(parts.path).lstrip("/"),
        "CONN_MAX_AGE": None,
        "OPTIONS": SQLITE_OPTIONS,
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA / 'duga.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Sign-in ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "members.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "duga.members.adapters.passwords.OfOnesOwn"},
    {"NAME": "duga.members.adapters.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "duga.members.adapters.passwords.NotEverybodys"},
]
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "duga.web.errors.stale_form"
LOGIN_REDIRECT_URL = "/workspace/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "duga.members.adapters.AccountAdapter"
MFA_ADAPTER = "duga.members.adapters.MFAAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an account begins with an invitation, which proves the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_FORMS = {"activate_totp": "duga.members.adapters.second_factor.SetUpForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Duga"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers cannot make us write to addresses they type
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
USERSESSIONS_TRACK_ACTIVITY = True
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# A lock holds for one account FROM one address only: a stranger who guesses cannot lock the owner out. A device
# that signed in before counts by itself, so that a guesser in the same office cannot either (adapters/lockout.py).
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = "duga.members.adapters.lockout.counted_by"
AXES_USERNAME_CALLABLE = "duga.members.adapters.lockout.counted_as"
AXES_CLIENT_IP_CALLABLE = "duga.members.adapters.lockout.address_block"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_LOCKOUT_TEMPLATE = "web/locked.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
#: Per address (block) and per key: the key is an account at one address or on one known device. "login" would count
#: a whole office together; the adapter counts failures instead, before any password is hashed.
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": "30/5m/ip,10/5m/key", "reset_password": "20/m/ip,3/10m/key"}
#: What programs read, by how its address begins: so much from one address. Of pages for people only those behind
#: a link and a code are counted, where somebody may guess.
PUBLIC_RATES = {
    "/api/hsds": "600/m/ip", "/services/data/services.": "60/m/ip", "/referral/": "60/m/ip", "/feedback/": "60/m/ip",
}  # fmt: skip

# --- Mail: everything also works without it (links to print or copy) -------------------------------
EMAIL_URL = os.environ.get("DUGA_MAIL", "")
_mail = urlsplit(EMAIL_URL)
HAS_MAIL = bool(EMAIL_URL)
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if HAS_MAIL else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
MAIL_IN_BACKGROUND = True  # an answer never waits for the mail server, nor tells by its time who is known
#: Where people reach this installation: for links in messages, which have no request to learn it from.
SITE_ADDRESS = os.environ.get("DUGA_URL", "").rstrip("/") or (
    f"http{'s' if HTTPS else ''}://{ALLOWED_HOSTS[0] if ALLOWED_HOSTS else 'localhost'}"
)
DEFAULT_FROM_EMAIL = os.environ.get("DUGA_MAIL_FROM", "duga@localhost")

# --- Languages -------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = os.environ.get("DUGA_TIME_ZONE", "Europe/Belgrade")
LANGUAGE_CODE = "en"
#: Languages of the whole site.
SITE_LANGUAGES = [
    ("en", "English"),
    ("sr", "Српски"),
    ("sr-latn", "Srpski"),
    ("bs", "Bosanski"),
    ("hr", "Hrvatski"),
    ("mk", "Македонски"),
    ("sq", "Shqip"),
    ("ar", "العربية"),
]
#: Languages of who comes from further away: spoken where one looks for help and says how it was; elsewhere English.
FINDER_LANGUAGES = [
    ("fa", "فارسی"),
    ("prs", "دری"),
    ("ps", "پښتو"),
    ("ur", "اردو"),
    ("ckb", "کوردیی ناوەندی"),
    ("kmr", "Kurmancî"),
    ("tr", "Türkçe"),
    ("fr", "Français"),
]
FINDER_PATHS = ("/services/", "/feedback/", "/collect/fill/by-link/")
LANGUAGES = [*SITE_LANGUAGES, *FINDER_LANGUAGES]
LANGUAGES_BIDI = ["ar", "fa", "prs", "ps", "ur", "ckb"]
for _code, _name, _local in (("prs", "Dari", "دری"), ("ps", "Pashto", "پښتو"), ("kmr", "Kurmanji", "Kurmancî")):
    LANG_INFO[_code] = {"code": _code, "name": _name, "name_local": _local, "bidi": _code in LANGUAGES_BIDI}
LOCALE_PATHS = [ROOT / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365

# --- Files -----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
#: Pages name files by their hash only: what nobody asks for is neither kept nor compressed.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = DATA / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
#: Uploads hold names: they stay in memory, never in a temporary file. What is larger is not taken at all.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# --- Security --------------------------------------------------------------------------------------
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
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None

# --- Keys ------------------------------------------------------------------------------------------
#: The installation's key is never in the database: DUGA_KEY (64 hex digits) or this file.
INSTALLATION_KEY = os.environ.get("DUGA_KEY", "")
INSTALLATION_KEY_FILE = Path(os.environ.get("DUGA_KEY_FILE") or DATA / "installation.key")
KEY_STORE = Path(os.environ.get("DUGA_KEYS") or DATA / "keys.sqlite3")

# --- Backups ---------------------------------------------------------------------------------------
BACKUPS = Path(os.environ.get("DUGA_BACKUPS") or DATA / "backups")
#: Days the clock keeps its daily backups (0: it makes none). Under 30, so that an erasure is complete in all of them.
BACKUP_DAYS = int(os.environ.get("DUGA_BACKUP_DAYS", "29"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "config.logs.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS = []
SITE_NAME = _("Duga")

#: Lists that an early stage serves and a later one holds: a function's dotted name.
COUNTRY_CHOICES = "duga.places.queries.country_choices"


def insecurities():
    """What stands between these settings and a safe start, each with what to do; empty when none."""
    found = []
    if not os.environ.get("DUGA_SECRET") and not DEMO:
        found.append("DUGA_SECRET is not set: give 50 random characters (`openssl rand -base64 48`).")
    elif len(SECRET_KEY) < 32:
        found.append("DUGA_SECRET is shorter than 32 characters: make a longer one (`openssl rand -base64 48`).")
    if DEBUG:
        found.append("DUGA_DEBUG is on: it shows the inside of the house to strangers. Unset it.")
    if "*" in ALLOWED_HOSTS or any(host.startswith(".") for host in ALLOWED_HOSTS):
        found.append("DUGA_HOSTS has a wildcard: name the hosts, for example DUGA_HOSTS=duga.example.org")
    if not ALLOWED_HOSTS:
        found.append("DUGA_HOSTS is empty: name the hosts people will use, for example duga.example.org")
    if not REQUIRE_TOTP and not DEMO:
        found.append("DUGA_REQUIRE_TOTP is off: people who see personal data must use a second factor. Unset it.")
    return found
