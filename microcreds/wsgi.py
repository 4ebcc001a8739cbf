"""What a web server runs; production unless told otherwise, so a lapse fails closed."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "microcreds.settings.prod")
application = get_wsgi_application()

from microcreds.warm_up import warm_up  # noqa: E402 (settings first)

warm_up()
