from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequirementsConfig(AppConfig):
    name = "requirements_app"
    label = "requirements"
    verbose_name = _("Requirements")

    def ready(self) -> None:
        from projects.slots import Tab, register_tab

        register_tab(Tab("work_items", _("Work items"), "requirements:work_item_list", "view_project", order=20))
