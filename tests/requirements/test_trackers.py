"""The issue lists of Jira, Azure DevOps and GitHub, from the file to the tree of work items."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from accounts.models import User
from projects.audience import Side
from projects.import_files import store_file
from projects.models import ImportBatch, Project
from requirements_app.estimate_import import check_estimate, take_estimate
from requirements_app.models import ProgressReport, WorkItem
from requirements_app.status_words import is_done, is_given_up

Told = list[tuple[str, str, str | None, int | None, bool]]


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def taken(project: Project, actor: User, text: str, **options: str) -> ImportBatch:
    batch = store_file(
        actor=actor,
        project=project,
        side=Side.CLIENT,
        kind=ImportBatch.Kind.WORK_ITEMS,
        upload=ContentFile(text.encode(), name="issues.csv"),
    )
    check_estimate(batch=batch, options=options)
    take_estimate(actor=actor, batch=batch, preview_hash=batch.preview_hash)
    return batch


def tree(project: Project) -> Told:
    """Each item: key, title, the parent's key or title, estimate in minutes, whether it is done."""
    found = WorkItem.objects.filter(project=project).select_related("parent").order_by("title")
    return [
        (
            item.outside_key,
            item.title,
            (item.parent.outside_key or item.parent.title) if item.parent else None,
            item.estimate_minutes,
            item.state == WorkItem.State.DONE,
        )
        for item in found
    ]


def problems_of(batch: ImportBatch) -> list[tuple[str, int, str]]:
    return [(problem["code"], problem["row"], problem["column"]) for problem in batch.outcome["problems"]]


def reports(project: Project) -> dict[str, tuple[str, bool, int | None]]:
    found = ProgressReport.objects.filter(project=project).select_related("work_item")
    return {each.work_item.outside_key: (each.on.isoformat(), each.is_done, each.remaining_minutes) for each in found}


JIRA = (
    "Summary,Issue key,Issue id,Issue Type,Status,Status Category,Resolution,Resolved,Parent,Parent summary,"
    "Original Estimate,Remaining Estimate,Σ Original Estimate,Custom field (Epic Link),Due date,Comment,Comment\n"
    "Claims,CL-1,10001,Epic,Open,To Do,,,,,,,36000,,,,\n"
    "Import,CL-2,10002,Story,Ready for prod,Done,Done,25/Feb/26 10:17 PM,10001,Claims,"
    "36000,0,36000,,28/Feb/26 12:00 AM,a;b;c,\n"
    "Mapping,CL-3,10003,Sub-task,Doing well,In Progress,,,10002,Import,5400,1800,5400,,,a;b;c,d;e;f,g;h;i\n"
    "Old idea,CL-4,10004,Story,Closed,Done,Won't Do,26/Feb/26 9:00 AM,,,,,,CL-1,,,\n"
    "From elsewhere,CL-5,10005,Story,Nobody knows,,,,99999,Another epic,7200,7200,,,,,\n"
)


def test_jiras_issues_become_a_tree_with_hours_and_what_the_status_says(project: Project, client_manager: User) -> None:
    batch = taken(project, client_manager, JIRA)
    assert batch.outcome["source"] == "jira"
    assert tree(project) == [
        ("CL-1", "Claims", None, None, False),
        ("CL-5", "From elsewhere", None, 120, False),
        ("CL-2", "Import", "CL-1", 600, True),
        ("CL-3", "Mapping", "CL-2", 90, False),
        ("CL-4", "Old idea", "CL-1", None, False),
    ]
    assert problems_of(batch) == [
        ("cells_beyond", 4, "Comment (2)"),
        ("given_up", 5, "Resolution"),
        ("parent_elsewhere", 6, "Parent"),
    ]
    made_on = batch.created_at.date().isoformat()
    assert reports(project) == {
        "CL-2": ("2026-02-25", True, None),
        "CL-3": (made_on, False, 30),
        "CL-5": (made_on, False, 120),
    }
    assert {name: batch.outcome[name] for name in ("rows", "new", "left_out", "wrong")} == {
        "rows": 5,
        "new": 5,
        "left_out": 0,
        "wrong": 0,
    }


def test_the_same_issues_again_change_nothing(project: Project, client_manager: User) -> None:
    taken(project, client_manager, JIRA)
    before = tree(project)
    batch = taken(project, client_manager, JIRA)
    assert {name: batch.outcome[name] for name in ("new", "changed", "same")} == {"new": 0, "changed": 0, "same": 5}
    assert tree(project) == before


def test_a_parent_that_only_its_children_name_is_added_by_key_and_title(project: Project, client_manager: User) -> None:
    text = (
        "Summary,Issue key,Issue id,Status,Parent key,Parent summary\n"
        "Import,CL-2,10002,In Progress,CL-1,Claims\nExport,CL-3,10003,In Progress,CL-1,Claims\n"
    )
    taken(project, client_manager, text)
    assert tree(project) == [
        ("CL-1", "Claims", None, None, False),
        ("CL-3", "Export", "CL-1", None, False),
        ("CL-2", "Import", "CL-1", None, False),
    ]


def test_jira_in_german_is_read_by_its_own_words(project: Project, client_manager: User) -> None:
    text = (
        "Zusammenfassung;Vorgangsschlüssel;Vorgangs-ID;Status;Erledigt;Übergeordnet;Ursprüngliche Schätzung\n"
        "Ansprüche;CL-1;10001;In Arbeit;;;\nImport;CL-2;10002;Fertig;25.02.2026 22:17;10001;36000\n"
    )
    batch = taken(project, client_manager, text)
    assert (batch.outcome["source"], tree(project)) == (
        "jira",
        [("CL-1", "Ansprüche", None, None, False), ("CL-2", "Import", "CL-1", 600, True)],
    )


def test_azures_tree_has_a_title_column_for_each_level_and_hours(project: Project, client_manager: User) -> None:
    text = (
        "ID,Work Item Type,Title 1,Title 2,Title 3,State,Effort,Original Estimate,Remaining Work,Closed Date\n"
        "1,Epic,Claims,,,Active,,,,\n2,User Story,,Import,,Active,5,,,\n"
        '3,Task,,,Mapping,Closed,,"10.5",0,1/15/2026 10:17:00 AM\n'
        "4,Task,,,Review,Removed,,2,2,\n5,User Story,,Export,,New,3,,,\n"
    )
    batch = taken(project, client_manager, text)
    assert (batch.outcome["source"], tree(project)) == (
        "azure",
        [
            ("1", "Claims", None, None, False),
            ("5", "Export", "1", None, False),
            ("2", "Import", "1", None, False),
            ("3", "Mapping", "2", 630, True),
            ("4", "Review", "2", 120, False),
        ],
    )
    assert problems_of(batch) == [("given_up", 5, "State")]
    assert reports(project)["3"] == ("2026-01-15", True, None)


def test_azures_flat_list_names_parents_by_number(project: Project, client_manager: User) -> None:
    text = (
        '"ID","Work Item Type","Title","State","Original Estimate","Parent"\n'
        '"3","Task","Mapping","Closed","10.5","2"\n"2","User Story","Import","Active","","77"\n'
    )
    batch = taken(project, client_manager, text)
    assert tree(project) == [("2", "Import", None, None, False), ("3", "Mapping", "2", 630, True)]
    assert problems_of(batch) == [("parent_elsewhere", 3, "Parent")]


GITHUB_BOARD = (
    "Title\tURL\tAssignees\tStatus\tLabels\tRepository\tEstimate\tParent issue\n"
    "Claims\thttps://github.com/acme/claims/issues/1\t\t🆕 New\t\tacme/claims\t\t\n"
    "Import\thttps://github.com/acme/claims/issues/12\tann\t✅ Done\t\tacme/claims\t10\tacme/claims#1\n"
    "Mapping\thttps://github.com/acme/claims/issues/13\tann\t🏗 In progress\t\tacme/claims\t1.5\tImport\n"
    "An idea\t\t\tTodo\t\t\t\t\n"
)


def test_githubs_board_takes_keys_from_addresses_and_asks_what_an_estimate_counts(
    project: Project, client_manager: User
) -> None:
    batch = taken(project, client_manager, GITHUB_BOARD, unit="hours")
    assert (batch.outcome["source"], tree(project)) == (
        "github",
        [
            ("", "An idea", None, None, False),
            ("1", "Claims", None, None, False),
            ("12", "Import", "1", 600, True),
            ("13", "Mapping", "12", 90, False),
        ],
    )
    assert problems_of(batch) == []


def test_issues_of_several_repositories_keep_their_numbers_apart(project: Project, client_manager: User) -> None:
    taken(project, client_manager, GITHUB_BOARD.replace("acme/claims/issues/13", "acme/portal/issues/12"), unit="hours")
    assert [item[0] for item in tree(project)] == ["", "claims#1", "claims#12", "portal#12"]


def test_githubs_issues_by_number_tell_done_from_not_planned(project: Project, client_manager: User) -> None:
    text = (
        "number,title,state,stateReason,closedAt,url,labels\n"
        "12,Import,CLOSED,COMPLETED,2026-02-25T22:17:00Z,https://github.com/acme/claims/issues/12,\n"
        "13,Export,CLOSED,NOT_PLANNED,2026-02-25T22:17:00Z,https://github.com/acme/claims/issues/13,\n"
        "14,Review,OPEN,,,https://github.com/acme/claims/issues/14,\n"
    )
    batch = taken(project, client_manager, text)
    assert (batch.outcome["source"], tree(project)) == (
        "github",
        [("13", "Export", None, None, False), ("12", "Import", None, None, True), ("14", "Review", None, None, False)],
    )
    assert problems_of(batch) == [("given_up", 3, "stateReason")]
    assert reports(project) == {"12": ("2026-02-25", True, None)}


def test_an_estimate_of_no_known_tracker_is_asked_for_its_unit(project: Project, client_manager: User) -> None:
    batch = store_file(
        actor=client_manager,
        project=project,
        side=Side.CLIENT,
        kind=ImportBatch.Kind.WORK_ITEMS,
        upload=ContentFile(b"Title,Original estimate\nImport,36000\n", name="items.csv"),
    )
    assert [question.name for question in check_estimate(batch=batch).questions] == ["unit"]


@pytest.mark.parametrize(
    ("word", "done"),
    [("Done", True), ("✅ Done", True), ("Geschlossen", True), ("100 %", True), ("In Progress", False), ("60%", False)],
)
def test_a_status_says_done_or_open(word: str, done: bool) -> None:
    assert is_done(word) is done


@pytest.mark.parametrize("word", ["Won't Do", "NOT_PLANNED", "Removed", "Wird nicht erledigt", "🗑 Cancelled"])
def test_what_is_given_up_is_neither(word: str) -> None:
    assert is_given_up("Closed", word)
