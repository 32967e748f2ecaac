"""What the worker reads for the rules: what the replay works out from the past, and at the cost of a few queries."""

import datetime as dt
import random
from dataclasses import asdict, replace

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from alerts.actions import evaluate
from alerts.models import Mark
from budget.alert_figures import rule_figures_of
from budget.models import TimeEntry
from budget.past_figures import figures_by_day
from budget.replay_queries import past_of
from budget.rule_figures import FinishedWork, RuleFigures
from budget.time_entries import reverse_time
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from projects.actions import add_person
from projects.audience import Side
from projects.models import DayOff, Project, ProjectPerson, SideCalendar, Terms
from requirements_app.actions import NewWorkItem, insert_progress, insert_work_items
from requirements_app.models import ProgressReport, WorkItem
from tests.cast import new_project

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 6, 1)  # a Monday
LAST = dt.date(2026, 9, 17)
NIGHT = dt.datetime(2026, 9, 17, 23, 59, 59, tzinfo=dt.UTC)


def busy(project: Project, manager: User, seed: int) -> None:
    """A project with everything that the figures look at: overhead, groups, dropped work, hours taken back, reports."""
    rng = random.Random(seed)  # noqa: S311  (a past that can be repeated, not a secret)
    people = [
        add_person(
            actor=manager, project=project, name=f"Person {number}", side=Side.VENDOR, starts_on=starts_on
        ).person
        for number, starts_on in enumerate((None, FIRST, dt.date(2026, 8, 3)))
    ]
    (group,) = insert_work_items(project=project, new_items=[NewWorkItem(title="Group")])
    items = insert_work_items(
        project=project,
        new_items=[
            NewWorkItem(
                title=f"Item {number}",
                parent=group if number % 4 == 0 else None,
                category=rng.choice(["management", "test", ""]),
                estimate_minutes=rng.choice([None, 120, 600, 1500]),
            )
            for number in range(24)
        ],
    )
    days = [FIRST + dt.timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    booked = [day for day in days if day in (FIRST, LAST) or (day.isoweekday() < 6 and rng.random() < 0.8)]
    places = [*(item.pk for item in items), group.pk, None]
    insert_time_entries(
        project=project,
        entries=[
            NewTimeEntry(rng.choice(people[:2]).pk, day, rng.randrange(30, 300), rng.choice(places))
            for day in booked
            for _entry in range(3)
        ],
        source="file",
        recorded_by=manager,
    )
    for entry in TimeEntry.objects.filter(project=project).order_by("pk")[:4]:
        reverse_time(actor=manager, entry=entry, reason="booked twice")
    insert_progress(
        project=project,
        reports=[
            ProgressReport(
                project=project,
                work_item=rng.choice(items),
                on=day,
                is_done=(is_done := rng.random() < 0.4),
                remaining_minutes=None if is_done else rng.choice([None, 0, 60, 900]),
            )
            for day in rng.sample(days, 30)
        ],
    )
    WorkItem.objects.filter(pk__in=[item.pk for item in items[:3]]).update(state="dropped")
    Terms.objects.filter(pk=project.pk).update(cap_amount=50_000)
    project.planned_start_on, project.planned_finish_on = FIRST, dt.date(2026, 11, 30)
    project.save()
    project.terms.refresh_from_db()


def rounded(figures: RuleFigures) -> RuleFigures:
    """The series keeps shares of estimates to six places."""
    assert figures.compared is not None
    sums = {name: round(value, 1) for name, value in asdict(figures.finished).items()}
    compared = replace(figures.compared, earned=round(figures.compared.earned, 1))
    return replace(figures, finished=FinishedWork(**sums), compared=compared)


def live(project: Project) -> RuleFigures:
    evaluate(project.pk, NIGHT)
    return rule_figures_of([project], NIGHT)[project.pk]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("progress_rule", Terms.ProgressRule.values)
def test_the_worker_and_the_replay_see_the_same(
    project: Project, client_manager: User, progress_rule: str, seed: int
) -> None:
    busy(project, client_manager, seed)
    Terms.objects.filter(pk=project.pk).update(progress_rule=progress_rule)
    project.terms.refresh_from_db()
    seen, (day, past) = live(project), list(figures_by_day(past_of(project)))[-1]
    assert day == LAST
    assert rounded(seen) == rounded(replace(past, at=seen.at))


def test_figures_cost_the_same_for_three_projects_and_thirty(
    project: Project, client_manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    projects = [
        new_project(name=f"P {number}", manager=client_manager, client=project.client, vendor=project.vendor)
        for number in range(30)
    ]
    for one in projects[:3]:
        busy(one, client_manager, 1)
    for some in (projects[:3], projects):
        with django_assert_num_queries(14):
            rule_figures_of(some, NIGHT)


def test_nothing_is_asked_for_no_project(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert rule_figures_of([], NIGHT) == {}


@pytest.mark.parametrize("what", ["person", "calendar", "day off"])
def test_whoever_changes_people_or_calendars_marks_the_project(
    project: Project, client_manager: User, what: str
) -> None:
    calendar = SideCalendar.objects.get(project=project, side=Side.VENDOR)
    person = add_person(actor=client_manager, project=project, name="Pia", side=Side.VENDOR)
    day_off = DayOff.objects.create(project=project, calendar=calendar, on=LAST)
    for change in (
        {
            "person": lambda: ProjectPerson.objects.filter(pk=person.pk).update(starts_on=FIRST),
            "calendar": lambda: SideCalendar.objects.filter(pk=calendar.pk).update(weekdays="1234"),
            "day off": lambda: DayOff.objects.create(project=project, calendar=calendar, on=FIRST),
        }[what],
        {
            "person": lambda: ProjectPerson.objects.filter(pk=person.pk).delete(),
            "calendar": lambda: SideCalendar.objects.filter(pk=calendar.pk).update(country="DE"),
            "day off": day_off.delete,
        }[what],
    ):
        Mark.objects.filter(project=project).delete()
        change()
        assert Mark.objects.filter(project=project).exists()
