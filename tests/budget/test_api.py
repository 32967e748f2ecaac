"""Hours through the API: the same effect as the page's, lists all or nothing, money only for who may see it."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, Person, User
from budget.models import TimeEntry
from budget.time_entries import record_times
from budget.time_entry_insert import NewTimeEntry
from projects.actions import agree_rate
from projects.models import Activity, Project
from requirements_app.actions import add_work_item, change_work_item
from requirements_app.models import WorkItem
from tests.api_client import Program

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 9, 1)


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Berth plan", estimate_minutes=600)


@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/time-entries/"


def sent(person: Person, **changes: Any) -> dict[str, Any]:
    return {"person": str(person.uuid), "worked_on": "2026-09-01", "minutes": 90, **changes}


def record_some(project: Project, person: Person, actor: User, count: int) -> None:
    entries = [
        NewTimeEntry(person_id=person.pk, worked_on=DAY + dt.timedelta(days=number % 3), minutes=10 + number)
        for number in range(count)
    ]
    record_times(actor=actor, project=project, entries=entries, today=timezone.localdate(), source="api")


def test_time_entry_is_recorded(
    program: Program, path: str, vendor_manager: User, developer: Person, item: WorkItem, project: Project
) -> None:
    agree_rate(actor=project.created_by, project=project, hourly_rate=Decimal(80), first_day=DAY)
    response = program(vendor_manager).post(
        path, sent(developer, work_item=item.ref.number, billable="y", note="Bollards")
    )
    assert response.status_code == 201
    entry = TimeEntry.objects.get()
    assert response["Location"] == f"http://testserver/api/v1/{path}{entry.uuid}/"
    assert response.json() == {
        "uuid": str(entry.uuid),
        "worked_on": "2026-09-01",
        "person": {"uuid": str(developer.uuid), "name": "Dora Developer"},
        "work_item": item.ref.number,
        "minutes": 90,
        "hours": "1.50",
        "billable": "y",
        "note": "Bollards",
        "hourly_rate": "80.0000",
        "amount": "120.00",
        "reverses": None,
        "reversed_by": None,
        "source": "api",
        "source_id": None,
        "recorded_by": "Vera Manager",
        "recorded_at": entry.recorded_at.isoformat().replace("+00:00", "Z"),
        "recorded_for": "",
        "recorded_from": "",
    }


def test_time_entry_of_the_api_equals_that_of_the_page(
    program: Program,
    path: str,
    sign_in: Callable[[User], Client],
    vendor_manager: User,
    developer: Person,
    item: WorkItem,
    project: Project,
) -> None:
    program(vendor_manager).post(path, sent(developer, work_item=item.ref.number, billable="y", note="Bollards"))
    form = {
        "person": str(developer.uuid),
        "worked_on": "2026-09-01",
        "minutes": "1.5",
        "work_item": item.ref.label,
        "billable": "y",
        "note": "Bollards",
    }
    assert sign_in(vendor_manager).post(f"/p/{project.slug}/time/add/", form).status_code == 302
    by_api, by_page = (_plain(entry) for entry in TimeEntry.objects.order_by("pk"))
    assert by_api == {**by_page, "source": "api"}
    first, second = (
        Activity.objects.filter(verb="time_recorded").order_by("pk").values("actor", "ref", "data", "audience")
    )
    assert first == second


def _plain(entry: TimeEntry) -> dict[str, Any]:
    return {
        field.attname: getattr(entry, field.attname)
        for field in TimeEntry._meta.concrete_fields
        if field.name not in ("id", "uuid", "recorded_at")
    }


def test_money_is_left_out_for_who_may_not_see_it(
    program: Program, path: str, vendor_member: User, client_viewer: User, client_approver: User, developer: Person
) -> None:
    """Nor an amount beside minutes to who may not see rates: it would be one."""
    project = Project.objects.get()
    agree_rate(actor=project.created_by, project=project, hourly_rate=Decimal(80), first_day=DAY)
    record_some(project, developer, project.created_by, 1)
    readers = (vendor_member, client_viewer, client_approver)
    shown = [{"hourly_rate", "amount"} & set(program(user).get(path).json()["results"][0]) for user in readers]
    assert shown == [set(), set(), {"hourly_rate", "amount"}]


def test_time_entries_are_not_sorted_by_money_that_is_not_shown(
    program: Program, path: str, client_approver: User, client_viewer: User
) -> None:
    """Also after the schema was made, which reads the filters' fields and so makes them last."""
    SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    assert program(client_approver).get(path, order="amount").status_code == 200
    assert program(client_viewer).get(path, order="-minutes").status_code == 200
    refused = program(client_viewer).get(path, order="amount")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["parameter"] == "order"


def test_list_of_entries_is_recorded_together(
    program: Program, path: str, vendor_manager: User, developer: Person, item: WorkItem
) -> None:
    rows = [sent(developer, minutes=minutes, work_item=item.ref.number) for minutes in (30, 20, 10)]
    answer = program(vendor_manager).post(path, rows)
    assert answer.status_code == 201
    assert answer.json()["new_count"] == 3
    assert [row["minutes"] for row in answer.json()["results"]] == [30, 20, 10]
    assert list(Activity.objects.filter(verb__startswith="time_").values_list("data", flat=True)) == [
        {"count": 3, "hours": "1.00"}
    ]


def test_list_with_wrong_rows_records_nothing_and_names_each(
    program: Program, path: str, vendor_manager: User, developer: Person, item: WorkItem, project: Project
) -> None:
    change_work_item(actor=vendor_manager, item=item, expected_version=item.version, is_dropped=True)
    rows = [
        sent(developer),
        sent(developer, worked_on="2199-01-01"),
        sent(developer, work_item=item.ref.number),
    ]
    refused = program(vendor_manager).post(path, rows)
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("#/1/worked_on", "future"),
        ("#/2/work_item", "dropped"),
    ]
    unreadable = program(vendor_manager).post(path, [sent(developer), sent(developer, minutes=0), {}])
    assert [(one["pointer"], one["code"]) for one in unreadable.json()["errors"]] == [
        ("#/1/minutes", "min_value"),
        ("#/2/person", "required"),
        ("#/2/worked_on", "required"),
        ("#/2/minutes", "required"),
    ]
    assert TimeEntry.objects.count() == 0


def test_list_is_limited(program: Program, path: str, vendor_manager: User, developer: Person) -> None:
    assert program(vendor_manager).post(path, []).status_code == 422
    assert program(vendor_manager).post(path, [sent(developer)] * 1001).status_code == 422
    assert program(vendor_manager).post(path, [sent(developer)] * 1000).status_code == 201
    assert TimeEntry.objects.count() == 1000


def test_list_costs_the_same_queries_however_long(
    program: Program,
    path: str,
    vendor_manager: User,
    developer: Person,
    item: WorkItem,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = program(vendor_manager)
    # The first one begins a message to the other side, to which the others add.
    api.post(path, [sent(developer)])
    for count in (3, 30):
        with django_assert_num_queries(21):
            api.post(path, [sent(developer, work_item=item.ref.number) for _number in range(count)])


def test_person_of_another_project_is_as_unknown_as_none(
    program: Program,
    path: str,
    vendor_manager: User,
    other_project: Project,
    other_vendor_organisation: Organisation,
) -> None:
    stranger = Person.objects.create(organisation=other_vendor_organisation, name="Sam Stranger")
    other_project.people.create(person=stranger, side="vendor")
    refused = program(vendor_manager).post(path, sent(stranger)).json()
    unknown = program(vendor_manager).post(path, {**sent(stranger), "person": "00000000-0000-4000-8000-000000000000"})
    assert refused["errors"] == [
        {"pointer": "#/person", "code": "not_of_project", "detail": "Nobody of this project has this uuid."}
    ]
    assert refused == unknown.json()


def test_work_item_of_another_project_is_unknown(
    program: Program, path: str, vendor_manager: User, developer: Person, other_project: Project
) -> None:
    item = add_work_item(actor=other_project.created_by, project=other_project, title="Letters")
    refused = program(vendor_manager).post(path, sent(developer, work_item=item.ref.number))
    assert refused.json()["errors"][0]["pointer"] == "#/work_item"
    assert TimeEntry.objects.count() == 0


def test_source_id_counts_once(program: Program, path: str, vendor_manager: User, developer: Person) -> None:
    api = program(vendor_manager)
    first, again = (api.post(path, sent(developer, source_id="tempo-7")) for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    both = api.post(path, [sent(developer, source_id="tempo-8"), sent(developer, source_id="tempo-7")])
    assert both.json()["new_count"] == 1
    assert [row["source_id"] for row in both.json()["results"]] == ["tempo-8", "tempo-7"]
    twice = api.post(path, [sent(developer, source_id="tempo-9", minutes=20)] * 2 + [sent(developer, minutes=10)])
    assert (twice.json()["new_count"], len(twice.json()["results"])) == (2, 3)
    assert Activity.objects.filter(verb="time_recorded_together").get().data == {"count": 2, "hours": "0.50"}
    other = api.post(path, sent(developer, source_id="tempo-7", minutes=15))
    assert (other.status_code, other.json()["code"]) == (422, "source_id_taken")
    assert TimeEntry.objects.count() == 4


def test_time_entry_is_taken_back_once(
    program: Program, path: str, vendor_manager: User, developer: Person, project: Project
) -> None:
    record_some(project, developer, vendor_manager, 1)
    entry = TimeEntry.objects.get()
    api = program(vendor_manager)
    reversal = api.post(f"{path}{entry.uuid}/reverse/", {"reason": "wrong day"})
    assert reversal.status_code == 201
    assert (reversal.json()["minutes"], reversal.json()["reverses"]) == (-10, str(entry.uuid))
    assert api.get(f"{path}{entry.uuid}/").json()["reversed_by"] == reversal.json()["uuid"]
    twice = api.post(f"{path}{entry.uuid}/reverse/", {"reason": "again"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_reversed")


def test_filters_are_those_of_the_page(
    program: Program, path: str, vendor_manager: User, developer: Person, project: Project
) -> None:
    record_some(project, developer, vendor_manager, 6)
    api = program(vendor_manager)
    found = api.get(path, since="2026-09-02", until="2026-09-02").json()["results"]
    assert [row["minutes"] for row in found] == [14, 11]
    assert api.get(path, since="yesterday").status_code == 422


def test_list_is_read_with_constant_queries(
    program: Program,
    path: str,
    client_manager: User,
    developer: Person,
    project: Project,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = program(client_manager)
    api.get(path)
    for more in (3, 27):
        record_some(project, developer, client_manager, more)
        with django_assert_num_queries(5):
            assert len(api.get(path).json()["results"]) in (3, 30)
