"""Forms of the project itself: open it, name its vendor, change it, set its status."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.forms import DayInput, DurationField
from projects.access import organisations_that_may_open_projects
from projects.actions import TRANSITIONS
from projects.defaults import terms_to_begin_with
from projects.models import Project, Terms
from projects.queries import usual_currency
from projects.terms_words import Clause, clauses_of

COOPERATION_MODELS = (
    (
        Terms.CooperationModel.PROJECT,
        _("Project development: the vendor’s manager loads the team and answers for the deadline."),
    ),
    (
        Terms.CooperationModel.DEDICATED,
        _("Dedicated resources: you load the developers with tasks; their time is paid either way."),
    ),
)
BILLING_MODELS = (
    (Terms.BillingModel.TIME_AND_MATERIAL, _("Time and material: hours times rates, with or without a cap.")),
    (Terms.BillingModel.FIXED_PRICE, _("Fixed price: milestones are paid, whatever hours they took.")),
    (Terms.BillingModel.MONTHLY_FEE, _("Monthly fee: a dedicated capacity is paid by the month.")),
)
STATUS_CONSEQUENCES = {
    Project.Status.ACTIVE: _("Active: hours, progress and changes are taken again, and the rules raise alerts."),
    Project.Status.PAUSED: _("Paused: everything stays open for entries; the rules stand still and raise no alerts."),
    Project.Status.CLOSED: _(
        "Closed: both sides can read everything, nobody can change it and no alert is raised, until you open it again."
    ),
}


SCOPE_MODES = (
    ("", _("As usual: fixed where the vendor loads the team, rolling where you do.")),
    (Terms.ScopeMode.FIXED, _("Fixed: only a change request moves what was agreed.")),
    (Terms.ScopeMode.ROLLING, _("Rolling: items come and go inside an agreed envelope.")),
)
# What is agreed seldom, and why: it is said, and not refused.
UNUSUAL: dict[tuple[str, str], Any] = {
    (Terms.CooperationModel.PROJECT, Terms.BillingModel.MONTHLY_FEE): _(
        "Unusual: a monthly fee pays for capacity, and here the vendor answers for the result. Is it a fixed price?"
    ),
    (Terms.CooperationModel.DEDICATED, Terms.BillingModel.FIXED_PRICE): _(
        "Unusual: a fixed price pays for results, and here you load the people yourself. Is it a monthly fee?"
    ),
}

MODELS = ("cooperation_model", "billing_model", "scope_mode")


class ModelChoice(forms.RadioSelect):
    """A choice on which the terms depend that the project begins with: the page shows them anew at each change."""

    def __init__(self) -> None:
        super().__init__(
            attrs={
                "hx-get": "",
                "hx-trigger": "change",
                "hx-target": "#begins-with",
                "hx-select": "#begins-with",
                "hx-swap": "outerHTML",
                # The three choices alone: nothing else that was typed belongs into an address.
                "hx-include": ", ".join(f"[name={name}]:checked" for name in MODELS),
            }
        )


def amount_field(label: Any) -> forms.DecimalField:
    """Money that may be agreed later."""
    return forms.DecimalField(
        label=label,
        max_digits=14,
        decimal_places=2,
        required=False,
        min_value=0,
        error_messages={"min_value": _("The amount must not be below zero.")},
    )


class ProjectNewForm(forms.ModelForm):
    """Everything that a project needs to begin. All but name and organisation can be agreed later."""

    vendor_name = forms.CharField(
        label=_("Vendor"),
        max_length=200,
        required=False,
        help_text=_("Its name is enough; it need not use Oversight. Empty: you name it later."),
    )
    cooperation_model = forms.ChoiceField(
        label=_("How you work together"),
        choices=COOPERATION_MODELS,
        initial=Terms.CooperationModel.PROJECT,
        widget=ModelChoice,
    )
    billing_model = forms.ChoiceField(
        label=_("What is paid"),
        choices=BILLING_MODELS,
        initial=Terms.BillingModel.TIME_AND_MATERIAL,
        widget=ModelChoice,
    )
    scope_mode = forms.ChoiceField(
        label=_("How the scope moves"), choices=SCOPE_MODES, initial="", required=False, widget=ModelChoice
    )
    budget_minutes = DurationField(
        label=_("Agreed hours"), required=False, help_text=_("Empty: the sum of the estimates.")
    )
    budget_amount = amount_field(_("Agreed amount"))
    cap_minutes = DurationField(
        label=_("Cap in hours"), required=False, help_text=_("What may not be exceeded without a new agreement.")
    )
    cap_amount = amount_field(_("Cap in money"))

    AGREED = ("budget_minutes", "budget_amount", "cap_minutes", "cap_amount")
    TERMS = (*MODELS, *AGREED)

    field_order = ("name", "client", "vendor_name", *MODELS, "currency")

    class Meta:
        model = Project
        fields = ("name", "client", "currency", "planned_start_on", "planned_finish_on")
        labels = {"client": _("Your organisation")}
        widgets = {"planned_start_on": DayInput, "planned_finish_on": DayInput}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = organisations_that_may_open_projects(user).order_by("name", "pk")
        self.fields["client"] = forms.ModelChoiceField(
            organisations,
            label=_("Your organisation"),
            to_field_name="uuid",
            empty_label=None if len(organisations) == 1 else _("Choose"),
        )
        if currency := usual_currency(organisations):
            self.initial.setdefault("currency", currency)
        self.order_fields(self.field_order)

    @property
    def chosen_models(self) -> dict[str, str]:
        """The three models as they stand in the form; where something else was sent, as the form begins."""
        chosen = {name: str(self[name].value() or "") for name in MODELS}
        known = {name: dict(self.fields[name].choices) for name in MODELS}  # type: ignore[attr-defined]
        return {
            name: value if value in known[name] else str(self.fields[name].initial) for name, value in chosen.items()
        }

    @property
    def begins_with(self) -> list[Clause]:
        """What holds under the chosen models until somebody changes it, one sentence a clause."""
        models = self.chosen_models
        project = Project(client=Organisation(name=str(_("the client"))))
        terms = Terms(project=project, **terms_to_begin_with(models["cooperation_model"], models["billing_model"]))
        for name in MODELS:
            setattr(terms, name, models[name] or terms.scope_mode)
        return [clause for clause in clauses_of(project, with_money=False) if not set(clause.fields) & set(self.AGREED)]

    @property
    def unusual(self) -> str:
        """Why the chosen models seldom go together; empty for those that do."""
        models = self.chosen_models
        return str(UNUSUAL.get((models["cooperation_model"], models["billing_model"]), ""))

    @property
    def has_organisations(self) -> bool:
        """Whether the user may open a project for any organisation."""
        return bool(self.fields["client"].queryset)  # type: ignore[attr-defined]

    def agreed(self) -> dict[str, Any]:
        """What ``open_project`` takes."""
        data = dict(self.cleaned_data)
        terms = {name: data.pop(name) for name in self.TERMS}
        if not terms["scope_mode"]:
            del terms["scope_mode"]
        return {"terms": terms, **data}


class ProjectForm(forms.ModelForm):
    """Name and planned dates."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Project
        fields = ("name", "planned_start_on", "planned_finish_on")
        widgets = {"planned_start_on": DayInput, "planned_finish_on": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version


class VendorForm(forms.Form):
    """The name of a vendor that does not use Oversight."""

    vendor_name = forms.CharField(
        label=_("Name of the vendor"), max_length=Organisation._meta.get_field("name").max_length
    )


class StatusForm(forms.Form):
    """The steps that exist from where the project stands, each with what follows from it."""

    status = forms.ChoiceField(label=_("New status"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Both sides read it in the activity, such as “no budget before January”."),
        error_messages={"required": _("Say why the status changes.")},
    )
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, current: str, shown: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["shown"] = shown
        steps = [
            (status, words) for status, words in STATUS_CONSEQUENCES.items() if str(status) in TRANSITIONS[current]
        ]
        field = self.fields["status"]
        field.choices = steps  # type: ignore[attr-defined]
        if len(steps) == 1:
            field.initial = steps[0][0]

    def show_again(self, shown: str) -> None:
        """What was typed stays; what is sent next is the answer to what the page says now."""
        sent: Any = self.data
        self.data = sent.copy()
        self.data[self.add_prefix("shown")] = shown  # type: ignore[index]
