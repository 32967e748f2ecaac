"""Make the search documents anew, of all projects or of one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.models import Project
from projects.search import reindex


class Command(BaseCommand):
    help = "Make the search documents anew from what is there. Search answers all the while."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", default="", help="the project's name in addresses; without it, all")

    def handle(self, *args: Any, project: str, **options: Any) -> None:
        projects = Project.objects.order_by("pk")
        if project and not projects.filter(slug=project).exists():
            raise CommandError(f"There is no project {project}.")
        for one in projects.filter(slug=project) if project else projects.iterator():
            self.stdout.write(f"{one.slug}: {reindex(one)}")
