import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal

import psycopg2
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Person, User
from budget.models import DayBurn, ItemBurn, PersonWeekBurn, TimeEntry
from budget.time_entries import record_time, reverse_time
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from core.errors import DomainError
from launch.postgres import Urls
from projects.actions import add_person, agree_rate
from projects.activity import ActivityLine
from projects.audience import Side
from projects.models import Activity, Project
from requirements_app.actions import add_work_item, change_work_item
from requirements_app.models import WorkItem
from tests.budget.rollup_sums import drift

Rollup = ItemBurn | DayBurn | PersonWeekBurn

DAY = dt.date(2026, 9, 14)
TODAY = dt.date(2026, 9, 18)
LONG_AGO = dt.date(2026, 1, 1)


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Import", category="back_end")


def recorded(
    project: Project,
    actor: User,
    person: Person,
    *,
    minutes: int = 60,
    worked_on: dt.date = DAY,
    work_item: WorkItem | None = None,
    billable: str = "y",
) -> TimeEntry:
    return record_time(
        actor=actor,
        project=project,
        person=person,
        worked_on=worked_on,
        minutes=minutes,
        today=TODAY,
        work_item=work_item,
        billable=billable,
    )


# ── The rate ────────────────────────────────────────────────────────────────────────────────────────

RATES = {"everyone": Decimal(40), "category": Decimal(50), "role": Decimal(60), "person": Decimal(70)}


@pytest.mark.parametrize(
    ("agreed", "rate"),
    [
        (["everyone"], 40),
        (["everyone", "category"], 50),
        (["everyone", "category", "role"], 60),
        (["everyone", "category", "role", "person"], 70),
        (["category", "person"], 70),
        ([], None),
    ],
)
def test_most_particular_rate_wins(
    project: Project, client_manager: User, developer: Person, item: WorkItem, agreed: list[str], rate: int | None
) -> None:
    subjects: dict[str, dict[str, object]] = {
        "everyone": {},
        "category": {"category": "back_end"},
        "role": {"job_role": "Developer"},
        "person": {"person": developer},
    }
    for name in agreed:
        agree_rate(actor=client_manager, project=project, hourly_rate=RATES[name], first_day=LONG_AGO, **subjects[name])
    entry = recorded(project, client_manager, developer, minutes=90, work_item=item)
    expected = (None, None) if rate is None else (Decimal(rate), Decimal(rate) * 3 / 2)
    assert (entry.hourly_rate, entry.amount) == expected


@pytest.mark.parametrize("other", [{"category": "test"}, {"job_role": "Tester"}])
def test_rate_of_another_category_or_role_is_not_taken(
    project: Project, client_manager: User, developer: Person, item: WorkItem, other: dict[str, str]
) -> None:
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(50), first_day=LONG_AGO, **other)
    assert recorded(project, client_manager, developer, work_item=item).amount is None


def test_rate_of_the_day_of_the_work_counts(project: Project, client_manager: User, developer: Person) -> None:
    agree_rate(
        actor=client_manager,
        project=project,
        hourly_rate=Decimal(40),
        first_day=DAY,
        last_day=DAY + dt.timedelta(days=1),
    )
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(45), first_day=DAY + dt.timedelta(days=2))
    amounts = [
        recorded(project, client_manager, developer, worked_on=DAY + dt.timedelta(days=after)).amount
        for after in (-1, 0, 1, 2)
    ]
    assert amounts == [None, Decimal(40), Decimal(40), Decimal(45)]


@pytest.mark.parametrize(
    ("rate", "minutes", "amount"),
    [("33.3333", 60, "33.33"), ("0.0300", 10, "0.01"), ("99.99", 7, "11.67"), ("100", 1, "1.67")],
)
def test_amount_is_rounded_half_away_from_zero(
    project: Project, client_manager: User, developer: Person, rate: str, minutes: int, amount: str
) -> None:
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(rate), first_day=LONG_AGO)
    assert recorded(project, client_manager, developer, minutes=minutes).amount == Decimal(amount)


# ── What is refused ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"worked_on": TODAY + dt.timedelta(days=1)}, "future", "worked_on"),
        ({"minutes": 0}, "minutes_of_one_day", "minutes"),
        ({"minutes": -60}, "minutes_of_one_day", "minutes"),
        ({"minutes": 1441}, "minutes_of_one_day", "minutes"),
    ],
)
def test_impossible_hours_are_refused(
    project: Project, client_manager: User, developer: Person, wrong: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        recorded(project, client_manager, developer, **wrong)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == (code, field)
    assert TimeEntry.objects.count() == 0


def test_hours_of_today_are_taken(project: Project, client_manager: User, developer: Person) -> None:
    assert recorded(project, client_manager, developer, worked_on=TODAY).worked_on == TODAY


def test_person_of_another_project_is_refused(
    project: Project, other_project: Project, client_manager: User, other_client: User
) -> None:
    stranger = add_person(actor=other_client, project=other_project, name="Sven", side=Side.VENDOR).person
    with pytest.raises(DomainError) as refused:
        recorded(project, client_manager, stranger)
    assert (refused.value.code, refused.value.field) == ("not_of_project", "person")


def test_item_of_another_project_is_refused_by_the_database(
    project: Project, other_project: Project, client_manager: User, other_client: User, developer: Person
) -> None:
    theirs = add_work_item(actor=other_client, project=other_project, title="Theirs")
    with pytest.raises(IntegrityError, match="entry_item_same_project"), transaction.atomic():
        recorded(project, client_manager, developer, work_item=theirs)


def test_dropped_item_takes_no_more_hours(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    change_work_item(actor=client_manager, item=item, expected_version=1, is_dropped=True)
    with pytest.raises(DomainError) as refused:
        recorded(project, client_manager, developer, work_item=item)
    assert (refused.value.code, refused.value.field) == ("dropped", "work_item")


def test_hours_over_the_cap_are_facts_and_taken(project: Project, client_manager: User, developer: Person) -> None:
    for back in range(21):
        recorded(project, client_manager, developer, minutes=1440, worked_on=DAY - dt.timedelta(days=back))
    assert sum(DayBurn.objects.values_list("minutes", flat=True)) == 21 * 1440 > project.terms.cap_minutes


# ── Taking back ─────────────────────────────────────────────────────────────────────────────────────


def test_reversal_takes_off_exactly_what_the_entry_added_whatever_rate_holds_by_now(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    agree_rate(
        actor=client_manager,
        project=project,
        hourly_rate=Decimal("33.3333"),
        first_day=LONG_AGO,
    )
    entry = recorded(project, client_manager, developer, minutes=50, work_item=item)
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(99), first_day=LONG_AGO, person=developer)
    reversal = reverse_time(actor=client_manager, entry=entry, reason="wrong item")
    assert (reversal.minutes, reversal.amount, reversal.hourly_rate) == (-50, -entry.amount, entry.hourly_rate)
    assert (reversal.reverses, reversal.note, reversal.work_item, reversal.worked_on) == (
        entry,
        "wrong item",
        item,
        DAY,
    )
    assert list(ItemBurn.objects.values_list("minutes", "amount")) == [(0, Decimal(0))]
    sentence = ActivityLine.of(Activity.objects.filter(project=project).order_by("pk").last()).sentence
    assert sentence == "took back 0.83 h of 14 Sep 2026: wrong item"


def test_entry_is_taken_back_once_and_a_reversal_never(
    project: Project, client_manager: User, developer: Person
) -> None:
    entry = recorded(project, client_manager, developer)
    reversal = reverse_time(actor=client_manager, entry=entry, reason="twice booked")
    codes = []
    for each in (entry, reversal):
        with pytest.raises(DomainError) as refused:
            reverse_time(actor=client_manager, entry=each, reason="again")
        codes.append(refused.value.code)
    assert codes == ["already_reversed", "is_reversal"]
    assert TimeEntry.objects.count() == 2


def test_the_database_lets_an_entry_be_taken_back_once(
    project: Project, client_manager: User, developer: Person
) -> None:
    """Also for two who do it at once, and past the action that looks before."""
    entry = recorded(project, client_manager, developer)
    reverse_time(actor=client_manager, entry=entry, reason="twice booked")
    again = NewTimeEntry(entry.person_id, entry.worked_on, -entry.minutes, reverses_id=entry.pk)
    with pytest.raises(IntegrityError, match="an_entry_is_taken_back_once"), transaction.atomic():
        insert_time_entries(project=project, entries=[again], source="form", recorded_by=client_manager)


def test_same_source_id_counts_once(project: Project, client_manager: User, developer: Person) -> None:
    def bring() -> int:
        # Each time entries of their own, as two files bring them: only what the source calls them is the same.
        entries = [NewTimeEntry(developer.pk, DAY, 60, source_id=name) for name in ("a", "b")]
        return len(insert_time_entries(project=project, entries=entries, source="file", recorded_by=client_manager))

    assert [bring(), bring()] == [2, 0]
    assert DayBurn.objects.get().minutes == 120


def test_a_long_list_is_written_by_one_statement_like_a_short_one(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(60), first_day=LONG_AGO)
    entries = [
        NewTimeEntry(developer.pk, DAY, 1 + number % 9, item.pk, "y", f"note, {number}", f"id:{number % 1500}")
        for number in range(1600)
    ]
    with CaptureQueriesContext(connection) as captured:
        written = insert_time_entries(project=project, entries=iter(entries), source="file", recorded_by=client_manager)
    assert sum("INTO budget_timeentry" in query["sql"] for query in captured) == 1
    assert (len(written), written) == (1500, sorted(written))
    sent = {entry.key_in(project): entry for entry in reversed(entries)}
    assert {
        key: (minutes, note, source_id, amount)
        for key, minutes, note, source_id, amount in TimeEntry.objects.values_list(
            "pk", "minutes", "note", "source_id", "amount"
        )
    } == {key: (each.minutes, each.note, each.source_id, Decimal(each.minutes)) for key, each in sent.items()}
    assert drift() == {}


# ── The rollups are the sums, by whichever path entries come and go ─────────────────────────────────

step = st.one_of(
    st.tuples(
        st.just("insert"),
        st.lists(
            st.tuples(
                st.integers(0, 1),  # person
                st.integers(0, 2),  # item, or none
                st.integers(0, 20),  # days back
                st.integers(1, 1440),
                st.sampled_from("ynu"),
            ),
            min_size=1,
            max_size=5,
        ),
    ),
    st.tuples(st.just("reverse"), st.integers(0, 9)),
    st.tuples(st.just("shift"), st.integers(1, 20)),
    st.tuples(st.just("move"), st.integers(0, 2)),
    st.tuples(st.just("unrate"), st.integers(0, 9)),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("raw"), st.integers(1, 3)),
)


def taken(number: int) -> uuid.UUID | None:
    """The key of the entry with this number, or None."""
    keys = list(TimeEntry.objects.filter(reverses=None, reversals=None).order_by("pk").values_list("pk", flat=True))
    return keys[number % len(keys)] if keys else None


@given(st.lists(step, min_size=1, max_size=8))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_rollups_equal_sums_from_scratch(
    project: Project, client_manager: User, developer: Person, steps: list[tuple[str, object]]
) -> None:
    with transaction.atomic():
        play(project, client_manager, developer, steps)
        transaction.set_rollback(True)


def play(project: Project, actor: User, developer: Person, steps: list[tuple[str, object]]) -> None:
    agree_rate(actor=actor, project=project, hourly_rate=Decimal("61.37"), first_day=DAY - dt.timedelta(days=10))
    tester = add_person(actor=actor, project=project, name="Tess", side=Side.VENDOR, job_role="Tester").person
    people = [developer, tester]
    items = [None, *(add_work_item(actor=actor, project=project, title=title) for title in ("One", "Two"))]
    item_keys = [item.pk if item else None for item in items]
    for kind, data in steps:
        if kind == "insert":
            new = [
                NewTimeEntry(people[who].pk, DAY - dt.timedelta(days=back), minutes, item_keys[what], billable)
                for who, what, back, minutes, billable in data  # type: ignore[attr-defined]
            ]
            insert_time_entries(project=project, entries=new, source="file", recorded_by=actor)
        elif kind == "reverse" and (key := taken(data)):  # type: ignore[arg-type]
            reverse_time(actor=actor, entry=TimeEntry.objects.get(pk=key), reason="test")
        elif kind == "shift":
            TimeEntry.objects.update(worked_on=F("worked_on") - dt.timedelta(days=data))  # type: ignore[arg-type]
        elif kind == "move":
            TimeEntry.objects.filter(person=developer).update(work_item=items[data], billable="n")  # type: ignore[call-overload]
        elif kind == "unrate" and (key := taken(data)):  # type: ignore[arg-type]
            TimeEntry.objects.filter(pk=key).update(hourly_rate=None, amount=None)
        elif kind == "delete" and (key := taken(data)):  # type: ignore[arg-type]
            TimeEntry.objects.filter(pk=key).delete()
        elif kind == "raw":
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE budget_timeentry SET minutes = greatest(minutes / %s, 1) WHERE minutes > 0", [data]
                )
        assert drift() == {}


def test_drift_is_found_where_there_is_some(
    fresh_database: Urls, project: Project, client_manager: User, developer: Person
) -> None:
    recorded(project, client_manager, developer)
    as_owner(fresh_database, "UPDATE budget_dayburn SET minutes = minutes + 1")
    assert drift() == {
        "budget_dayburn": {
            (project.pk, DAY, 60, 60, 60, Decimal(0), 1),
            (project.pk, DAY, 61, 60, 60, Decimal(0), 1),
        }
    }


def as_owner(database: Urls, statement: str) -> None:
    with closing(psycopg2.connect(database.owner)) as owner, owner, owner.cursor() as cursor:
        cursor.execute(statement)


def test_entries_cannot_be_emptied_at_once(project: Project, client_manager: User, developer: Person) -> None:
    recorded(project, client_manager, developer)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE budget_timeentry CASCADE")
    assert TimeEntry.objects.count() == 1


def test_not_even_the_owner_empties_entries_at_once(
    fresh_database: Urls, project: Project, client_manager: User, developer: Person
) -> None:
    recorded(project, client_manager, developer)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="never emptied at once"):
        as_owner(fresh_database, "TRUNCATE budget_timeentry CASCADE")
    assert TimeEntry.objects.count() == 1


def write_over(model: type[Rollup]) -> None:
    model.objects.update(minutes=0)


def delete_all(model: type[Rollup]) -> None:
    model.objects.all().delete()


def insert_another(model: type[Rollup]) -> None:
    copy = model.objects.get()
    copy.pk = None
    copy.save(force_insert=True)


@pytest.mark.parametrize("model", [ItemBurn, DayBurn, PersonWeekBurn])
@pytest.mark.parametrize("write", [write_over, delete_all, insert_another])
def test_application_cannot_write_a_rollup(
    project: Project,
    client_manager: User,
    developer: Person,
    model: type[Rollup],
    write: Callable[[type[Rollup]], None],
) -> None:
    recorded(project, client_manager, developer)
    before = model.objects.get().minutes
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        write(model)
    assert model.objects.get().minutes == before


def test_a_mistyped_year_is_refused(project: Project, client_manager: User, developer: Person) -> None:
    with pytest.raises(DomainError) as refused:
        record_time(
            actor=client_manager,
            project=project,
            person=developer,
            worked_on=dt.date(203, 1, 1),
            minutes=60,
            today=dt.date(2026, 9, 17),
        )
    assert (refused.value.code, refused.value.field) == ("far", "worked_on")
