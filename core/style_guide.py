"""The living style guide: every shared component in each of its states, on one page of the demo.

It is what the browser checks (contrast, names, narrow, dark, print) look at, so a component belongs here before it
belongs on a page.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.conflicts import Conflict, ConflictRow
from core.undo import offer_undo

# The colours of static/css/tokens.css, in its order.
SWATCHES = (
    *("paper", "sheet", "sunk", "float", "rule", "rule-strong", "edge", "ink", "ink-2", "ink-3"),
    *("accent", "accent-strong", "accent-weak", "course", "course-weak", "watch", "watch-weak", "act"),
    *("act-weak", "client", "vendor", "client-weak", "vendor-weak", "fan-1", "fan-2"),
)


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label="Title", max_length=120, help_text="As both sides would say it on the phone.")
    estimate = forms.DecimalField(label="Estimate in hours", required=False, min_value=0)
    due_on = forms.DateField(label="Due on", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    category = forms.ChoiceField(label="Category", choices=[("back", "back-end"), ("front", "front-end")])
    audience = forms.ChoiceField(
        label="Who may see it",
        choices=[("both", "both sides"), ("client", "client only")],
        widget=forms.RadioSelect,
        help_text="What only the client sees has a number of its own series.",
    )
    file = forms.FileField(label="File", required=False)
    text = forms.CharField(label="Description", required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label="The vendor has agreed to the estimate", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=3)


WRONG_DATA = {"estimate": "-3", "audience": "nobody", "category": "?", "version": "3"}


class SampleFilter(forms.Form):
    """Filters as a FilterSet's form has them."""

    q = forms.CharField(label="Title or key", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), ("open", "open"), ("done", "done")])
    estimated = forms.NullBooleanField(label="With an estimate", required=False)


@dataclass(frozen=True)
class SampleWeek:
    """A week of the sample chart, in minutes, and where it stands in the drawing."""

    ends_on: dt.date
    used: int
    earned: int

    @property
    def x(self) -> float:
        return 44 + (self.ends_on - FIRST_WEEK).days * 8

    def y(self, minutes: int) -> float:
        return round(220 - minutes / 60 / 600 * 200, 1)

    @property
    def used_at(self) -> str:
        return f"{self.x:g},{self.y(self.used):g}"

    @property
    def earned_at(self) -> str:
        return f"{self.x:g},{self.y(self.earned):g}"


FIRST_WEEK = dt.date(2026, 1, 4)
USED_HOURS = (0, 38, 80, 126, 170, 214, 262, 318, 366, 412)
EARNED_HOURS = (0, 24, 70, 96, 150, 188, 226, 270, 322, 355)


def sample_weeks() -> list[SampleWeek]:
    return [
        SampleWeek(FIRST_WEEK + dt.timedelta(weeks=number), used * 60, earned * 60)
        for number, (used, earned) in enumerate(zip(USED_HOURS, EARNED_HOURS, strict=True))
    ]


def _sample_conflict() -> Conflict:
    title = ConflictRow(
        "Title", "Import of old claims", "Import of legacy claims", "Import of legacy claims", "id_title"
    )
    category = ConflictRow("Category", "front-end", "back-end", "back", "id_category")
    return Conflict("Somebody else changed this in the meantime. Nothing of yours was saved yet.", (title, category))


def style_guide(request: HttpRequest) -> HttpResponse:
    """Shows the components; a POST shows what a form answers: errors, or a message with its undo."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404("the style guide belongs to the demo and to development")
    form = SampleForm(request.POST or None, request.FILES or None, initial={"audience": "both"})
    if request.method == "POST" and "undo" in request.GET:
        messages.info(request, "Undone: nothing has changed.")
        return redirect("style_guide")
    if request.method == "POST" and form.is_valid():
        offer_undo(request, "The work item is saved.", f"{request.path}?undo")
        return redirect("style_guide")
    now = timezone.now()
    context: dict[str, Any] = {
        "form": form,
        "wrong_form": SampleForm(WRONG_DATA, auto_id="wrong_%s"),
        "filter": {"form": SampleFilter(request.GET or {"q": "import", "state": "open"})},
        "page": Paginator(range(212), 20).get_page(request.GET.get("page", 2)),
        "conflict": _sample_conflict(),
        "weeks": sample_weeks(),
        "swatches": SWATCHES,
        "minutes": 74_070,
        "amount": Decimal("1234.5"),
        "ratio": Decimal("0.095"),
        "today": now.date(),
        "two_hours_ago": now - dt.timedelta(hours=2),
        "rows": range(1, 21),
    }
    return render(request, "style_guide.html", context, status=422 if form.errors else 200)


# What the access test reads: whoever is signed in. `projects.access` lies above this app and cannot be asked.
style_guide.capability = "signed_in"  # type: ignore[attr-defined]
