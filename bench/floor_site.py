"""The least that a page and a write can cost here: bare Django with nothing around it, on the same server and database.

No middleware, no session, a persistent connection, one indexed query and a template; an insert that also updates one
sum. Served by the same gunicorn workers as Oversight. ``FLOOR_DATABASE_URL`` is the application's role.
"""

import json
import os
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

PAGE = "<!doctype html><title>{{ item.title }}</title><h1>{{ item.title }}</h1><p>{{ item.minutes }} min</p>"
server = urlsplit(os.environ["FLOOR_DATABASE_URL"])
settings.configure(
    SECRET_KEY="of-no-use",  # noqa: S106  (nothing is signed)
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    USE_I18N=False,
    LOGGING_CONFIG=None,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", {"floor.html": PAGE})],
                    )
                ]
            },
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": server.path.lstrip("/"),
            "USER": server.username,
            "PASSWORD": server.password,
            "HOST": server.hostname,
            "PORT": server.port,
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()


class Item(models.Model):
    """What the page shows, and the sum that the insert moves."""

    title = models.TextField()
    minutes = models.BigIntegerField()

    objects: ClassVar[models.Manager["Item"]] = models.Manager()

    class Meta:
        app_label = "floor"
        managed = False
        db_table = 'floor"."item'

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """A time entry without any of its rules."""

    uuid = models.UUIDField(primary_key=True, default=uuid4)
    project_id = models.BigIntegerField(default=1)
    person_id = models.BigIntegerField(default=1)
    work_item_id = models.BigIntegerField(default=1)
    worked_on = models.DateField()
    minutes = models.SmallIntegerField()
    billable = models.TextField(default="u")
    note = models.TextField()
    source = models.TextField(default="api")
    recorded_from = models.TextField(default="")
    recorded_by_id = models.BigIntegerField(default=1)
    recorded_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Entry"]] = models.Manager()

    class Meta:
        app_label = "floor"
        managed = False
        db_table = 'floor"."entry'

    def __str__(self) -> str:
        return self.note


def page(request: HttpRequest, key: int) -> HttpResponse:
    return _sized(render(request, "floor.html", {"item": Item.objects.get(pk=key)}))


def insert(request: HttpRequest, key: int) -> HttpResponse:
    sent = json.loads(request.body)
    with transaction.atomic():
        Entry.objects.create(worked_on=sent["worked_on"], minutes=sent["minutes"], note=sent["note"])
        Item.objects.filter(pk=key).update(minutes=models.F("minutes") + sent["minutes"])
    return _sized(HttpResponse("recorded", status=201))


def _sized(response: HttpResponse) -> HttpResponse:
    # Else gunicorn would send it in chunks.
    response["Content-Length"] = len(response.content)
    return response


urlpatterns = [path("item/<int:key>/", page), path("entry/<int:key>/", insert)]
application = get_wsgi_application()
