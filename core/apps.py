from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        # Registering the system checks, and under what name a worker's changes are noted
        from core import checks, history, logs  # noqa: F401

        logs.configure()
