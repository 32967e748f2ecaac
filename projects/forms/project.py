"""Forms of the project itself: open it, name its vendor, change it, set its status."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.forms import DayInput, DurationField
from projects.access import organisations_that_may_open_projects
from projects.actions import TRANSITIONS
from projects.defaults import BY_BILLING, BY_COOPERATION
from projects.models import Project, Terms

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


@dataclass(frozen=True)
class BeginsWith:
    """The terms that a choice brings along, as a table: one column a choice, one row a term."""

    title: str | Promise
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, title: str | Promise, models: Any, terms: Mapping[str, Mapping[str, Any]]) -> "BeginsWith":
        fields: list[Any] = [Terms._meta.get_field(name) for name in next(iter(terms.values()))]
        return cls(
            title=title,
            columns=tuple(str(models(model).label).partition(":")[0] for model in terms),
            rows=tuple(
                (str(field.verbose_name), tuple(_in_words(field, values[field.name]) for values in terms.values()))
                for field in fields
            ),
        )


def _in_words(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(dict(field.flatchoices).get(value, value)).partition(":")[0]


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
        widget=forms.RadioSelect,
    )
    billing_model = forms.ChoiceField(
        label=_("What is paid"),
        choices=BILLING_MODELS,
        initial=Terms.BillingModel.TIME_AND_MATERIAL,
        widget=forms.RadioSelect,
    )
    budget_minutes = DurationField(
        label=_("Agreed hours"), required=False, help_text=_("Empty: the sum of the estimates.")
    )
    budget_amount = forms.DecimalField(label=_("Agreed amount"), max_digits=14, decimal_places=2, required=False)
    cap_minutes = DurationField(
        label=_("Cap in hours"), required=False, help_text=_("What may not be exceeded without a new agreement.")
    )
    cap_amount = forms.DecimalField(label=_("Cap in money"), max_digits=14, decimal_places=2, required=False)

    TERMS = ("cooperation_model", "billing_model", "budget_minutes", "budget_amount", "cap_minutes", "cap_amount")

    field_order = ("name", "client", "vendor_name", "cooperation_model", "billing_model", "currency")

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
        self.order_fields(self.field_order)

    @property
    def begins_with(self) -> list[BeginsWith]:
        """What holds until somebody changes the terms, by each of the two choices."""
        return [
            BeginsWith.of(_("By how you work together"), Terms.CooperationModel, BY_COOPERATION),
            BeginsWith.of(_("By what is paid"), Terms.BillingModel, BY_BILLING),
        ]

    @property
    def has_organisations(self) -> bool:
        """Whether the user may open a project for any organisation."""
        return bool(self.fields["client"].queryset)  # type: ignore[attr-defined]

    def agreed(self) -> dict[str, Any]:
        """What ``open_project`` takes."""
        data = dict(self.cleaned_data)
        return {"terms": {name: data.pop(name) for name in self.TERMS}, **data}


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
    )

    def __init__(self, *args: Any, current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [
            (status, words) for status, words in STATUS_CONSEQUENCES.items() if str(status) in TRANSITIONS[current]
        ]
        field = self.fields["status"]
        field.choices = steps  # type: ignore[attr-defined]
        if len(steps) == 1:
            field.initial = steps[0][0]
        self.possible = [str(status) for status, _words in steps]
