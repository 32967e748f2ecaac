"""An estimate by file: the tree it makes, and what the same list does when it comes again changed."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from core.errors import DomainError
from projects.audience import Side
from projects.import_files import store_file
from projects.models import Activity, ImportBatch, ObjectRef, Project
from requirements_app.actions import add_work_item, change_work_item, report_progress
from requirements_app.estimate_import import check_estimate, take_estimate
from requirements_app.models import ProgressReport, WorkItem

ESTIMATE = (
    "Key,Title,Parent key,Category,Estimate (h),Remaining (h),Done on\n"
    "CL-2,Import,CL-1,back-end,24,8,\n"
    "CL-1,Claims,,,,,\n"
    "CL-3,Design,CL-1,design,7.5,,2026-01-30\n"
)

SignIn = Callable[[User | AnonymousUser], Client]


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def checked(project: Project, actor: User, text: str, **options: object) -> ImportBatch:
    batch = store_file(
        actor=actor,
        project=project,
        side=Side.CLIENT,
        kind=ImportBatch.Kind.WORK_ITEMS,
        upload=ContentFile(text.encode(), name="estimate.csv"),
    )
    check_estimate(batch=batch, options=options)
    return batch


def taken(project: Project, actor: User, text: str, **options: object) -> ImportBatch:
    batch = checked(project, actor, text, **options)
    take_estimate(actor=actor, batch=batch, preview_hash=batch.preview_hash)
    return batch


def tree(project: Project) -> list[tuple[str, str, str | None, int | None]]:
    items = WorkItem.objects.filter(project=project).select_related("parent").order_by("position")
    return [
        (item.outside_key, item.title, item.parent.title if item.parent else None, item.estimate_minutes)
        for item in items
    ]


def problems_of(batch: ImportBatch) -> list[tuple[str, int]]:
    return [(problem["code"], problem["row"]) for problem in batch.outcome["problems"]]


def items(batch: ImportBatch) -> tuple[int, int, int]:
    totals = batch.outcome["totals"]
    return totals["items_new"], totals["items_changed"], totals["items_same"]


def test_rows_become_a_tree_whatever_their_order(project: Project, client_manager: User) -> None:
    batch = taken(project, client_manager, ESTIMATE)
    assert tree(project) == [
        ("CL-1", "Claims", None, None),
        ("CL-2", "Import", "Claims", 1440),
        ("CL-3", "Design", "Claims", 450),
    ]
    assert list(WorkItem.objects.order_by("position").values_list("category", flat=True)) == ["", "back_end", "design"]
    assert set(WorkItem.objects.values_list("batch", flat=True)) == {batch.pk}
    assert list(ObjectRef.objects.order_by("number").values_list("number", "title")) == [
        (1, "Claims"),
        (2, "Import"),
        (3, "Design"),
    ]


def test_progress_is_reported_on_the_day_the_file_gives(project: Project, client_manager: User) -> None:
    taken(project, client_manager, ESTIMATE)
    done = ProgressReport.objects.get(is_done=True)
    assert (done.work_item.outside_key, done.on, done.recorded_from) == ("CL-3", dt.date(2026, 1, 30), "estimate.csv")
    assert WorkItem.objects.get(outside_key="CL-3").state == "done"
    assert WorkItem.objects.get(outside_key="CL-2").remaining_minutes == 480


def test_the_same_file_again_changes_nothing(project: Project, client_manager: User) -> None:
    taken(project, client_manager, ESTIMATE)
    again = checked(project, client_manager, ESTIMATE)
    assert (items(again), again.outcome["new"], again.outcome["changed"], again.outcome["same"]) == ((0, 0, 3), 0, 0, 3)
    assert ProgressReport.objects.count() == 2


def test_a_changed_list_shows_what_is_new_changed_and_missing(project: Project, client_manager: User) -> None:
    taken(project, client_manager, ESTIMATE)
    text = (
        "Key,Title,Parent key,Category,Estimate (h),Remaining (h),Done on\n"
        "CL-1,Claims,,,,,\nCL-2,Import of claims,,back-end,30,8,\nCL-4,Tests,CL-1,test,10,,\n"
    )
    batch = checked(project, client_manager, text)
    totals = batch.outcome["totals"]
    assert items(batch) == (1, 1, 1)
    assert (totals["estimate_before"], totals["estimate_after"]) == (1890, 1890 + 360 + 600)
    assert list(totals["missing"]) == [{"label": "W-3", "title": "Design"}]
    assert totals["changes"] == [
        {
            "label": "W-2",
            "title": "Import",
            "fields": ["title", "estimate"],
            "estimate_before": 1440,
            "estimate_after": 1800,
            "is_progress": False,
        }
    ]
    take_estimate(actor=client_manager, batch=batch, preview_hash=batch.preview_hash)
    assert tree(project) == [
        ("CL-1", "Claims", None, None),
        ("CL-2", "Import of claims", "Claims", 1800),
        ("CL-3", "Design", "Claims", 450),
        ("CL-4", "Tests", "Claims", 600),
    ]
    assert ObjectRef.objects.get(number=2).title == "Import of claims"
    assert Activity.objects.filter(verb="work_items_imported").first().data["changed"] == 1  # type: ignore[union-attr]


def test_what_the_file_does_not_say_stays(project: Project, client_manager: User) -> None:
    taken(project, client_manager, ESTIMATE)
    batch = taken(project, client_manager, "Key,Title\nCL-2,Import\nCL-3,Design\n")
    assert items(batch) == (0, 0, 2)
    assert WorkItem.objects.get(outside_key="CL-2").estimate_minutes == 1440


def test_an_item_is_named_by_our_own_number(project: Project, client_manager: User) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Import")
    batch = checked(project, client_manager, "Key,Title,Estimate (h)\nW-1,Import,5\nW-9,Nothing,5\n")
    assert (items(batch), problems_of(batch)) == ((0, 1, 0), [("number_unknown", 3)])
    take_estimate(actor=client_manager, batch=batch, preview_hash=batch.preview_hash, leave_out_wrong_rows=True)
    item.refresh_from_db()
    assert (item.estimate_minutes, item.version, item.outside_key) == (300, 2, "")


def test_items_without_a_key_are_known_by_title_and_occurrence(project: Project, client_manager: User) -> None:
    text = "Title,Estimate (h)\nTests,1\nTests,2\n"
    taken(project, client_manager, text)
    batch = taken(project, client_manager, text.replace("2", "3"))
    assert (items(batch), [minutes for *_, minutes in tree(project)]) == ((0, 1, 1), [60, 180])


@pytest.mark.parametrize(
    "text",
    [
        "Level,Title\n1,A\n2,B\n3,C\n2,D\n1,E\n",
        "Title,Estimate (h)\nA,\n  B,\n    C,\n  D,\nE,\n",
        "WBS,Title\n1,A\n1.1,B\n1.1.1,C\n1.2,D\n2,E\n",
    ],
    ids=["levels", "indents", "dotted numbers"],
)
def test_levels_indents_and_dotted_numbers_make_a_tree(project: Project, client_manager: User, text: str) -> None:
    taken(project, client_manager, text)
    assert sorted((title, parent) for _, title, parent, _ in tree(project)) == [
        ("A", None),
        ("B", "A"),
        ("C", "B"),
        ("D", "A"),
        ("E", None),
    ]


# As offers are written: chapters hold the sums of their rows, the end holds the sum of all and who wrote it.
OFFER = """No.,Work package,Role,Estimate (h),Remarks
1,Claim intake,,100.5,
1.1,Entry form,Front-end,60.25,
1.2,Intake service,Back-end,40,without attachments
2,Search,,50,
2.1,Claim search,Full-stack,30,
2.2,Reports,Back-end,10,
,Total,,150.5,
,,,,
Prepared by J. Kelp. Prices exclude VAT.,,,,
"""


def test_sums_of_chapters_and_totals_count_nothing_twice(project: Project, client_manager: User) -> None:
    batch = taken(project, client_manager, OFFER)
    assert sorted(tree(project)) == [
        ("1", "Claim intake", None, None),
        ("1.1", "Entry form", "Claim intake", 3615),
        ("1.2", "Intake service", "Claim intake", 2400),
        # 50 is more than the 40 below it: an estimate of its own.
        ("2", "Search", None, 3000),
        ("2.1", "Claim search", "Search", 1800),
        ("2.2", "Reports", "Search", 600),
    ]
    assert sorted(problems_of(batch)) == [("note_line", 10), ("sum_of_below", 2), ("total_line", 8)]


def test_an_offer_in_german_is_read_with_its_units_roles_and_notes(project: Project, client_manager: User) -> None:
    text = (
        "Pos.;Arbeitspaket;Rolle;Aufwand (Std.);Beginn;Ende\n"
        "1;Wareneingang;;;;\n"
        "1.1;Lieferung erfassen;Back-end;40,5;02.11.2026;13.11.2026\n"
        ";;;;;Alle Angaben ohne Reisezeiten.\n"
        ";Summe;;40,5;;\n"
    )
    batch = taken(project, client_manager, text)
    assert (tree(project)[1], problems_of(batch)) == (
        ("1.1", "Lieferung erfassen", "Wareneingang", 2430),
        [("note_line", 4), ("total_line", 5)],
    )
    assert WorkItem.objects.get(outside_key="1.1").category == "back_end"
    # The chapter stands for what is below it.
    assert batch.outcome["totals"]["without_estimate"] == 0


def test_a_list_in_which_no_column_is_the_estimate_says_so_before_it_is_taken(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    batch = checked(project, client_manager, "Title,Weight\nMap,40\n")
    page = sign_in(client_manager).get(reverse("requirements:work_item_import_detail", args=[project.slug, batch.uuid]))
    assert "No column is read as the estimate" in page.content.decode()


def test_the_same_offer_again_changes_nothing(project: Project, client_manager: User) -> None:
    taken(project, client_manager, OFFER)
    assert items(checked(project, client_manager, OFFER)) == (0, 0, 6)


def test_a_tree_as_deep_as_the_file_is_long_is_summed(project: Project, client_manager: User) -> None:
    rows = "".join(f"K{number},Level {number},{f'K{number - 1}' if number else ''},1\n" for number in range(2000))
    batch = checked(project, client_manager, f"Key,Title,Parent key,Estimate (h)\n{rows}")
    assert items(batch) == (2000, 0, 0)


def test_one_blank_before_one_title_is_no_level(project: Project, client_manager: User) -> None:
    titles = ("Claims", "Import", " Design", "Review", "Rollout")
    taken(project, client_manager, "Title,Estimate (h)\n" + "".join(f"{title},8\n" for title in titles))
    assert tree(project) == [("", title.strip(), None, 480) for title in titles]
    taken(project, client_manager, "Title,Phase,Estimate (h)\nBuild,P,8\n  Deploy,P,8\n")
    assert tree(project)[-2:] == [("", "Build", "P", 480), ("", "Deploy", "P", 480)]


def test_a_group_column_makes_parents_once(project: Project, client_manager: User) -> None:
    text = "Key,Title,Epic\n1,A,Claims\n2,B,Claims\n3,C,Letters\n"
    taken(project, client_manager, text)
    assert [(title, parent) for _, title, parent, _ in tree(project)] == [
        ("Claims", None),
        ("Letters", None),
        ("A", "Claims"),
        ("B", "Claims"),
        ("C", "Letters"),
    ]
    assert items(checked(project, client_manager, text)) == (0, 0, 5)


def test_rows_with_one_key_are_added_up_or_refused_as_chosen(project: Project, client_manager: User) -> None:
    text = "Key,Title,Estimate (h),Done on\n1,A,2,2026-01-05\n1,A,3,\n"
    asked = checked(project, client_manager, text)
    assert [question["name"] for question in asked.outcome["questions"]] == ["repeated_keys"]
    refusing = checked(project, client_manager, text, repeated_keys="refuse")
    assert (refusing.outcome["wrong"], problems_of(refusing)) == (1, [("key_repeated", 3)])
    taken(project, client_manager, text, repeated_keys="add_up")
    assert tree(project) == [("1", "A", None, 300)]
    assert WorkItem.objects.get().state == "open"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("CL-9,,,,1,,", "untitled"),
        (",,,design,1,,", "missing"),
        ("CL-9,X,CL-8,,1,,", "parent_unknown"),
        ("CL-9,X,CL-9,,1,,", "circle"),
        ("CL-9,X,,magic,1,,", "category_unknown"),
        ("CL-9,X,,,-1,,", "negative_estimate"),
        ("CL-9,X,,,100001,,", "estimate_too_large"),
        ("CL-9,X,,,0,,", "estimate_zero"),
        ("CL-9,X,,,NaN,,", "not_a_duration"),
        ("CL-9,X,,,1,,2099-01-01", "done_in_future"),
        ("CL-9,X,,,1,,2026-02-29", "no_such_day"),
        ("CL-9," + "x" * 301 + ",,,1,,", "text_too_long"),
    ],
)
def test_a_doubtful_row_is_named_by_its_code(project: Project, client_manager: User, row: str, code: str) -> None:
    batch = checked(project, client_manager, ESTIMATE + row + "\n")
    assert (problems_of(batch), batch.outcome["rows"]) == ([(code, 5)], 4)


def test_an_unknown_parent_is_told_as_the_file_wrote_it(project: Project, client_manager: User) -> None:
    batch = checked(project, client_manager, "Key,Title,Parent key\nA,A,Epic-9\n")
    assert [(each["column"], each["value"]) for each in batch.outcome["problems"]] == [("Parent key", "Epic-9")]


def test_everything_below_a_lost_row_is_lost_with_it(project: Project, client_manager: User) -> None:
    text = "Key,Title,Parent key\nA,A,nowhere\nB,B,A\nC,C,B\nD,D,\n"
    batch = checked(project, client_manager, text)
    assert problems_of(batch) == [("parent_unknown", 2), ("parent_unknown", 3), ("parent_unknown", 4)]
    assert (batch.outcome["new"], batch.outcome["wrong"]) == (1, 3)


def test_a_circle_through_the_project_is_refused(project: Project, client_manager: User) -> None:
    taken(project, client_manager, ESTIMATE)
    batch = checked(project, client_manager, "Key,Title,Parent key\nCL-1,Claims,CL-2\n")
    assert problems_of(batch) == [("circle", 2)]


def test_an_item_changed_since_the_preview_refuses_the_commit(project: Project, client_manager: User) -> None:
    taken(project, client_manager, ESTIMATE)
    batch = checked(project, client_manager, ESTIMATE.replace("24", "30"))
    item = WorkItem.objects.get(outside_key="CL-2")
    change_work_item(actor=client_manager, item=item, expected_version=item.version, estimate_minutes=60)
    with pytest.raises(DomainError) as refused:
        take_estimate(actor=client_manager, batch=batch, preview_hash=batch.preview_hash)
    assert refused.value.code == "preview_changed"
    item.refresh_from_db()
    assert item.estimate_minutes == 60


def test_an_item_reported_open_again_follows_the_file(project: Project, client_manager: User) -> None:
    item = add_work_item(actor=client_manager, project=project, title="A", outside_key="1", estimate_minutes=60)
    report_progress(actor=client_manager, item=item, on=dt.date(2026, 1, 5), is_done=True)
    taken(project, client_manager, "Key,Title,Status\n1,A,In progress\n")
    item.refresh_from_db()
    assert item.state == "open"


def test_pages_lead_from_the_file_to_the_items(project: Project, client_manager: User, sign_in: SignIn) -> None:
    client = sign_in(client_manager)
    new = reverse("requirements:work_item_import_new", args=[project.slug])
    page = client.post(new, {"file": SimpleUploadedFile("estimate.csv", ESTIMATE.encode())})["Location"]
    shown = client.get(page)
    answer = " ".join(shown.content.decode().split())
    assert "Work items: <b>3 new</b>, <b>0 changed</b>, 0 unchanged." in answer
    assert "The estimate is <b>31.5 h</b>." in answer
    client.post(page, {"act": "take", "preview_hash": shown.context["form"]["preview_hash"].value()})
    assert len(tree(project)) == 3
    assert "Work items: <b>3</b> added, <b>0</b> changed." in client.get(page).content.decode()


def test_a_column_can_be_given_another_meaning(project: Project, client_manager: User, sign_in: SignIn) -> None:
    client = sign_in(client_manager)
    new = reverse("requirements:work_item_import_new", args=[project.slug])
    file = SimpleUploadedFile("estimate.csv", b"Key,Title,Optimistic h,Likely h\n1,A,2,4\n")
    page = client.post(new, {"file": file})["Location"]
    form = client.get(page + "?step=columns").context["form"]
    values = {name: form[name].value() for name in form.fields}
    client.post(page + "?step=columns", {**values, "column_estimate": "Likely h"})
    assert ImportBatch.objects.get().outcome["totals"]["estimate_after"] == 240


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("client_manager", 200),
        ("client_team_lead", 200),
        ("vendor_analyst", 200),
        ("client_viewer", 403),
        ("vendor_member", 403),
        ("other_vendor", 404),
    ],
)
def test_only_those_who_edit_work_items_import_them(
    project: Project, sign_in: SignIn, request: pytest.FixtureRequest, who: str, status: int
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("requirements:work_item_import_new", args=[project.slug])).status_code == status
