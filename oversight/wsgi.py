"""WSGI entry point, served by gunicorn's threaded workers."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from core.whole_bodies import whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oversight.settings")

application = whole_bodies(get_wsgi_application(), largest=settings.LARGEST_REQUEST_BYTES)
