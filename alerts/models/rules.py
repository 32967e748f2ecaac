"""What people set for the rules: thresholds, and which are on, by project and by an organisation's models."""

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.versions import Versioned
from projects.models import Project, Terms


class RuleSetting(Versioned):
    """What somebody set for one scale of thresholds. What is empty stays as the next wider setting says.

    A setting that is taken back stays as an empty row: its history goes on.
    """

    scale = models.CharField(max_length=20, help_text="as the rule registered it")
    is_on = models.BooleanField(_("on"), null=True)
    notice = models.DecimalField(_("notice"), max_digits=8, decimal_places=4, null=True)
    warning = models.DecimalField(_("warning"), max_digits=8, decimal_places=4, null=True)
    critical = models.DecimalField(_("critical"), max_digits=8, decimal_places=4, null=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.scale

    @property
    def bounds(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """Where the levels begin, if somebody said so."""
        if self.notice is None or self.warning is None or self.critical is None:
            return None
        return self.notice, self.warning, self.critical

    @property
    def says_something(self) -> bool:
        return self.is_on is not None or self.bounds is not None


# Compared with a number NaN is the greatest of all: a bound above keeps it out. A condition that is not known, for a
# level that is missing, would pass: so whether all are there is asked by itself.
LEVELS_ARE_SET_TOGETHER = Q(notice__isnull=True, warning__isnull=True, critical__isnull=True) | Q(
    notice__isnull=False, warning__isnull=False, critical__isnull=False
)
LEVELS_GO_ONE_WAY = Q(notice__gte=0, warning__gt=F("notice"), critical__gt=F("warning"), critical__lt=10_000) | Q(
    critical__gte=0, warning__gt=F("critical"), notice__gt=F("warning"), notice__lt=10_000
)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), append_only=True)
class ProjectRule(RuleSetting):
    """What the client set for one project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")

    class Meta(RuleSetting.Meta):
        abstract = False
        verbose_name = _("alert rule of a project")
        verbose_name_plural = _("alert rules of projects")
        constraints = [
            models.UniqueConstraint(fields=["project", "scale"], name="one_rule_setting_per_project_and_scale"),
            models.CheckConstraint(condition=LEVELS_ARE_SET_TOGETHER, name="project_levels_are_set_together"),
            models.CheckConstraint(condition=LEVELS_GO_ONE_WAY, name="project_levels_go_one_way"),
        ]


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), append_only=True)
class OrganisationRule(RuleSetting):
    """What an organisation set for its projects of one cooperation and one billing model, as their client."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    cooperation_model = models.CharField(max_length=20, choices=Terms.CooperationModel)
    billing_model = models.CharField(max_length=20, choices=Terms.BillingModel)

    class Meta(RuleSetting.Meta):
        abstract = False
        verbose_name = _("alert rule of an organisation")
        verbose_name_plural = _("alert rules of organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "cooperation_model", "billing_model", "scale"],
                name="one_rule_setting_per_model_and_scale",
            ),
            models.CheckConstraint(condition=LEVELS_ARE_SET_TOGETHER, name="organisation_levels_are_set_together"),
            models.CheckConstraint(condition=LEVELS_GO_ONE_WAY, name="organisation_levels_go_one_way"),
        ]
