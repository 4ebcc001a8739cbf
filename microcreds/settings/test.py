"""The test suite: fast hashing, mail in memory, no static manifest, the demo there but off."""

from microcreds.settings.base import *
from microcreds.settings.base import INSTALLED_APPS

SECRET_KEY = "only-for-tests-" + "x" * 40
LINK_KEY = "only-for-tests-links-" + "x" * 40
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
SITE_URL = "http://testserver"
UNIVERSITY_EMAIL_DOMAINS = ["miamioh.edu", "miami.example"]
PARTNER_QUIET_HOURS = ()
INSTALLED_APPS = [*INSTALLED_APPS, "microcreds.demo"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "attachments": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None  # nothing is collected, and WhiteNoise warns of a folder that is not there
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = (
    True  # a file is looked for when it is asked for: each test's client is new
)
