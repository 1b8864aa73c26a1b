"""The settings tests run with: the real ones, with a folder, a secret and a key of their own."""

import os
import tempfile

os.environ["DUGA_DATA"] = tempfile.mkdtemp(prefix="duga-test-")
os.environ.setdefault("DUGA_SECRET", "only for tests, never for people: 0123456789abcdef")
os.environ.setdefault("DUGA_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("DUGA_HTTPS", "0")
os.environ["DUGA_KEY"] = "11" * 32
if os.environ.get("DUGA_TEST_DATABASE"):  # PostgreSQL, in the same suite
    os.environ["DATABASE_URL"] = os.environ["DUGA_TEST_DATABASE"]

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed; argon2 is proven in its own test
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
REQUIRE_TOTP = False  # tests of the second factor turn it on
SECOND_PERSON = False  # tests of checking figures turn it on
MAIL_IN_BACKGROUND = False
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  WhiteNoise wants to find it
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
