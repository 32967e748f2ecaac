"""The alert rules of a project: which are on, where their levels begin, and what would stand with others."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.organisations import organisations_administered_by
from alerts import actions
from alerts.registry import SCALES
from alerts.rule_forms import RuleForm
from alerts.rule_preview import what_would_stand
from alerts.rule_queries import project_rules_history, rule_lines_of
from alerts.rule_settings import Setting, settings_of
from core.form_pages import errors_shown_in, status_of
from projects.access import Standing, project_view


@project_view("view_alerts")
def rule_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Every rule with its levels, and what the client changed."""
    lines = rule_lines_of(standing)
    context = {
        "tab": "alerts",
        "standing": standing,
        "project": standing.project,
        "lines": lines,
        "on_count": sum(line.setting.is_on for line in lines),
        "own_count": sum(line.setting.is_own for line in lines),
        "history": project_rules_history(standing) if standing.is_client else [],
        "administers_client": standing.is_client
        and organisations_administered_by(standing.user).filter(pk=standing.project.client_id).exists(),
    }
    return render(request, "alerts/rule_list.html", context)


@project_view("edit_alert_rules")
def rule_edit(request: HttpRequest, standing: Standing, scale: str) -> HttpResponse:
    """Set one rule. Sent with ``preview``, it shows what would stand now and saves nothing."""
    setting, project = _setting(standing, scale), standing.project
    form = RuleForm(request.POST or None, setting=setting)
    # Posted too: what a form holds, its token with it, belongs into no address.
    is_preview = "preview" in request.POST
    if form.is_valid() and not is_preview:
        with errors_shown_in(form):
            actions.set_project_rule(actor=standing.user, project=project, scale=setting.scale, **form.changes())
            messages.success(request, _("The rule is set. It is judged anew with the next look, within a minute."))
            return redirect("alerts:rule_list", project.slug)
    is_on = form.would_be_on() if form.is_bound and form.is_valid() else setting.is_on
    thresholds = form.thresholds() if form.is_bound and form.is_valid() else setting.thresholds
    context = {
        "tab": "alerts",
        "form": form,
        "setting": setting,
        "project": project,
        "is_on": is_on,
        "would_stand": what_would_stand(standing, {scale: thresholds}, timezone.now()) if is_on else [],
    }
    return render(request, "alerts/rule_edit.html", context, status=200 if is_preview else status_of(form))


def _setting(standing: Standing, scale: str) -> Setting:
    if scale not in SCALES:
        raise Http404(scale)
    return next(one for one in settings_of([standing.project])[standing.project.pk] if one.scale.name == scale)
