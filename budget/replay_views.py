"""Try thresholds on a project's past: what would have fired when, and nothing is sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alerts.rule_settings import settings_of
from budget.replay_forms import ReplayForm
from budget.replay_queries import replay_is_short
from budget.replay_report import first_warning, replayed
from projects.access import Standing, project_view


@project_view("view_alert_replay")
def alert_replay(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Asked plainly, with the thresholds in force; with ``?tried=1&…`` with those in the address."""
    project = standing.project
    settings = settings_of([project])[project.pk]
    form = ReplayForm(request.GET if "tried" in request.GET else None, settings=settings)
    in_force = {setting.scale.name: setting.thresholds for setting in settings if setting.is_on}
    is_wrong = form.is_bound and not form.is_valid()
    is_short = replay_is_short(project)
    found = None if is_wrong or not is_short else replayed(project, form.scales() if form.is_bound else in_force)
    if found and not standing.can("view_money"):
        found = found.without_amounts()
    context = {
        "tab": "alerts",
        "standing": standing,
        "project": project,
        "form": form,
        "found": found,
        "first_warning": first_warning(found.alerts) if found else None,
        "is_short": is_short,
    }
    return render(request, "budget/alert_replay.html", context, status=422 if is_wrong else 200)
