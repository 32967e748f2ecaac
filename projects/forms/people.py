"""Forms of who takes part."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import DayInput
from projects.access import Standing
from projects.audience import Side
from projects.models import Membership, Project, ProjectPerson

ROLE_WORDS = {
    (Side.CLIENT, Membership.Role.MANAGER): _("manager: sees and changes everything"),
    (Side.CLIENT, Membership.Role.APPROVER): _("approver: sees everything, money and rates too"),
    (Side.CLIENT, Membership.Role.TEAM_LEAD): _("team lead: work items, progress and hours, no money"),
    (Side.CLIENT, Membership.Role.FINANCE): _("finance: approved invoices and payments, of which there are none yet"),
    (Side.CLIENT, Membership.Role.MEMBER): _("member: sees status, hours and people, no money"),
    (Side.CLIENT, Membership.Role.VIEWER): _("viewer: sees status, hours, people and amounts"),
    (Side.VENDOR, Membership.Role.MANAGER): _("manager: sees money and rates, adds work items, hours and people"),
    (Side.VENDOR, Membership.Role.ANALYST): _("analyst: adds work items and estimates, no money"),
    (Side.VENDOR, Membership.Role.MEMBER): _("member: records hours and progress, no money"),
    (Side.VENDOR, Membership.Role.VIEWER): _("viewer: sees status, hours and people, no money"),
}


def side_name(project: Project, side: Side) -> str:
    """The organisation on a side, or the side's own name while there is none."""
    return str(project.organisation_of(side) or side.label)


class InvitationForm(forms.Form):
    """A mail address, and the role offered. Organisations and users cannot be searched."""

    email = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        help_text=_("The invitation goes there. Whoever has no account yet opens one with it."),
    )
    name = forms.CharField(
        label=_("Name"), max_length=150, required=False, help_text=_("For the greeting of the mail.")
    )
    place = forms.ChoiceField(label=_("Role"))

    def __init__(
        self, *args: Any, project: Project, places: Sequence[tuple[Side, str]], own_side: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        words = [(side, role, said) for (side, role), said in ROLE_WORDS.items() if (side, role) in places]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            (side_name(project, side), [(f"{side}:{role}", said) for of_side, role, said in words if of_side == side])
            for side in dict.fromkeys(side for side, _role in places)
        ]
        self.initial.setdefault("place", f"{own_side}:{Membership.Role.MEMBER}")

    def chosen(self) -> dict[str, str]:
        """What ``invite_member`` takes."""
        side, _colon, role = self.cleaned_data["place"].partition(":")
        return {"email": self.cleaned_data["email"], "name": self.cleaned_data["name"], "side": side, "role": role}


class SuccessorForm(forms.Form):
    """Who has after a member what the member held."""

    successor = forms.ModelChoiceField(
        label=_("Who takes over"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("nobody; it stays with the side"),
    )
    with_role = forms.BooleanField(label=_("They get the role as well"), required=False)

    def __init__(self, *args: Any, successors: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = successors  # type: ignore[attr-defined]
        if not successors:
            self.fields.clear()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("with_role") and not cleaned.get("successor"):
            self.add_error("successor", _("Say who gets the role."))
        return cleaned


class StandInForm(forms.Form):
    """A colleague, and the days on which they have a member's role."""

    user = forms.ModelChoiceField(
        label=_("Who"),
        queryset=User.objects.none(),
        empty_label=_("Choose"),
        help_text=_("Colleagues of your organisation from the projects that you see. Invite anybody else first."),
    )
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    ends_on = forms.DateField(label=_("Until"), widget=DayInput, help_text=_("The last day with this role."))

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = colleagues  # type: ignore[attr-defined]


class PersonFields(forms.ModelForm):
    """The role and dates of somebody whose hours are booked."""

    recorded_from = forms.CharField(
        label=_("Recorded from"),
        max_length=200,
        required=False,
        help_text=_("The file or mail in which the vendor named this person."),
    )

    class Meta:
        model = ProjectPerson
        fields = ("job_role", "starts_on", "ends_on")
        widgets = {"starts_on": DayInput, "ends_on": DayInput}
        help_texts = {
            "job_role": _("As in the rate card, such as Senior developer. Hours already booked keep their rate.")
        }

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not standing.is_client or self.instance.side == Side.CLIENT:
            del self.fields["recorded_from"]


class PersonChangeForm(PersonFields):
    """Role, dates and, for whoever looks after them, name and address of somebody whose hours are booked."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(
        label=_("Mail address"),
        required=False,
        help_text=_("Links by which this person answers without an account go there and nowhere else."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ("name", "email")

    def __init__(self, *args: Any, may_correct: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(self.theirs(self.instance), version=self.instance.version)
        if not may_correct:
            del self.fields["name"], self.fields["email"]

    @staticmethod
    def theirs(current: ProjectPerson) -> dict[str, Any]:
        """What stands in the fields now."""
        return {**model_to_dict(current), "name": current.person.name, "email": current.person.email}

    def changes(self) -> dict[str, Any]:
        """What ``change_person`` takes."""
        changes = dict(self.cleaned_data)
        return {"expected_version": changes.pop("version"), **changes}


class PersonForm(PersonFields):
    """Somebody new whose hours may be booked."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(
        label=_("Mail address"), required=False, help_text=_("Finds the person again in the next project.")
    )
    side = forms.ChoiceField(label=_("Works for"), choices=())

    field_order = ("name", "email", "side")

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, standing=standing, **kwargs)
        project = standing.project
        sides = [
            side
            for side in (Side.VENDOR, Side.CLIENT)
            if standing.may_record_people_of(side) and project.organisation_of(side)
        ]
        self.fields["side"].choices = [(str(side), side_name(project, side)) for side in sides]  # type: ignore[attr-defined]
        self.initial["side"] = str(sides[0])

    class Meta:
        model = ProjectPerson
        fields = ("side", *PersonFields.Meta.fields)
        widgets = PersonFields.Meta.widgets
        help_texts = PersonFields.Meta.help_texts
