from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        # Registering how a project, its people and comments are found, and how being named in one is told
        from projects import comment_messages, searched, style_samples  # noqa: F401
        from projects.slots import Tab, register_tab

        register_tab(Tab("people", _("People"), "projects:person_list", "view_people", 60))
        register_tab(Tab("rates", _("Rates"), "projects:rate_list", "view_rates", 65))
        register_tab(Tab("terms", _("Terms"), "projects:terms_detail", "view_project", 70))
