"""Say what the alert rules would have said of projects' past, day by day. Sends nothing and writes nothing."""

import json
from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q, QuerySet

from budget.replay_report import ReplayedAlert, ReplayedProject, first_warning, replayed
from budget.rule_findings import DEFAULTS
from projects.models import Project

PLACES = Decimal("0.0001")


class Command(BaseCommand):
    help = "Say what the alert rules would have said of projects' past, day by day, beside a plain 80 % rule."

    def add_arguments(self, parser: ArgumentParser) -> None:
        named = parser.add_mutually_exclusive_group(required=True)
        named.add_argument("--project", nargs="+", action="extend", default=[], help="slugs or exact names")
        named.add_argument("--all", action="store_true", help="every project")
        parser.add_argument("--json", action="store_true", help="as docs/alert-replay.md says, instead of a table")
        parser.add_argument(
            "--defaults",
            action="store_true",
            help="by the thresholds that are built in, B4 off, and not by those that hold in each project",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        scales = {name: scale for name, scale in DEFAULTS.items() if name != "B4"} if options["defaults"] else None
        found = [replayed(project, scales) for project in _projects(options["project"], everything=options["all"])]
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found), indent=2, ensure_ascii=False))
            return
        for project in found:
            self._tell(project)

    def _tell(self, project: ReplayedProject) -> None:
        self.stdout.write(f"\n{project.name} ({project.project}): {_percent(project.used_ratio)} of the budget used")
        for alert in project.alerts:
            self.stdout.write(
                f"  {alert.fired_on}  {alert.rule:<4}{alert.level:<9}at {_percent(alert.share_of_hours)} of the hours"
                f"  {alert.words.title}"
            )
        warned = first_warning(project.alerts)
        self.stdout.write(f"  first warning at {_percent(warned.share_of_hours if warned else None)} of the hours")
        self.stdout.write(f"  plain 80 % at {_percent(project.plain.share_of_hours if project.plain else None)}")


def as_json(found: list[ReplayedProject]) -> dict[str, Any]:
    """The shape of docs/alert-replay.md."""
    return {
        "alerts": [
            {"project": alert.project, "rule": alert.rule, "subject": alert.subject, "level": alert.level, **_at(alert)}
            for project in found
            for alert in project.alerts
        ],
        "final": [
            {
                "project": project.project,
                "name": project.name,
                "first_day": project.first_day.isoformat() if project.first_day else None,
                "last_day": project.last_day.isoformat() if project.last_day else None,
                "used_minutes": project.used_minutes,
                "budget_minutes": project.budget_minutes,
                "used_ratio": _number(project.used_ratio),
                "earned_ratio": _number(project.earned_ratio),
                "plain_80_percent": _at(project.plain) if project.plain else None,
            }
            for project in found
        ],
    }


def _at(alert: ReplayedAlert) -> dict[str, Any]:
    return {
        "fired_on": alert.fired_on.isoformat(),
        "share_of_hours": _number(alert.share_of_hours),
        "used_ratio": _number(alert.used_ratio),
        "earned_ratio": _number(alert.earned_ratio),
    }


def _number(ratio: Decimal | None) -> float | None:
    """A ratio for programs that only compare it; nothing is calculated with it here."""
    return None if ratio is None else float(ratio.quantize(PLACES))


def _percent(ratio: Decimal | None) -> str:
    return "–" if ratio is None else f"{ratio * 100:.1f} %"


def _projects(named: list[str], *, everything: bool) -> QuerySet[Project]:
    projects = Project.objects.select_related("terms", "client", "vendor").order_by("pk")
    if everything:
        return projects
    found = projects.filter(Q(slug__in=named) | Q(name__in=named))
    known = {text for project in found for text in (project.slug, project.name)}
    if missing := [name for name in named if name not in known]:
        raise CommandError(f"There is no project {', '.join(missing)}.")
    return found
