"""The living style guide: every shared component in each of its states, on one page of the demo.

It is what the browser checks (contrast, names, narrow, dark, print) look at, so a component belongs here before it
belongs on a page. What an upper app draws it shows by ``register_samples``.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from core.conflicts import Conflict, ConflictRow
from core.errors import StaleVersion
from core.form_pages import errors_shown_in, status_of
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

    def theirs(self, current: Any) -> dict[str, Any]:
        """What somebody else has saved meanwhile."""
        return {"title": "Import of legacy claims", "category": "back", "agreed": True}


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


# By template: what an upper app shows, as a context made for whoever looks.
SAMPLES: Final[dict[str, Callable[[HttpRequest], Mapping[str, Any]]]] = {}


def register_samples(template_name: str, context_for: Callable[[HttpRequest], Mapping[str, Any]]) -> None:
    """Show ``template_name``, sections of the guide, below the components that know no word of the domain."""
    SAMPLES[template_name] = context_for


@dataclass(frozen=True)
class SavedMeanwhile:
    """The sample's object as it stands now."""

    version: int = 3


# What a press of a button on the guide says.
SAID: Final[Mapping[str, tuple[int, str]]] = {
    "success": (messages.SUCCESS, "The work item is saved."),
    "info": (messages.INFO, "The file is read as the last one with these columns was."),
    "warning": (messages.WARNING, "Three rows were left out; they stand below with their reasons."),
    "error": (messages.ERROR, "The file could not be read. Nothing was imported."),
}


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
    if "ask" in request.GET and request.method != "POST":
        return render(request, "style_guide_ask.html")
    initial = {"audience": "both", "version": 2 if "stale" in request.GET else 3}
    form = SampleForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and _is_done(request, form):
        return redirect("style_guide")
    return render(request, "style_guide.html", _everything(request, form), status=status_of(form))


def _is_done(request: HttpRequest, form: SampleForm) -> bool:
    """Whether what was sent was done, and said; else the form has what to show."""
    if chosen := SAID.get(request.POST.get("say", "")):
        messages.add_message(request, *chosen)
        return True
    for act, said in (("undo", "Undone: nothing has changed."), ("ask", "Ended: nothing has changed.")):
        if act in request.GET:
            messages.info(request, said)
            return True
    if form.is_valid():
        with errors_shown_in(form):
            if form.cleaned_data["version"] < SavedMeanwhile.version:
                raise StaleVersion("Somebody else changed this in the meantime.", current=SavedMeanwhile())
            offer_undo(request, "The work item is saved.", f"{request.path}?undo")
            return True
    return False


def _everything(request: HttpRequest, form: SampleForm) -> dict[str, Any]:
    now = timezone.now()
    return {
        "form": form,
        "samples": [render_to_string(name, dict(made_for(request)), request) for name, made_for in SAMPLES.items()],
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


# What the access test reads: whoever is signed in. `projects.access` lies above this app and cannot be asked.
style_guide.capability = "signed_in"  # type: ignore[attr-defined]
