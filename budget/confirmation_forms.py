"""Forms of confirmations: what is asked, and the answer."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from budget.models import RecordConfirmation
from core.forms import DayInput, needed_when
from projects.access import recipients
from projects.audience import Side
from projects.models import Membership, Project

WEEK = dt.timedelta(days=7)


class AskForm(forms.Form):
    """What is to be confirmed, and by whom of the vendor."""

    subject = forms.ChoiceField(
        label=_("What"),
        choices=RecordConfirmation.Subject,
        widget=forms.RadioSelect,
        initial=RecordConfirmation.Subject.HOURS,
    )
    first_day = forms.DateField(
        label=_("First day"), required=False, widget=DayInput, help_text=_("For hours: a week, a month, any days.")
    )
    last_day = forms.DateField(label=_("Last day"), required=False, widget=DayInput)
    person = forms.ModelChoiceField(
        label=_("Who is asked"),
        queryset=Person.objects.none(),
        to_field_name="uuid",
        empty_label=_("Choose"),
        help_text=_("Gets the link by mail. You never see it: whoever asks does not answer."),
    )
    email = forms.EmailField(
        label=_("Mail address"), required=False, help_text=_("Of whoever is asked, if we know none yet. It is kept.")
    )

    def __init__(self, *args: Any, project: Project, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Where somebody answers signed in, nobody has to find out an address.
        managers = recipients(project, Side.VENDOR, (Membership.Role.MANAGER,))
        without_address = _("no mail address: the vendor’s manager answers")
        # A help text may hold markup, and a name holds none.
        names: list[str] = [escape(manager.name) for manager in managers]
        if names:
            self.fields["person"].help_text = ngettext(
                "Gets the link by mail; you never see it. %(names)s manages for the vendor, is told as well and can"
                " answer signed in, whomever you choose.",
                "Gets the link by mail; you never see it. %(names)s manage for the vendor, are told as well and can"
                " answer signed in, whomever you choose.",
                len(names),
            ) % {"names": get_text_list(names, gettext("and"))}
        else:
            without_address = _("no mail address yet")
        people = Person.objects.filter(projects__project=project, projects__side=Side.VENDOR, is_active=True)
        self.fields["person"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = lambda person: (  # type: ignore[attr-defined]
            f"{person.name} ({person.email or without_address})"
        )
        last_sunday = today - dt.timedelta(days=today.isoweekday())
        self.initial.setdefault("first_day", last_sunday - WEEK + dt.timedelta(days=1))
        self.initial.setdefault("last_day", last_sunday)

    @property
    def has_people(self) -> bool:
        """Whether there is anybody of the vendor to ask."""
        return bool(self.fields["person"].queryset.exists())  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    """Where a new link goes, when we do not know it yet."""

    email = forms.EmailField(label=_("Mail address"), help_text=_("The link goes there and nowhere else. It is kept."))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person.email:
            del self.fields["email"]


class AnswerForm(forms.Form):
    """Confirm, or object and say why."""

    AGREE, OBJECT = "confirm", "object"

    answer = forms.ChoiceField(
        label=_("Answer"), choices=[(AGREE, _("Confirm")), (OBJECT, _("Object"))], widget=forms.HiddenInput
    )
    reason = needed_when(
        forms.CharField(
            label=_("What is not right"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Both sides read it."),
        ),
        _("needed to object"),
    )

    def clean(self) -> dict[str, Any]:
        """``agrees`` and ``reason``, as the action takes them."""
        cleaned = super().clean() or {}
        agrees = cleaned.get("answer") == self.AGREE
        if "answer" in cleaned and not agrees and not cleaned.get("reason"):
            self.add_error("reason", _("Say what is not right."))
        return {"agrees": agrees, "reason": cleaned.get("reason", "")}
