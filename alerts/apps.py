from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = _("Alerts")

    def ready(self) -> None:
        from alerts import holdings, messages  # noqa: F401  (they register what is held, and how an alert reads)
        from alerts.slots import open_alerts
        from projects.slots import Tab, register_column, register_tab
        from projects.standstill import OPEN_THINGS
        from projects.topics import register_topic

        register_topic("status", "view_project")
        register_column(OPEN_THINGS, open_alerts)
        register_tab(Tab("alerts", _("Alerts"), "alerts:alert_list", "view_alerts", 40))
