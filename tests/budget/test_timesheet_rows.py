"""What a timesheet's rows mean, tool by tool, before anybody is looked up."""

import pytest

from budget.timesheet_formats import unit_of
from budget.timesheet_survey import Choices
from core.tabular.cell_values import DateOrder, DecimalMark, Unit
from core.tabular.problems import Unreadable
from tests.budget.timesheets import problems_of, said, timesheet_of

HARVEST = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Hours Rounded,Billable?,Invoiced?,Approved?,First Name,"
    "Last Name,Roles,Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,External Reference URL\n"
    '2026-01-05,Acme,Claims,CL,CL-2,Import,"7,5","7,5",Yes,No,No,Ann,Lee,,Yes,1,1,1,1,Euro - EUR,\n'
)
GERMAN_HARVEST = (
    "Datum;Kunde;Projekt;Aufgabe;Notizen;Stunden;Abrechenbar?;Vorname;Nachname\n26.01.2015;A;B;C;D;7,5;Nein;Ann;Lee\n"
)
TOGGL = (
    "\ufeffUser,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,"
    "Amount (EUR)\nAnn Lee,Ann@Example.com,A,B,CL-2,Import,Yes,2026-01-05,23:00:00,2026-01-06,01:30:00,02:30:00,,0\n"
    "Ann Lee,ann@example.com,A,B,,Nothing,No,2026-01-05,09:00:00,2026-01-05,09:00:00,00:00:00,,0\n"
)
CLOCKIFY = (
    "Project,Client,Description,Task,User,Group,Email,Tags,Type,Billable,Start Date,Start Time,End Date,End Time,"
    "Duration (h),Duration (decimal),Billable Rate (USD)\n"
    "B,A,Import,CL-2,Ann Lee,,ann@example.com,,Regular,Yes,22/06/2026,09:00,22/06/2026,10:30,01:30:00,1.50,0\n"
    "B,A,Lunch,,Ann Lee,,ann@example.com,,Break,No,22/06/2026,12:00,22/06/2026,12:30,00:30:00,0.50,0\n"
    "Total,,,,,,,,,,,,,,02:00:00,2.00,0\n"
)
KIMAI = (
    "Date;From;To;Duration;Rate;User;Customer;Project;Activity;Description;Billable;Tags\n"
    "2026-01-05;09:00;10:30;5400;0;Ann Lee;A;B;Development;Import;Yes;\n;;;5400;0;;;;;;;\n"
)
TEMPO = (
    "Issue Key,Issue summary,Hours,Work date,Username,Full name,Period,Account Key,Account Name\n"
    "CL-2,Import,1.5,2026-01-05 00:00,ann,Ann Lee,0126,A,B\n"
)
REDMINE = "Project,Date,User,Activity,Issue,Comment,Hours\nB,01/25/2026,Ann Lee,Development,Feature #12: Import,x,1.5\n"
REAL_ONE = "row;issue_id;date;hours;comment;activity;overtime;user_id\n1;12;2026-01-05;1,5;x;Development;0;7\n"


@pytest.mark.parametrize(
    ("text", "tool", "row"),
    [
        (HARVEST, "harvest", ("Ann Lee", "2026-01-05", 450, "CL-2", "Import", "y")),
        (GERMAN_HARVEST, "harvest", ("Ann Lee", "2015-01-26", 450, "C", "D", "n")),
        (TOGGL, "toggl", ("Ann Lee", "2026-01-05", 150, "CL-2", "Import", "y")),
        (CLOCKIFY, "clockify", ("Ann Lee", "2026-06-22", 90, "CL-2", "Import", "y")),
        (TEMPO, "tempo", ("Ann Lee", "2026-01-05", 90, "CL-2", "Import", "u")),
        (REDMINE, "redmine", ("Ann Lee", "2026-01-25", 90, "Feature #12: Import", "x", "u")),
        (REAL_ONE, "redmine", ("7", "2026-01-05", 90, "12", "x", "u")),
    ],
)
def test_export_of_a_tool_is_read_without_a_question(text: str, tool: str, row: tuple[object, ...]) -> None:
    sheet = timesheet_of(text)
    assert (sheet.tool, said(sheet)) == (tool, [row])


def test_what_a_bare_number_counts_is_proved_by_the_times_beside_it() -> None:
    assert said(timesheet_of(KIMAI)) == [("Ann Lee", "2026-01-05", 90, "Development", "Import", "y")]
    hours = KIMAI.replace("5400", "1,50")
    assert said(timesheet_of(hours)) == [("Ann Lee", "2026-01-05", 90, "Development", "Import", "y")]


@pytest.mark.parametrize("times", ["09:00;09:00", "09:00;", "09:00;09:45"])
def test_bare_numbers_that_nothing_proves_are_asked_about(times: str) -> None:
    text = KIMAI.replace("09:00;10:30", times)
    (doubt,) = timesheet_of(text).doubts
    assert (doubt.name, doubt.choices, doubt.example) == ("unit", ("hours", "minutes", "seconds"), "5400")
    (row,) = said(timesheet_of(text, Choices(unit=Unit.SECONDS)))
    assert row[2] == 90


def test_times_that_prove_two_units_leave_it_open() -> None:
    header = "Date;From;To;Duration;User\n"
    minutes = "2026-01-05;23:00;0:30;90;Ann\n"
    hours = "2026-01-05;9:00 AM;1:00 p.m.;4;Ann\n"
    assert [row[2] for row in said(timesheet_of(header + minutes))] == [90]
    assert [row[2] for row in said(timesheet_of(header + hours))] == [240]
    assert [doubt.name for doubt in timesheet_of(header + minutes + hours).doubts] == ["unit"]


@pytest.mark.parametrize(
    ("name", "unit"),
    [("Minutes", Unit.MINUTES), ("Duration (h)", Unit.HOURS), ("Time spent (seconds)", Unit.SECONDS), ("Dauer", None)],
)
def test_column_name_says_what_a_number_counts(name: str, unit: Unit | None) -> None:
    assert unit_of(name, "file") == unit


def test_midnight_zero_and_breaks_are_warnings() -> None:
    assert problems_of(timesheet_of(TOGGL)) == [("over_midnight", 2, "End date"), ("zero_minutes", 3, "Duration")]
    assert problems_of(timesheet_of(CLOCKIFY)) == [("break_row", 3, "Type"), ("total_line", 4, "")]


def test_dates_with_two_readings_are_asked_about_and_then_read() -> None:
    text = "Date,User,Hours\n03/04/2026,Ann,1\n05/06/2026,Ann,1\n"
    (doubt,) = timesheet_of(text).doubts
    assert (doubt.name, doubt.choices, doubt.example) == ("date_order", ("dmy", "mdy"), "03/04/2026")
    read = timesheet_of(text, Choices(date_order=DateOrder.MONTH_FIRST))
    assert [row.worked_on.isoformat() for row in read.rows] == ["2026-03-04", "2026-05-06"]


def test_a_decimal_mark_with_two_readings_is_asked_about() -> None:
    text = 'Date,User,Hours\n2026-01-05,Ann,"1,234"\n'
    assert [doubt.name for doubt in timesheet_of(text).doubts] == ["decimal_mark"]
    assert [row.minutes for row in timesheet_of(text, Choices(decimal_mark=DecimalMark.COMMA)).rows] == [74]


def test_several_projects_are_asked_about_and_the_others_left_out() -> None:
    text = "Project,Date,User,Hours\nA,2026-01-05,Ann,1\nB,2026-01-05,Ann,2\n"
    (doubt,) = timesheet_of(text).doubts
    assert (doubt.name, doubt.choices) == ("only_project", ("A", "B"))
    read = timesheet_of(text, Choices(only_project="B"))
    assert ([row.minutes for row in read.rows], problems_of(read)) == ([120], [("other_project", 2, "Project")])


def test_missing_columns_are_asked_about() -> None:
    (doubt,) = timesheet_of("When,Who,Hours\n2026-01-05,Ann,1\n").doubts
    assert (doubt.name, doubt.choices) == ("columns", ("worked_on", "person"))
    read = timesheet_of("When,Who,Hours\n2026-01-05,Ann,1\n", mapping={"worked_on": "When", "person": "Who"})
    assert said(read) == [("Ann", "2026-01-05", 60, "", "", "u")]


def test_a_file_that_does_not_say_whose_it_is_is_read_as_one_persons() -> None:
    text = "Date,Hours\n2026-01-05,1\n"
    (doubt,) = timesheet_of(text).doubts
    assert (doubt.name, doubt.choices) == ("columns", ("person",))
    assert said(timesheet_of(text, Choices(one_person="Ann"))) == [("Ann", "2026-01-05", 60, "", "", "u")]
    said_by_a_column = timesheet_of("Date,Hours,User\n2026-01-05,1,\n2026-01-05,1,Bo\n", Choices(one_person="Ann"))
    assert problems_of(said_by_a_column) == [("missing", 2, "User")]


@pytest.mark.parametrize(
    ("date", "user", "hours", "code", "column"),
    [
        ("2026-02-29", "Ann", "1", "no_such_day", "Date"),
        ("2026-09-01", "Ann", "1", "future", "Date"),
        ("", "Ann", "1", "missing", "Date"),
        ("24.01", "Ann", "1", "date_without_year", "Date"),
        ("2026-01-05", "", "1", "missing", "User"),
        ("2026-01-05", "x" * 151, "1", "text_too_long", "User"),
        ("2026-01-05", "Ann", "", "missing", "Hours"),
        ("2026-01-05", "Ann", "-1", "negative", "Hours"),
        ("2026-01-05", "Ann", "24.1", "more_than_a_day", "Hours"),
        ("2026-01-05", "Ann", "1e309", "not_a_duration", "Hours"),
        ("2026-01-05", "Ann", "NaN", "not_a_duration", "Hours"),
        ("2026-01-05", "Ann", "=8", "formula", "Hours"),
        ("2026-01-05", "Ann", "1_000", "not_a_duration", "Hours"),
        ("2026-01-05", "Ann", "٨", "foreign_digits", "Hours"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(date: str, user: str, hours: str, code: str, column: str) -> None:
    sheet = timesheet_of(f"Date,User,Hours\n2026-01-05,Bo,1\n{date},{user},{hours}\n")
    assert problems_of(sheet) == [(code, 3, column)]
    assert [row[0] for row in said(sheet)] == ["Bo"]


def test_everything_wrong_with_a_row_is_said_at_once() -> None:
    sheet = timesheet_of("Date,User,Hours\n2026-02-30,,x\n2026-01-05,Ann,1\n")
    assert problems_of(sheet) == [("no_such_day", 2, "Date"), ("not_a_duration", 2, "Hours"), ("missing", 2, "User")]


def test_rows_that_say_the_same_have_one_identity_and_others_have_their_own() -> None:
    text = "Date,User,Hours,Note\n" + "2026-01-05,Ann,1,x\n" * 2 + "2026-01-05,Ann,1,y\n"
    first, second, other = (row.identity for row in timesheet_of(text).rows)
    assert (first, first[-4:]) == (second, "0000")
    assert other != first
    assert [row.identity for row in timesheet_of(text).rows] == [first, second, other]


def test_a_row_of_many_texts_is_remembered_no_further_than_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budget.timesheet_rows.MOST_REMEMBERED", 3)
    monkeypatch.setattr("budget.timesheet_survey.MOST_REMEMBERED", 3)
    text = "Date,User,Hours\n" + "".join(f"2026-01-{day:02d} 08:{day:02d},P{day},{day / 4}\n" for day in range(1, 29))
    assert [row[1:3] for row in said(timesheet_of(text))] == [(f"2026-01-{day:02d}", day * 15) for day in range(1, 29)]


@pytest.mark.parametrize(("column", "code"), [("User", "too_many_people"), ("Task", "too_many_items")])
def test_a_column_of_all_different_names_is_hardly_the_right_one(
    monkeypatch: pytest.MonkeyPatch, column: str, code: str
) -> None:
    monkeypatch.setattr("budget.timesheet_rows.MOST_PEOPLE", 5)
    monkeypatch.setattr("budget.timesheet_rows.MOST_ITEMS", 5)
    other = {"User": "Task", "Task": "User"}[column]
    text = f"Date,Hours,{column},{other}\n" + "".join(f"2026-01-05,1,name {n},same\n" for n in range(6))
    with pytest.raises(Unreadable) as refused:
        timesheet_of(text)
    assert (refused.value.code, refused.value.asks, refused.value.params["column"]) == (code, "columns", column)
