"""What an organisation usually wants of the alert rules in its projects, by cooperation and billing model."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.access import SignedInRequest, personal_view
from accounts.models import Organisation
from accounts.organisations import organisations_administered_by
from alerts import actions
from alerts.registry import SCALES
from alerts.rule_forms import RuleForm
from alerts.rule_queries import models_in_words, organisation_rules_history, rule_matrix
from alerts.rule_settings import MODELS, projects_that_follow, settings_by_model
from core.form_pages import errors_shown_in, status_of


@personal_view
def organisation_rule_list(request: SignedInRequest, organisation_uuid: uuid.UUID) -> HttpResponse:
    """The matrix: a line a rule, a column for each pair of models."""
    organisation = _administered(request, organisation_uuid)
    context = {
        "organisation": organisation,
        "matrix": rule_matrix(organisation),
        "history": organisation_rules_history(organisation),
    }
    return render(request, "alerts/organisation_rule_list.html", context)


@personal_view
def organisation_rule_edit(
    request: SignedInRequest, organisation_uuid: uuid.UUID, cooperation: str, billing: str, scale: str
) -> HttpResponse:
    """What is usual for one rule in projects of two models."""
    organisation, model = _administered(request, organisation_uuid), (cooperation, billing)
    if model not in MODELS or scale not in SCALES:
        raise Http404(scale)
    setting = next(one for one in settings_by_model(organisation)[model] if one.scale.name == scale)
    form = RuleForm(request.POST or None, setting=setting)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            actions.set_organisation_rule(
                actor=request.user,
                organisation=organisation,
                cooperation_model=cooperation,
                billing_model=billing,
                scale=setting.scale,
                **form.changes(),
            )
            messages.success(
                request, _("The usual setting is changed. Projects that have none of their own follow it.")
            )
            return redirect("alerts:organisation_rule_list", organisation.uuid)
    context = {
        "organisation": organisation,
        "setting": setting,
        "form": form,
        "models": models_in_words(model),
        "following": projects_that_follow(organisation, model).count(),
    }
    return render(request, "alerts/organisation_rule_edit.html", context, status=status_of(form))


def _administered(request: SignedInRequest, organisation_uuid: uuid.UUID) -> Organisation:
    """404 for whoever does not look after it, as for one that does not exist."""
    return get_object_or_404(organisations_administered_by(request.user), uuid=organisation_uuid)
