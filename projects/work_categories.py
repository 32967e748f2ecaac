"""The kinds of work that estimates and rates are given for."""

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
