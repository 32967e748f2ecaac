"""A project's light: one word for where it stands, and the reason."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.models import Level
from alerts.queries import StandingAlert, standing_alerts
from projects.access import Standing
from projects.models import Project, Terms
from projects.slots import Light
from projects.standstill import Standstill, standstills_of
from status.set_up import SET_UP, SetUp, set_ups_of

ON_COURSE, WATCH, ACT, UNKNOWN = "on_course", "watch", "act", "unknown"
# The order in which a portfolio lists its projects: what needs somebody first.
WORST_FIRST = (ACT, WATCH, UNKNOWN, ON_COURSE)


def light_from(
    standing: Standing, set_up: SetUp, alerts: Sequence[StandingAlert], standstill: Standstill | None = None
) -> Light:
    """The worst standing rule sets the light. ``alerts`` are those the reader may see, the worst first."""
    project = standing.project
    if project.status != Project.Status.ACTIVE:
        return Light(UNKNOWN, standstill.light if standstill else str(project.get_status_display()))
    if alerts:
        return Light(ACT if alerts[0].level == Level.CRITICAL else WATCH, alerts[0].title)
    if project.terms.billing_model != Terms.BillingModel.TIME_AND_MATERIAL:
        return Light(UNKNOWN, _("no rule watches this billing model yet"))
    if not set_up.has_estimate:
        return Light(UNKNOWN, _("no estimate yet"))
    if not set_up.has_hours:
        return Light(UNKNOWN, _("no hours yet"))
    # The vendor hears of an alert later than the client: until then there is none for it, and no more is claimed.
    return Light(ON_COURSE, _("on course") if standing.is_client else _("no alerts"))


def light_of_project(standing: Standing) -> Light:
    """The light in the head of a project's pages."""
    project = standing.project
    alerts = standing_alerts({project.pk: standing}, timezone.now())[project.pk]
    standstill = standstills_of([project]).get(project.pk)
    # What is missing is asked for only where no rule speaks.
    set_up = SET_UP if alerts else set_ups_of([project])[project.pk]
    return light_from(standing, set_up, alerts, standstill)
