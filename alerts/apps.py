from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = _("Alerts")

    def ready(self) -> None:
        # They register the trial alert's rule, what is held, and how alerts read
        from alerts import canary_rule, holdings, messages  # noqa: F401
        from alerts.slots import open_alerts
        from projects.slots import Tab, register_column, register_tab
        from projects.standstill import OPEN_THINGS
        from projects.topics import register_topic

        register_topic("status", "view_project")
        register_column(OPEN_THINGS, open_alerts)
        register_tab(Tab("alerts", _("Alerts"), "alerts:alert_list", "view_alerts", 40))
