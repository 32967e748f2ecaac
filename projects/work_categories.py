"""The kinds of work that estimates and rates are given for."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkCategory(models.TextChoices):
    ANALYSIS = "analysis", _("analysis")
    DESIGN = "design", _("design")
    FRONT_END = "front_end", _("front-end")
    BACK_END = "back_end", _("back-end")
    FULL_STACK = "full_stack", _("full-stack")
    TEST = "test", _("test")
    MANAGEMENT = "management", _("management")
    OPERATIONS = "operations", _("operations")
    DOCUMENTATION = "documentation", _("documentation")
    REWORK = "rework", _("rework")
    OTHER = "other", _("other")


def categories_in_words(categories: Iterable[str]) -> str:
    """Kinds of work by name, in the order in which they are listed everywhere."""
    chosen = set(categories)
    return ", ".join(str(label) for value, label in WorkCategory.choices if value in chosen)
