"""What a project still needs before its figures say anything: the first steps, in their order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from budget.models import DayBurn
from budget.queries import ProjectFigures
from core.kept_query import KeptQuery, among
from projects.access import Standing
from projects.audience import Side
from projects.models import Project, ProjectPerson, Rate, SideCalendar, Terms
from requirements_app.models import WorkItem


@dataclass(frozen=True)
class SetUp:
    """Which of the first steps a project has behind it."""

    has_vendor: bool
    has_terms: bool
    has_people: bool
    has_calendars: bool
    has_rates: bool
    has_estimate: bool
    has_hours: bool

    @property
    def is_complete(self) -> bool:
        """Hours and something to compare them with: from here on the figures speak."""
        return self.has_estimate and self.has_hours


@dataclass(frozen=True)
class Step:
    """``side`` holds the ball; ``url`` is empty for a reader who may not take the step.

    ``text`` says why it matters under the models that the project was opened with. An optional step is offered and
    waits for nobody.
    """

    name: str
    title: str
    text: str
    side: str
    url: str
    is_done: bool
    is_optional: bool = False


@dataclass(frozen=True)
class SetUpFrame:
    """The line above a page that belongs to a first step: which one it is, and where to go on."""

    number: int
    count: int
    step: Step
    onward: Step | None


# Of a project whose figures speak: which of the first steps it left out matters to nobody any more.
SET_UP: Final = SetUp(
    has_vendor=True,
    has_terms=True,
    has_people=True,
    has_calendars=True,
    has_rates=True,
    has_estimate=True,
    has_hours=True,
)

# The pages on which each step is taken or looked at: there the frame stands while the set-up is under way.
PAGES: Final[Mapping[str, frozenset[str]]] = {
    "vendor": frozenset({"projects:vendor_record"}),
    "terms": frozenset({"projects:terms_edit", "projects:terms_detail"}),
    "people": frozenset({"projects:person_add", "projects:person_list"}),
    "calendars": frozenset({"projects:calendar_edit"}),
    "rates": frozenset({"projects:rate_add", "projects:rate_list"}),
    "estimate": frozenset(
        {
            "requirements:work_item_import_new",
            "requirements:work_item_import_detail",
            "requirements:work_item_add",
            "requirements:work_item_list",
        }
    ),
    "hours": frozenset(
        {"budget:time_import_new", "budget:time_import_detail", "budget:time_entry_add", "budget:time_entry_list"}
    ),
}


def set_ups_by(figures: Mapping[int, ProjectFigures], projects: Iterable[Project]) -> dict[int, SetUp]:
    """How far each project's set-up is, by its key. Those whose figures speak are not asked about."""
    begun = {key for key, known in figures.items() if known.estimated_item_count and known.hours_through is not None}
    asked = [project for project in projects if project.pk not in begun]
    return {**dict.fromkeys(begun, SET_UP), **(set_ups_of(asked) if asked else {})}


def set_ups_of(projects: Iterable[Project]) -> dict[int, SetUp]:
    """How far each project's set-up is, by its key. One query, however many projects."""
    rows = SET_UP_ROWS.rows(keys=[project.pk for project in projects])
    return {key: SetUp(vendor is not None, *behind) for key, vendor, *behind in rows}


def _set_up_rows(keys: Any) -> QuerySet[Project, Any]:
    """Key and vendor, then the rest in the order of ``SetUp``."""
    of_project = {"project": OuterRef("pk")}
    agreed = (
        Q(budget_minutes__isnull=False)
        | Q(cap_minutes__isnull=False)
        | Q(budget_amount__isnull=False)
        | Q(cap_amount__isnull=False)
    )
    return (
        Project.objects.filter(pk__in=among(keys))
        .order_by()
        .values_list(
            "pk",
            "vendor",
            Exists(Terms.objects.filter(agreed, **of_project)),
            Exists(ProjectPerson.objects.filter(**of_project)),
            Exists(SideCalendar.objects.filter(**of_project).exclude(country="")),
            Exists(Rate.objects.filter(**of_project)),
            Exists(WorkItem.objects.countable().filter(estimate_minutes__isnull=False, **of_project)),
            Exists(DayBurn.objects.filter(**of_project).exclude(minutes=0)),
        )
    )


SET_UP_ROWS: Final = KeptQuery(_set_up_rows, keys=list)


def recording_side(project: Project) -> str:
    """Who brings in estimates and hours: the vendor once it stands for itself, else the client on its behalf."""
    vendor = project.vendor
    return Side.VENDOR if vendor is not None and vendor.kept_by_id is None else Side.CLIENT


def steps_of(standing: Standing, set_up: SetUp) -> list[Step]:
    """The first steps as this reader may know and take them."""
    project, recording = standing.project, recording_side(standing.project)
    terms = project.terms
    found = [
        _step(
            standing,
            "vendor",
            _("Name the vendor"),
            _("A name is enough; the vendor need not use Oversight."),
            capability="edit_project",
            url=reverse("projects:vendor_record", args=[project.slug]),
            is_done=set_up.has_vendor,
        ),
        _step(
            standing,
            "terms",
            _("Agree hours and cap"),
            WHY_TERMS[terms.billing_model](),
            capability="edit_terms",
            url=f"{reverse('projects:terms_edit', args=[project.slug])}?part=budget",
            is_done=set_up.has_terms,
        ),
        _step(
            standing,
            "people",
            _("Add the people whose hours count"),
            WHY_PEOPLE[terms.cooperation_model](),
            capability="edit_people",
            url=reverse("projects:person_add", args=[project.slug]),
            is_done=set_up.has_people,
            # The first timesheet names them, and whoever brings it in adds them from there.
            is_optional=True,
        ),
        _step(
            standing,
            "calendars",
            _("Say when you work"),
            WHY_CALENDARS[terms.cooperation_model](),
            capability="edit_terms",
            url=reverse("projects:calendar_edit", args=[project.slug, Side.CLIENT]),
            is_done=set_up.has_calendars,
            is_optional=True,
        ),
        _step(
            standing,
            "estimate",
            _("Add the work and its estimates"),
            WHY_ESTIMATE[terms.cooperation_model](),
            side=recording,
            capability="edit_work_items",
            url=reverse("requirements:work_item_import_new", args=[project.slug]),
            is_done=set_up.has_estimate,
        ),
        _step(
            standing,
            "hours",
            _("Bring in the first hours"),
            _("From any timesheet tool; you see what would change before it does."),
            side=recording,
            capability="import_time",
            url=reverse("budget:time_import_new", args=[project.slug]),
            is_done=set_up.has_hours,
        ),
    ]
    if standing.can("view_rates") and terms.billing_model == Terms.BillingModel.TIME_AND_MATERIAL:
        rates = _step(
            standing,
            "rates",
            _("Agree the rates"),
            _("Without a rate hours have no amount; they can be rated later."),
            capability="edit_rates",
            url=reverse("projects:rate_add", args=[project.slug]),
            is_done=set_up.has_rates,
        )
        found.insert(4, rates)
    return found


def next_step(steps: Iterable[Step]) -> Step | None:
    """What waits: the first step that is neither done nor optional."""
    return next((step for step in steps if not step.is_done and not step.is_optional), None)


def frame_of(standing: Standing, page: str) -> SetUpFrame | None:
    """The frame of ``page`` (a URL's name), or None: no page of a step, not this reader's step, or all is set up."""
    name = next((step for step, pages in PAGES.items() if page in pages), None)
    if name is None or standing.project.is_read_only:
        return None
    set_up = set_ups_of([standing.project])[standing.project.pk]
    steps = [] if set_up.is_complete else steps_of(standing, set_up)
    place = next((place for place, step in enumerate(steps) if step.name == name and step.url), None)
    if place is None:
        return None
    # On from here, then whatever was skipped on the way.
    others = [step for step in (*steps[place + 1 :], *steps[:place]) if step.url and not step.is_done]
    # What is optional is offered among all steps; nobody is led through it.
    onward = next((step for step in others if not step.is_optional), next(iter(others), None))
    return SetUpFrame(place + 1, len(steps), steps[place], onward)


WHY_TERMS: Final[Mapping[str, Callable[[], str]]] = {
    Terms.BillingModel.TIME_AND_MATERIAL: lambda: _(
        "Hours are paid as they are worked: only a cap says stop, and every alert needs its limit."
    ),
    Terms.BillingModel.FIXED_PRICE: lambda: _(
        "The hours behind the price show early whether the vendor will run short."
    ),
    Terms.BillingModel.MONTHLY_FEE: lambda: _("The hours behind the fee say how much capacity you pay for."),
}
WHY_PEOPLE: Final[Mapping[str, Callable[[], str]]] = {
    Terms.CooperationModel.PROJECT: lambda: _("The first timesheet names them too, and adds them at a click."),
    Terms.CooperationModel.DEDICATED: lambda: _(
        "These are the people you load and pay for. The first timesheet names them too, and adds them at a click."
    ),
}
WHY_CALENDARS: Final[Mapping[str, Callable[[], str]]] = {
    Terms.CooperationModel.PROJECT: lambda: _(
        "Periods count working days: with your country its holidays are left out. Monday to Friday until then."
    ),
    Terms.CooperationModel.DEDICATED: lambda: _(
        "Working days are the capacity you pay for: with your country its holidays are left out."
    ),
}
WHY_ESTIMATE: Final[Mapping[str, Callable[[], str]]] = {
    Terms.CooperationModel.PROJECT: lambda: _("From a file or one by one: burn is compared with what was estimated."),
    Terms.CooperationModel.DEDICATED: lambda: _(
        "From a file or one by one: what you order is what the paid hours are held against."
    ),
}


def _step(
    standing: Standing,
    name: str,
    title: str,
    text: str,
    *,
    capability: str,
    url: str,
    is_done: bool,
    side: str = Side.CLIENT,
    is_optional: bool = False,
) -> Step:
    may = standing.can(capability) and not standing.project.is_read_only
    return Step(name, title, text, side, url if may else "", is_done, is_optional)
