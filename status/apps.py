from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatusConfig(AppConfig):
    name = "status"
    verbose_name = _("Status")

    def ready(self) -> None:
        from projects.slots import Tab, register_column, register_frame, register_light, register_tab
        from requirements_app.slots import WORK_ITEM_EARNED
        from status import style_samples, weekly_summary  # noqa: F401  (samples of the style guide, the week's mail)
        from status.earned_branches import earned_urls
        from status.lights import light_of_project
        from status.set_up import frame_of

        register_tab(Tab("status", _("Status"), "status:project_detail", "view_project", 10))
        register_tab(Tab("earned_value", _("Earned value"), "status:earned_value", "view_hours", 32))
        register_tab(Tab("activity", _("Activity"), "status:activity_list", "view_project", 80))
        register_column(WORK_ITEM_EARNED, earned_urls)
        register_light(light_of_project)
        register_frame(frame_of)
