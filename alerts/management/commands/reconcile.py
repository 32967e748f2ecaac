"""``manage.py reconcile``: compare what is kept with what it is made of, and mend it when asked to."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from alerts.actions import reconcile, repair
from alerts.models import Drift
from projects.models import Project


class Command(BaseCommand):
    help = "Compare sums, series and states of all projects with their source; --repair works out anew what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="work out anew the figures of projects that differ")

    def handle(self, *args: Any, **options: Any) -> None:
        run = reconcile()
        drifts = list(Drift.objects.filter(cleared_at=None).select_related("project").order_by("project", "pk"))
        for drift in drifts:
            self.stdout.write(f"{drift.project.slug}: {drift}")
        self.stdout.write(f"{run.project_count} projects compared, {len(drifts)} differences.")
        if options["repair"] and drifts:
            keys = {drift.project_id for drift in drifts}
            projects = Project.objects.select_related("terms", "client", "vendor").filter(pk__in=keys)
            repair(list(projects))
            left = reconcile().drift_count
            self.stdout.write(f"Worked out anew: {len(keys)} projects, {left} differences left.")
            if left:
                raise SystemExit(1)
        elif drifts:
            raise SystemExit(1)
