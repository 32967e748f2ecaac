"""Optimistic locking: every editable object carries a version, and a stale write is refused."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _

from core.errors import StaleVersion


class Versioned(models.Model):
    """An object that two people may edit at once. ``version`` rises with every saved edit."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


def save_version(instance: Versioned, *, expected_version: int, fields: Iterable[str]) -> None:
    """Write ``fields`` of ``instance`` if nobody saved it since ``expected_version``; else raise StaleVersion.

    One compare-and-set UPDATE: of two writers with the same version exactly one succeeds.
    """
    model: Any = type(instance)
    values = {name: getattr(instance, model._meta.get_field(name).attname) for name in fields}
    written = model._base_manager.filter(pk=instance.pk, version=expected_version).update(
        **{model._meta.get_field(name).attname: value for name, value in values.items()}, version=F("version") + 1
    )
    if written != 1:
        raise StaleVersion(
            _("Somebody else changed this in the meantime. Nothing of yours was saved yet."),
            current=model._base_manager.get(pk=instance.pk),
        )
    instance.version = expected_version + 1
