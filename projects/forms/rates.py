"""Forms of the rate card."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.forms import DayInput, needed_when
from projects.models import Project, ProjectPerson, Rate
from projects.work_categories import WorkCategory

EVERYONE = "everyone"
NEW_ROLE = "new_role"


class RateForm(forms.Form):
    """A rate, for whom, and the days on which it holds."""

    subject = forms.ChoiceField(
        label=_("For"),
        help_text=_("The most particular rate of the day counts: person, else role, else kind of work, else everyone."),
    )
    new_role = needed_when(
        forms.CharField(label=_("Name of the role"), max_length=80, required=False),
        _("needed for a role that is not listed yet"),
    )
    hourly_rate = forms.DecimalField(label=_("Rate per hour"), max_digits=12, decimal_places=4, min_value=0)
    first_day = forms.DateField(label=_("First day"), widget=DayInput)
    last_day = forms.DateField(
        label=_("Last day"), widget=DayInput, required=False, help_text=_("Empty: until you end it.")
    )

    recorded_from = forms.CharField(
        label=_("Recorded from"),
        max_length=200,
        required=False,
        help_text=_("The contract or mail in which both sides agreed."),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hourly_rate"].help_text = _("In %(currency)s.") % {"currency": project.currency}
        members = ProjectPerson.objects.filter(project=project).select_related("person")
        self.people: dict[str, Person] = {f"person:{member.person.uuid}": member.person for member in members}
        roles = {member.job_role for member in members} | set(
            Rate.objects.filter(project=project).values_list("job_role", flat=True)
        )
        self.fields["subject"].choices = [  # type: ignore[attr-defined]
            (EVERYONE, _("everyone")),
            (_("A person"), [(key, person.name) for key, person in self.people.items()]),
            (_("A role"), [(f"role:{role}", role) for role in sorted(roles - {""})] + [(NEW_ROLE, _("another role"))]),
            (_("A kind of work"), [(f"category:{value}", label) for value, label in WorkCategory.choices]),
        ]

    def clean(self) -> dict[str, Any]:
        """Somebody who names a new role means that role, whatever the list says."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("subject") == NEW_ROLE and not data.get("new_role"):
            raise ValidationError({"new_role": _("Name the role.")})
        if data.get("new_role") and data.get("subject") not in (EVERYONE, NEW_ROLE):
            raise ValidationError({"new_role": _("A rate is for one: leave this empty, or choose another role above.")})
        return data

    def agreed(self) -> dict[str, Any]:
        """What ``agree_rate`` takes."""
        data = {name: self.cleaned_data[name] for name in ("hourly_rate", "first_day", "last_day", "recorded_from")}
        kind, _colon, value = self.cleaned_data["subject"].partition(":")
        if self.cleaned_data["new_role"]:
            data["job_role"] = self.cleaned_data["new_role"]
        elif kind == "person":
            data["person"] = self.people[self.cleaned_data["subject"]]
        elif kind != EVERYONE:
            data["job_role" if kind == "role" else "category"] = value
        return data


class RateEndForm(forms.Form):
    """The last day on which a rate holds. One that ends can hold on again without an end."""

    last_day = forms.DateField(label=_("Last day"), widget=DayInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, rate: Rate, data: Any = None) -> "RateEndForm":
        form = cls(data, initial={"version": rate.version, "last_day": rate.last_day})
        if rate.last_day is not None:
            form.fields["last_day"].required = False
            form.fields["last_day"].help_text = _("Empty: the rate holds without an end.")
        return form

    def theirs(self, current: Rate) -> dict[str, Any]:
        """What stands now, by the names of this form."""
        return {"last_day": current.last_day}
