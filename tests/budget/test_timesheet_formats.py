"""Every export that vendors send, in the columns that its tool writes, recognised by its names alone."""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from budget.models import DayBurn, TimeEntry
from budget.timesheet_survey import Choices
from core.tabular.cell_values import Unit
from projects.models import ImportBatch, Project
from requirements_app.actions import add_work_item
from tests.budget.timesheets import problems_of, said, timesheet_of
from tests.import_walk import bring_in


class Export(NamedTuple):
    tool: str
    text: str


IMPORT = ("Ann Lee", "2026-01-05", 90, "CL-2", "Import", "y")

FILES = {
    "Harvest, today": Export(
        "harvest",
        "Date,Client,Project,Project Code,Task,Notes,Hours,Hours Rounded,Billable?,Invoiced?,Approved?,First Name,"
        "Last Name,Employee Id,Roles,Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,"
        "External Reference URL\n"
        '2026-01-05,Acme,Claims,CL,CL-2,Import,"1,5","2,0",Yes,No,No,Ann,Lee,7,,Yes,"1,0","1,0",1,1,Euro - EUR,\n',
    ),
    "Harvest, years ago": Export(
        "harvest",
        "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,First Name,Last Name,Department,"
        "Employee?,Hourly Rate,Currency\n"
        "05.01.2026,Acme,Claims,CL,CL-2,Import,1.5,Yes,No,Ann,Lee,,Yes,80.0,Euro - EUR\n",
    ),
    "Harvest in German": Export(
        "harvest",
        "Datum;Kunde;Projekt;Aufgabe;Notizen;Stunden;Abrechenbar?;Vorname;Nachname\n"
        "05.01.2026;Acme;Claims;CL-2;Import;1,5;Ja;Ann;Lee\n",
    ),
    "Harvest in French": Export(
        "harvest",
        "Date;Client;Projet;Tâche;Notes;Heures;Facturable ?;Prénom;Nom\n05/01/2026;A;B;CL-2;Import;1,5;Oui;Ann;Lee\n"
        "13/01/2026;A;B;;;0;Non;Ann;Lee\n",
    ),
    "Toggl Track": Export(
        "toggl",
        "\ufeffUser,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,"
        "Tags,Amount (EUR)\n"
        "Ann Lee,ann@example.com,A,B,CL-2,Import,Yes,2026-01-05,23:00:00,2026-01-05,00:30:00,01:30:00,,0\n",
    ),
    "Toggl Track without money": Export(
        "toggl",
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n"
        "Ann Lee,ann@example.com,A,B,CL-2,Import,Ja,2026-01-05,09:00:00,2026-01-05,10:30:00,01:30:00,\n",
    ),
    "Toggl Track, new reports": Export(
        "toggl",
        "Description,Duration,Member,Email,Project,Task,Billable,Start date,Start time,Stop date,Stop time\n"
        "Import,1:30:00,Ann Lee,ann@example.com,B,CL-2,Yes,2026-01-05,09:00:00,2026-01-05,10:30:00\n",
    ),
    "Clockify, day first": Export(
        "clockify",
        "Project,Client,Description,Task,User,Group,Email,Tags,Billable,Start Date,Start Time,End Date,End Time,"
        "Duration (h),Duration (decimal),Billable Rate (USD),Billable Amount (USD),Cost centre\n"
        "B,A,Import,CL-2,Ann Lee,,ann@example.com,,Yes,05/01/2026,09:00,05/01/2026,10:30,01:30:00,1.50,0,0,77\n"
        "B,A,None,,Ann Lee,,ann@example.com,,Yes,22/01/2026,09:00,22/01/2026,09:00,00:00:00,0.00,0,0,77\n",
    ),
    "Clockify, month first, twelve hours, an activity": Export(
        "clockify",
        "Project,Client,Description,Activity,User,Group,Email,Tags,Type,Billable,Invoiced,Invoice ID,Start Date,"
        "Start Time,End Date,End Time,Duration (h),Duration (decimal),Date of creation\n"
        "B,A,Import,CL-2,Ann Lee,,a@example.com,,Regular,Yes,No,,01/05/2026,09:00 AM,01/05/2026,10:30 AM,1:30,1.5,x\n"
        "B,A,Lunch,,Ann Lee,,a@example.com,,Break,No,No,,01/25/2026,12:00 PM,01/25/2026,12:30 PM,0:30,0.5,x\n"
        "Total,,,,,,,,,,,,,,,,2:00,2.0,\n",
    ),
    "Clockify in German": Export(
        "clockify",
        "Projekt,Kunde,Beschreibung,Aufgabe,Benutzer,Gruppe,E-Mail,Tags,Abrechenbar,Startdatum,Startzeit,Enddatum,"
        "Endzeit,Dauer (h),Dauer (dezimal)\nB,A,Import,CL-2,Ann Lee,,a@example.com,,Ja,05.01.2026,09:00,05.01.2026,"
        '10:30,01:30:00,"1,50"\n',
    ),
    "Kimai, seconds": Export(
        "kimai",
        "Date;From;To;Duration;Currency;Rate;Internal price;Hourly price;Fixed price;User;E-mail;Staff number;Customer;"
        "Project;Activity;Description;Billable;Tags\n"
        "2026-01-05;09:00;10:30;5400;EUR;0;0;0;0;Ann Lee;a@example.com;7;A;B;CL-2;Import;Yes;\n"
        ";;;5400;;0;0;;;;;;;;;;;\n",
    ),
    "Kimai, hours and minutes": Export(
        "kimai",
        "Date,From,To,Duration,Price,Name,Customer,Project,Activity,Description,Billable,Tags\n"
        "2026-01-05,09:00,10:30,1:30,0,Ann Lee,A,B,CL-2,Import,1,\n",
    ),
    "Kimai in German": Export(
        "kimai",
        "Datum;Von;Bis;Dauer;Preis;Benutzer;Kunde;Projekt;Tätigkeit;Beschreibung;Abrechenbar;Schlagworte\n"
        "05.01.2026;09:00;10:30;1,50;0;Ann Lee;A;B;CL-2;Import;Ja;\n",
    ),
    "Kimai in German, other words": Export(
        "kimai",
        "Datum;Beginn;Ende;Dauer;Name;Kunde;Projekt;Tätigkeit;Beschreibung;Abrechenbar\n"
        "05.01.2026;09:00;10:30;01:30;Ann Lee;A;B;CL-2;Import;Ja\n",
    ),
    "Kimai in French": Export(
        "kimai",
        "Date;De;À;Durée;Prix;Utilisateur;Client;Projet;Activité;Description;Facturable\n"
        "05/01/2026;09:00;10:30;1:30;0;Ann Lee;A;B;CL-2;Import;oui\n13/01/2026;09:00;09:00;0:00;0;Ann Lee;A;B;;;non\n",
    ),
}
# These do not say whether the hours are billable.
WITHOUT_BILLABLE = {
    "Tempo": Export(
        "tempo",
        "Issue Key,Issue summary,Hours,Work date,Username,Full name,Period,Account Key,Account Name,Billed Hours,"
        "Issue Original Estimate,Issue Remaining Estimate\n"
        "CL-2,Import,1.5,2026-01-05 00:00,ann,Ann Lee,0126,A,B,1.5,10,3\n",
    ),
    "Tempo in German": Export(
        "tempo",
        "Vorgangsschlüssel;Vorgangszusammenfassung;Stunden;Arbeitsdatum;Benutzername;Vollständiger Name\n"
        "CL-2;Import;1,5;05.01.2026;ann;Ann Lee\n",
    ),
    "Tempo in French": Export(
        "tempo",
        "Clé de ticket;Notes;Heures;Date de travail;Nom d'utilisateur;Nom complet\n"
        "CL-2;Import;1,5;05.01.2026;ann;Ann Lee\n",
    ),
    "Redmine": Export(
        "redmine",
        "\ufeffProject,Date,User,Activity,Issue,Comment,Hours\nB,01/05/2026,Ann Lee,Development,CL-2,Import,1.5\n"
        "B,01/25/2026,Ann Lee,Development,,,0\n",
    ),
    "Redmine in German": Export(
        "redmine",
        "Projekt;Datum;Benutzer;Aktivität;Vorgang;Kommentar;Stunden\nB;05.01.2026;Ann Lee;E;CL-2;Import;1,5\n",
    ),
    "Redmine, by numbers": Export(
        "redmine",
        "row;issue_id;date;hours;comment;activity;overtime;user_id\n"
        "1;CL-2;2026-01-05;1,5;Import;Development;0;Ann Lee\n",
    ),
    "a spreadsheet of one's own": Export(
        "file",
        "Hours of January\n\nDay,Employee,Spent hours,Ticket,Note\n2026-01-05,Ann Lee,1h 30m,CL-2,Import\n",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_export_is_recognised_and_read_without_a_question(name: str) -> None:
    tool, text = FILES[name]
    sheet = timesheet_of(text)
    assert (sheet.tool, sheet.doubts, said(sheet)) == (tool, (), [IMPORT])
    assert sheet.reader.wrong == 0


@pytest.mark.parametrize("name", WITHOUT_BILLABLE)
def test_export_that_knows_no_billable_hours_is_read_too(name: str) -> None:
    tool, text = WITHOUT_BILLABLE[name]
    sheet = timesheet_of(text)
    assert (sheet.tool, sheet.doubts, said(sheet)) == (tool, (), [(*IMPORT[:5], "u")])


WIDE = (
    ",Issue,Key,Logged,01/Dec/25,02/Dec/25,03/Dec/25\n"
    ",Import,CL-2,3.75,1.5,,2.25\n,Review,CL-3,1,,x,1\n,Nothing,CL-4,0,,,\nTotal,,,4.75,1.5,0,3.25\n"
)


def test_tempos_wide_sheet_has_an_entry_in_each_day_and_is_one_persons() -> None:
    assert [doubt.choices for doubt in timesheet_of(WIDE).doubts] == [("person",)]
    sheet = timesheet_of(WIDE, Choices(one_person="Ann Lee"))
    assert (sheet.tool, said(sheet)) == (
        "tempo",
        [
            ("Ann Lee", "2025-12-01", 90, "CL-2", "Import", "u"),
            ("Ann Lee", "2025-12-03", 135, "CL-2", "Import", "u"),
            ("Ann Lee", "2025-12-03", 60, "CL-3", "Review", "u"),
        ],
    )
    assert problems_of(sheet) == [
        ("not_a_duration", 3, "02/Dec/25"),
        ("no_hours", 4, ""),
        ("total_line", 5, ""),
    ]
    assert (sheet.reader.rows, sheet.reader.staged, sheet.reader.wrong) == (6, 3, 1)


def test_a_wide_sheet_may_name_the_person_in_each_row_and_days_in_any_form() -> None:
    text = "User;Ticket;2026-01-05;2026-01-06\nAnn Lee;CL-2;1,5;0:30\nBo Li;CL-2;;8\n"
    sheet = timesheet_of(text, Choices(unit=Unit.HOURS))
    assert [row[:4] for row in said(sheet)] == [
        ("Ann Lee", "2026-01-05", 90, "CL-2"),
        ("Ann Lee", "2026-01-06", 30, "CL-2"),
        ("Bo Li", "2026-01-06", 480, "CL-2"),
    ]
    assert [doubt.name for doubt in timesheet_of(text).doubts] == ["unit"]


JIRA = (
    "Summary,Issue key,Issue id,Status,Original Estimate,Log Work,Log Work,Comment,Comment\n"
    "Import,CL-2,10002,Open,36000,reading; twice;05/Jan/26 10:17 PM;ann.lee;5400,06/Jan/26 9:00 AM;bo;1h 30m,c,\n"
    "Review,CL-3,10003,Open,,,,,\n"
    "Sign in,CL-4,10004,Open,,x;31/Feb/26 9:00 AM;ann.lee;60,y;07/Jan/26 9:00 AM;;60,,\n"
)


def test_each_log_cell_of_a_jira_issue_is_an_entry() -> None:
    sheet = timesheet_of(JIRA)
    assert (sheet.tool, sheet.doubts, said(sheet)) == (
        "jira",
        (),
        [
            ("ann.lee", "2026-01-05", 90, "CL-2", "reading; twice", "u"),
            ("bo", "2026-01-06", 90, "CL-2", "", "u"),
        ],
    )
    assert problems_of(sheet) == [("no_hours", 3, ""), ("no_such_day", 4, "Log Work"), ("missing", 4, "Log Work (2)")]


def test_no_logged_work_beyond_the_last_column_is_lost() -> None:
    row = "Import,CL-2,10002,Open,,x;05/Jan/26 9:00 AM;ann;60,,c,d,e\n"
    sheet = timesheet_of(JIRA.splitlines(keepends=True)[0] + row)
    assert (len(sheet.rows), problems_of(sheet)) == (1, [("cells_beyond", 2, "Comment (2)")])
    logs_last = timesheet_of("Summary,Issue key,Log Work,Log Work\nImport,CL-2,x;05/Jan/26 9:00 AM;ann;60,,y;z;a;60\n")
    assert (len(logs_last.rows), problems_of(logs_last)) == (0, [("row_too_wide", 2, "Log Work (2)")])
    assert logs_last.reader.wrong == 1


@pytest.mark.parametrize("column", ["Arbeit protokollieren", "Consigner le travail"])
def test_log_cells_are_found_in_other_languages(column: str) -> None:
    text = f'Zusammenfassung;Schlüssel;{column}\nImport;CL-2;"reading;05/Jan/26 10:17 PM;Ann Lee;5400"\n'
    sheet = timesheet_of(text)
    assert (sheet.tool, said(sheet)) == ("jira", [("Ann Lee", "2026-01-05", 90, "CL-2", "reading", "u")])


# ── Through the pages, to the entries ───────────────────────────────────────────────────────────────────────────────


def own_workbook() -> bytes:
    """Columns that no tool names so, which a person has to explain."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Hours of January"],
        ["Wann", "Wer", "Wie lange", "Woran"],
        [dt.date(2026, 1, 5), "Ann Lee", dt.timedelta(minutes=90), "CL-2"],
    ):
        sheet.append(row)
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


ANSWERS = {
    "column_worked_on": "Wann",
    "column_duration": "Wie lange",
    "column_item": "Woran",
    "column_person": "Wer",
}
DOORS: dict[str, tuple[bytes, dict[str, str]]] = {
    **{name: (FILES[name].text.encode(), {}) for name in ("Harvest in German", "Toggl Track", "Kimai, seconds")},
    "Clockify": (FILES["Clockify, month first, twelve hours, an activity"].text.encode(), {}),
    "Tempo": (WITHOUT_BILLABLE["Tempo"].text.encode(), {}),
    "Redmine, years ago": (
        "Project;Date;User;Activity;Issue;Comment;Hours\nB;2026-01-05;Ann Lee;Prüfung;CL-2;;1,5\n".encode("iso-8859-1"),
        {"encoding": "iso-8859-1"},
    ),
    "Tempo, wide": (
        WIDE.replace("x", "").replace("Dec/25", "Jan/26").encode(),
        {"one_person": "Ann Lee", "column_person": ""},
    ),
    "Jira": (JIRA.encode(), {}),
    "a workbook of one's own": (own_workbook(), ANSWERS),
}
ONE_ENTRY = [("CL-2", "2026-01-05", 90)]
ENTRIES = {
    "Tempo, wide": [("CL-2", "2026-01-01", 90), (None, "2026-01-03", 60), ("CL-2", "2026-01-03", 135)],
    "Jira": [("CL-2", "2026-01-05", 90), ("CL-2", "2026-01-06", 90)],
}


@pytest.mark.parametrize("name", DOORS)
def test_export_goes_through_the_pages_to_the_entries(
    project: Project,
    client_manager: User,
    sign_in: Callable[[User | AnonymousUser], Client],
    tmp_path: Path,
    settings: Settings,
    name: str,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    add_work_item(actor=client_manager, project=project, title="Import", outside_key="CL-2")
    data, answers = DOORS[name]
    client = sign_in(client_manager)
    bring_in(client, reverse("budget:time_import_new", args=[project.slug]), data, answers=answers)
    assert ImportBatch.objects.get(project=project).state == ImportBatch.State.COMMITTED
    expected = ENTRIES.get(name, ONE_ENTRY)
    found = TimeEntry.objects.filter(project=project).order_by("worked_on", "minutes")
    assert [
        (entry.work_item and entry.work_item.outside_key, entry.worked_on.isoformat(), entry.minutes)
        for entry in found.select_related("work_item")
    ] == expected
    minutes = sum(entry[2] for entry in expected)
    assert sum(DayBurn.objects.filter(project=project).values_list("minutes", flat=True)) == minutes


def test_a_wrong_column_for_the_person_can_be_changed(
    project: Project,
    client_manager: User,
    sign_in: Callable[[User | AnonymousUser], Client],
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("budget.timesheet_rows.MOST_PEOPLE", 2)
    rows = "".join(f"2026-01-05,1,note {number},Ann Lee\n" for number in range(3))
    page = reverse("budget:time_import_new", args=[project.slug])
    bring_in(sign_in(client_manager), page, f"Date,Hours,User,Who\n{rows}".encode(), answers={"column_person": "Who"})
    assert TimeEntry.objects.filter(project=project, person__name="Ann Lee").count() == 3


def test_whose_hours_one_file_holds_is_asked_again_for_the_next(
    project: Project,
    client_manager: User,
    sign_in: Callable[[User | AnonymousUser], Client],
    tmp_path: Path,
    settings: Settings,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client, page = sign_in(client_manager), reverse("budget:time_import_new", args=[project.slug])
    week = "Date,Hours\n2026-01-05,{hours}\n"
    for name, hours in (("Ann Lee", "1"), ("Bo Li", "2")):
        bring_in(client, page, week.format(hours=hours).encode(), answers={"one_person": name, "column_person": ""})
    found = TimeEntry.objects.filter(project=project).order_by("minutes").values_list("person__name", "minutes")
    assert list(found) == [("Ann Lee", 60), ("Bo Li", 120)]


@pytest.mark.parametrize(
    ("data", "column", "meaning"),
    [(WIDE, "02/Dec/25", "Hours of this day"), (JIRA, "Log Work (2)", "Logged work"), (JIRA, "Status", "")],
)
def test_the_page_says_what_every_column_is_read_as(
    project: Project,
    client_manager: User,
    sign_in: Callable[[User | AnonymousUser], Client],
    tmp_path: Path,
    settings: Settings,
    data: str,
    column: str,
    meaning: str,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = sign_in(client_manager)
    file = SimpleUploadedFile("hours.csv", data.encode())
    page = client.post(reverse("budget:time_import_new", args=[project.slug]), {"file": file})["Location"]
    assert dict(client.get(page).context["meanings"])[column] == meaning
