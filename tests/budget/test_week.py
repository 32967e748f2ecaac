"""A person's week: what the sheet shows, what saving it writes, and what happens when two write it at once."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person, User
from budget.models import DayBurn, TimeEntry
from budget.time_entries import record_time
from budget.week_actions import CellChange, CellsMoved, save_week
from budget.week_queries import week_of
from core.errors import DomainError, RowsRefused
from projects.actions import add_person, agree_rate
from projects.audience import Side
from projects.models import Activity, Project
from requirements_app.actions import add_work_item
from requirements_app.models import WorkItem

pytestmark = pytest.mark.django_db

SignIn = Callable[[object], Client]
MONDAY = dt.date(2026, 9, 14)
TUESDAY = dt.date(2026, 9, 15)
TODAY = dt.date(2026, 9, 18)


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Import of claims", estimate_minutes=600)


def recorded(
    project: Project,
    actor: User,
    person: Person,
    minutes: int,
    on: dt.date = MONDAY,
    item: WorkItem | None = None,
    *,
    note: str = "",
    billable: str = "y",
) -> TimeEntry:
    return record_time(
        actor=actor,
        project=project,
        person=person,
        worked_on=on,
        minutes=minutes,
        work_item=item,
        today=TODAY,
        billable=billable,
        note=note,
    )


def saved(project: Project, actor: User, person: Person, *changes: CellChange, **more: str) -> tuple[int, int]:
    week = save_week(actor=actor, project=project, person=person, changes=changes, today=TODAY, **more)
    return week.added_minutes, week.taken_back_minutes


def standing(project: Project) -> list[tuple[int, str, str]]:
    """Minutes, note and billable of the entries that count, in the order in which they were written."""
    entries = TimeEntry.objects.filter(project=project, reverses=None, reversals=None).order_by("pk")
    return list(entries.values_list("minutes", "note", "billable"))


# ── What it shows ───────────────────────────────────────────────────────────────────────────────────
def test_week_has_a_row_for_each_item_of_it_and_of_the_week_before(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    before = add_work_item(actor=client_manager, project=project, title="Of last week")
    add_work_item(actor=client_manager, project=project, title="Of nobody")
    recorded(project, client_manager, developer, 90, MONDAY - dt.timedelta(days=3), before)
    recorded(project, client_manager, developer, 60, MONDAY, item)
    recorded(project, client_manager, developer, 30, MONDAY, item)
    recorded(project, client_manager, developer, 45, TUESDAY)
    week = week_of(project, developer, MONDAY)
    assert [(row.number, row.minutes) for row in week.rows] == [
        (1, (90, 0, 0, 0, 0, 0, 0)),
        (2, (0,) * 7),
        (0, (0, 45, 0, 0, 0, 0, 0)),
    ]
    assert (week.total, week.day_totals[:2], week.minutes_before) == (135, (90, 45), 90)


def test_week_leaves_out_what_others_worked(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    tester = add_person(actor=client_manager, project=project, name="Tess Tester", side=Side.VENDOR).person
    recorded(project, client_manager, tester, 60, MONDAY, item)
    assert week_of(project, developer, MONDAY).rows == ()


# ── What saving writes ──────────────────────────────────────────────────────────────────────────────
def test_more_hours_are_added(project: Project, client_manager: User, developer: Person, item: WorkItem) -> None:
    recorded(project, client_manager, developer, 60, MONDAY, item, note="Call")
    change = CellChange(item.pk, MONDAY, 60, 150)
    assert saved(project, client_manager, developer, change, note="Review", billable="n") == (90, 0)
    assert standing(project) == [(60, "Call", "y"), (90, "Review", "n")]


def test_fewer_hours_take_back_the_newest_and_keep_what_the_rest_was(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(60), first_day=MONDAY)
    for minutes, note in ((60, "first"), (120, "second"), (30, "third")):
        recorded(project, client_manager, developer, minutes, MONDAY, item, note=note, billable="n")
    change = CellChange(item.pk, MONDAY, 210, 100)
    assert saved(project, client_manager, developer, change, reason="Booked twice") == (40, 150)
    assert standing(project) == [(60, "first", "n"), (40, "second", "n")]
    assert DayBurn.objects.get(project=project).minutes == 100
    sentences = list(Activity.objects.filter(project=project).order_by("-pk").values_list("verb", "data")[:2])
    assert [verb for verb, _data in sentences] == ["time_recorded", "time_reversed_together"]
    assert sentences[1][1] == {"count": 2, "hours": "2.50", "reason": "Booked twice"}


def test_fewer_hours_want_a_reason(project: Project, client_manager: User, developer: Person) -> None:
    recorded(project, client_manager, developer, 60)
    with pytest.raises(DomainError) as refused:
        saved(project, client_manager, developer, CellChange(None, MONDAY, 60, 0))
    assert (refused.value.code, refused.value.field) == ("reason", "reason")


def test_cells_that_others_changed_are_refused_and_nothing_is_saved(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    recorded(project, client_manager, developer, 60, MONDAY, item)
    changes = (CellChange(item.pk, MONDAY, 0, 120), CellChange(None, TUESDAY, 0, 30))
    with pytest.raises(CellsMoved) as refused:
        saved(project, client_manager, developer, *changes)
    assert refused.value.cells == {(item.pk, MONDAY): 60}
    assert [minutes for minutes, _note, _billable in standing(project)] == [60]


def test_one_row_that_breaks_a_rule_saves_none(project: Project, client_manager: User, developer: Person) -> None:
    changes = (CellChange(None, MONDAY, 0, 60), CellChange(None, TODAY + dt.timedelta(days=1), 0, 60))
    with pytest.raises(RowsRefused):
        saved(project, client_manager, developer, *changes)
    assert standing(project) == []


# ── The page ────────────────────────────────────────────────────────────────────────────────────────
def address(project: Project, person: Person, day: dt.date = MONDAY) -> str:
    return f"{reverse('budget:time_week', args=[project.slug])}?person={person.uuid}&day={day.isoformat()}"


def sent(browser: Client, path: str, **changed: str) -> object:
    """The sheet's form as a browser sends it back, with ``changed`` cells."""
    form = browser.get(path).context["form"]
    data = {bound.html_name: bound.value() for bound in form if not bound.field.disabled and bound.value() is not None}
    shown = {name: form.fields[name].prepare_value(value) for name, value in data.items()}
    return browser.post(path, {**shown, **changed})


READERS = {
    "client_manager": 200,
    "client_team_lead": 200,
    "vendor_manager": 200,
    "vendor_member": 200,
    "client_approver": 403,
    "client_member": 403,
    "client_viewer": 403,
    "vendor_analyst": 403,
    "vendor_viewer": 403,
    "portfolio_viewer": 403,
    "revoked_member": 404,
    "other_client": 404,
    "other_vendor": 404,
}


@pytest.mark.parametrize(("who", "status"), READERS.items())
def test_page_opens_for_whoever_records_time(
    request: pytest.FixtureRequest, sign_in: SignIn, project: Project, developer: Person, who: str, status: int
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    assert browser.get(address(project, developer)).status_code == status


def test_page_of_somebody_of_another_project_is_not_found(
    sign_in: SignIn, client_manager: User, project: Project, other_project: Project, developer: Person
) -> None:
    stranger = add_person(actor=other_project.created_by, project=other_project, name="Xia", side=Side.VENDOR).person
    assert sign_in(client_manager).get(address(project, stranger)).status_code == 404


def test_page_without_people_says_what_to_do_first(sign_in: SignIn, client_manager: User, project: Project) -> None:
    page = sign_in(client_manager).get(reverse("budget:time_week", args=[project.slug]))
    assert (page.status_code, "Go to people" in page.content.decode()) == (200, True)


@pytest.mark.parametrize("day", ["", "nonsense", "9999-12-31", "0001-01-01", "2026-13-40"])
def test_any_day_shows_some_week(
    sign_in: SignIn, client_manager: User, project: Project, developer: Person, day: str
) -> None:
    path = f"{reverse('budget:time_week', args=[project.slug])}?day={day}"
    page = sign_in(client_manager).get(path)
    assert page.status_code == 200
    assert page.context["week"].starts_on.weekday() == 0
    assert page.context["week"].starts_on <= timezone.localdate()


@pytest.mark.parametrize("rows", [3, 30])
def test_page_costs_the_same_for_many_rows(
    sign_in: SignIn,
    client_manager: User,
    project: Project,
    developer: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for number in range(rows):
        item = add_work_item(actor=client_manager, project=project, title=f"Item {number}")
        recorded(project, client_manager, developer, 60, MONDAY, item)
    browser = sign_in(client_manager)
    path = address(project, developer)
    browser.get(path)
    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(path)


PAGE_QUERIES = 11


def test_saving_the_page_records_and_takes_back(
    sign_in: SignIn, vendor_manager: User, project: Project, developer: Person, item: WorkItem
) -> None:
    recorded(project, vendor_manager, developer, 120, MONDAY, item)
    other = add_work_item(actor=project.created_by, project=project, title="Other")
    changed = {"w1-0": "0.5", "w1-1": "7:30", "new-0": other.ref.label, "new-0-2": "1,5", "reason": "Typing error"}
    response = sent(sign_in(vendor_manager), address(project, developer), **changed)
    assert response.status_code == 302  # type: ignore[attr-defined]
    week = week_of(project, developer, MONDAY)
    assert [(row.number, row.minutes[:3]) for row in week.rows] == [(1, (30, 450, 0)), (2, (0, 0, 90))]


def test_page_keeps_what_was_typed_and_asks_for_the_reason(
    sign_in: SignIn, client_manager: User, project: Project, developer: Person, item: WorkItem
) -> None:
    recorded(project, client_manager, developer, 120, MONDAY, item)
    page = sent(sign_in(client_manager), address(project, developer), **{"w1-0": "1", "w1-1": "25"})
    assert page.status_code == 422  # type: ignore[attr-defined]
    assert page.context["form"].errors == {"w1-1": ["At most 24 h."]}  # type: ignore[attr-defined]
    again = sent(sign_in(client_manager), address(project, developer), **{"w1-0": "1"})
    assert list(again.context["form"].errors) == ["reason"]  # type: ignore[attr-defined]
    assert again.context["form"]["w1-0"].value() == "1"  # type: ignore[attr-defined]


def test_item_with_a_row_is_not_written_in_a_second_one(
    sign_in: SignIn, client_manager: User, project: Project, developer: Person, item: WorkItem
) -> None:
    recorded(project, client_manager, developer, 120, MONDAY, item)
    page = sent(sign_in(client_manager), address(project, developer), **{"new-0": "W-1", "new-0-1": "2"})
    assert list(page.context["form"].errors) == ["new-0"]  # type: ignore[attr-defined]


def test_conflict_shows_both_and_saving_again_keeps_mine(
    sign_in: SignIn, client_manager: User, project: Project, developer: Person, item: WorkItem
) -> None:
    recorded(project, client_manager, developer, 60, MONDAY, item)
    browser, path = sign_in(client_manager), address(project, developer)
    form = browser.get(path).context["form"]
    typed = {"seen": form.initial["seen"], "billable": "y", "w1-0": "2", "w1-1": "1", "reason": "Two calls"}
    recorded(project, client_manager, developer, 30, MONDAY, item)
    recorded(project, client_manager, developer, 15, MONDAY + dt.timedelta(days=2), item)
    page = browser.post(path, typed)
    conflict = page.context["form"].conflict
    assert page.status_code == 409
    assert [(row.mine, row.theirs) for row in conflict.rows] == [("2", "1.5")]
    kept = page.context["form"]
    assert [kept[f"w1-{day}"].value() for day in range(3)] == ["2", "1", "0.25"]
    mine = {bound.html_name: bound.value() for bound in kept if bound.value() is not None}
    assert browser.post(path, mine).status_code == 302
    assert week_of(project, developer, MONDAY).rows[0].minutes[:3] == (120, 60, 15)


@pytest.mark.parametrize("seen", ["", "[]", '{"1": [1]}', '{"x": 3}', "{", "null", '{"1": null}'])
def test_damaged_sheet_is_a_conflict_and_changes_nothing(
    sign_in: SignIn, client_manager: User, project: Project, developer: Person, item: WorkItem, seen: str
) -> None:
    recorded(project, client_manager, developer, 60, MONDAY, item)
    data = {"seen": seen, "billable": "y", "w1-0": "2", "reason": "x"}
    assert sign_in(client_manager).post(address(project, developer), data).status_code == 409
    assert standing(project) == [(60, "", "y")]


def test_closed_project_takes_no_week(
    sign_in: SignIn, client_manager: User, project: Project, developer: Person
) -> None:
    project.status = Project.Status.CLOSED
    project.save(update_fields=["status"])
    assert sign_in(client_manager).post(address(project, developer), {"billable": "y"}).status_code == 409
