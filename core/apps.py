from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        # Registering the system checks, how addresses write days, under what name a worker's changes are noted, and
        # its signs of life
        from core import checks, converters, history, logs, worker_life  # noqa: F401

        logs.configure()
