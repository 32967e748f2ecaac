"""What a project still needs before its figures say anything: the first steps, in their order."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from budget.models import DayBurn
from projects.access import Standing
from projects.audience import Side
from projects.models import Project, ProjectPerson, Rate, Terms
from requirements_app.models import WorkItem


@dataclass(frozen=True)
class SetUp:
    """Which of the first steps a project has behind it."""

    has_vendor: bool
    has_terms: bool
    has_people: bool
    has_rates: bool
    has_estimate: bool
    has_hours: bool

    @property
    def is_complete(self) -> bool:
        """Hours and something to compare them with: from here on the figures speak."""
        return self.has_estimate and self.has_hours


@dataclass(frozen=True)
class Step:
    """``side`` holds the ball; ``url`` is empty for a reader who may not take the step."""

    name: str
    title: str
    text: str
    side: str
    url: str
    is_done: bool


def set_ups_of(projects: Iterable[Project]) -> dict[int, SetUp]:
    """How far each project's set-up is, by its key. One query, however many projects."""
    of_project = {"project": OuterRef("pk")}
    agreed = (
        Q(budget_minutes__isnull=False)
        | Q(cap_minutes__isnull=False)
        | Q(budget_amount__isnull=False)
        | Q(cap_amount__isnull=False)
    )
    rows = (
        Project.objects.filter(pk__in=[project.pk for project in projects])
        .order_by()
        .values("pk", "vendor")
        .annotate(
            has_terms=Exists(Terms.objects.filter(agreed, **of_project)),
            has_people=Exists(ProjectPerson.objects.filter(**of_project)),
            has_rates=Exists(Rate.objects.filter(**of_project)),
            has_estimate=Exists(WorkItem.objects.countable().filter(estimate_minutes__isnull=False, **of_project)),
            has_hours=Exists(DayBurn.objects.filter(**of_project).exclude(minutes=0)),
        )
    )
    return {
        row["pk"]: SetUp(
            has_vendor=row["vendor"] is not None,
            has_terms=row["has_terms"],
            has_people=row["has_people"],
            has_rates=row["has_rates"],
            has_estimate=row["has_estimate"],
            has_hours=row["has_hours"],
        )
        for row in rows
    }


def recording_side(project: Project) -> str:
    """Who brings in estimates and hours: the vendor once it stands for itself, else the client on its behalf."""
    vendor = project.vendor
    return Side.VENDOR if vendor is not None and vendor.kept_by_id is None else Side.CLIENT


def steps_of(standing: Standing, set_up: SetUp) -> list[Step]:
    """The first steps as this reader may know and take them."""
    project, recording = standing.project, recording_side(standing.project)
    steps = [
        _step(
            standing,
            "vendor",
            _("Name the vendor"),
            _("A name is enough; the vendor need not use Oversight."),
            side=Side.CLIENT,
            capability="edit_project",
            url_name="projects:project_edit",
            is_done=set_up.has_vendor,
        ),
        _step(
            standing,
            "terms",
            _("Agree hours and cap"),
            _("What was agreed, so that every alert knows its limit."),
            side=Side.CLIENT,
            capability="edit_terms",
            url_name="projects:terms_edit",
            is_done=set_up.has_terms,
        ),
        _step(
            standing,
            "people",
            _("Add the people whose hours count"),
            _("Timesheets name people; an import can only book on those listed."),
            side=Side.CLIENT,
            capability="edit_people",
            url_name="projects:person_add",
            is_done=set_up.has_people,
        ),
        _step(
            standing,
            "estimate",
            _("Add the work and its estimates"),
            _("From a file or one by one: burn is compared with what was estimated."),
            side=recording,
            capability="edit_work_items",
            url_name="requirements:work_item_import_new",
            is_done=set_up.has_estimate,
        ),
        _step(
            standing,
            "hours",
            _("Bring in the first hours"),
            _("From any timesheet tool; you see what would change before it does."),
            side=recording,
            capability="import_time",
            url_name="budget:time_import_new",
            is_done=set_up.has_hours,
        ),
    ]
    if standing.can("view_rates") and project.terms.billing_model == Terms.BillingModel.TIME_AND_MATERIAL:
        rates = _step(
            standing,
            "rates",
            _("Agree the rates"),
            _("Without a rate hours have no amount; they can be rated later."),
            side=Side.CLIENT,
            capability="edit_rates",
            url_name="projects:rate_add",
            is_done=set_up.has_rates,
        )
        steps.insert(3, rates)
    return steps


def _step(
    standing: Standing,
    name: str,
    title: str,
    text: str,
    *,
    side: str,
    capability: str,
    url_name: str,
    is_done: bool,
) -> Step:
    may = standing.can(capability) and not standing.project.is_read_only
    return Step(name, title, text, side, reverse(url_name, args=[standing.project.slug]) if may else "", is_done)
