from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequirementsConfig(AppConfig):
    name = "requirements_app"
    label = "requirements"
    verbose_name = _("Requirements")

    def ready(self) -> None:
        from projects.import_work import Handler, register_handler
        from projects.slots import Tab, register_object_page, register_tab
        from projects.topics import register_topic

        # Registering how work items are found, and what the style guide shows of them
        from requirements_app import searched, style_samples  # noqa: F401
        from requirements_app.estimate_import import check_estimate, take_estimate
        from requirements_app.estimate_taking_back import estimate_taking_back, take_estimate_back

        register_topic("work_items", "view_project")
        register_handler("work_items", Handler(check_estimate, take_estimate, estimate_taking_back, take_estimate_back))
        register_object_page("requirements.workitem", "requirements:work_item_detail")
        register_tab(Tab("work_items", _("Work items"), "requirements:work_item_list", "view_project", order=20))
