"""Developing and the demo: what `make run` uses. Never a public server."""

from microcreds.settings.base import *
from microcreds.settings.base import INSTALLED_APPS, env

SECRET_KEY = env("SECRET_KEY", default="only-for-developing-and-the-demo-never-for-a-public-server")
LINK_KEY = env("LINK_KEY", default=SECRET_KEY)
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=True)
PARTNER_QUIET_HOURS = ()  # whoever tries the demo at night wants to see the mail
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
UNIVERSITY_EMAIL_DOMAINS = env.list(
    "UNIVERSITY_EMAIL_DOMAINS", default=["miamioh.edu", "miami.example"]
)
INSTALLED_APPS = [*INSTALLED_APPS, "microcreds.demo"]
