import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person, User
from budget.time_entries import record_time
from projects.models import Activity, Project
from requirements_app.actions import NewWorkItem, add_work_item, change_work_item, insert_work_items, report_progress
from requirements_app.models import ProgressReport, WorkItem
from tests.undo import press_undo

pytestmark = pytest.mark.django_db

SignIn = Callable[[object], Client]
DAY = dt.date(2026, 9, 14)


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Import of claims", estimate_minutes=600)


def address(name: str, project: Project, *args: object) -> str:
    return reverse(f"requirements:{name}", args=[project.slug, *args])


def text_of(html: str) -> str:
    """What a reader sees, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


def answer_of(html: str) -> str:
    found = re.search(r'<(h1|p) class="answer">(.*?)</\1>', html, re.DOTALL)
    assert found is not None
    return text_of(found[2])


def add_hours(project: Project, actor: User, person: Person, item: WorkItem | None, hours: int) -> None:
    for back in range(0, hours, 8):
        record_time(
            actor=actor,
            project=project,
            person=person,
            worked_on=DAY - dt.timedelta(days=back // 8),
            minutes=min(8, hours - back) * 60,
            today=DAY,
            work_item=item,
        )


READERS = (
    "client_manager",
    "client_approver",
    "client_team_lead",
    "client_member",
    "client_viewer",
    "vendor_manager",
    "vendor_analyst",
    "vendor_member",
    "vendor_viewer",
    "portfolio_viewer",
)
EDITORS = {"client_manager", "client_team_lead", "vendor_manager", "vendor_analyst"}
REPORTERS = {"client_manager", "client_team_lead", "vendor_manager", "vendor_member"}
STRANGERS = ("other_client", "other_vendor", "revoked_member", "organisation_admin")


@pytest.mark.parametrize("who", READERS)
def test_pages_open_for_whoever_holds_the_capability(
    request: pytest.FixtureRequest, sign_in: SignIn, project: Project, item: WorkItem, who: str
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    statuses = [
        browser.get(address(name, project, *args)).status_code
        for name, args in (
            ("work_item_list", []),
            ("work_item_detail", [1]),
            ("work_item_choices", []),
            ("work_item_add", []),
            ("work_item_edit", [1]),
            ("progress_report", [1]),
        )
    ]
    edits, reports = (200 if who in EDITORS else 403), (200 if who in REPORTERS else 403)
    assert statuses == [200, 200, 200, edits, edits, reports]


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_learn_nothing(
    request: pytest.FixtureRequest, sign_in: SignIn, project: Project, item: WorkItem, who: str
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    pages = [address("work_item_list", project), address("work_item_detail", project, 1), "/p/no-such/work-items/"]
    answers = [browser.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert not any("Import of claims" in answer.content.decode() for answer in answers)


def test_list_answers_in_a_sentence(
    sign_in: SignIn, project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    add_work_item(actor=client_manager, project=project, title="Letters")
    add_hours(project, client_manager, developer, item, hours=16)
    report_progress(actor=client_manager, item=item, on=DAY + dt.timedelta(days=1), remaining_minutes=60)
    html = sign_in(client_manager).get(address("work_item_list", project)).content.decode()
    assert "Hours to 14 Sep 2026 · progress to 15 Sep 2026" in text_of(html)
    assert answer_of(html) == "2 items, 10.0 h estimated on 1; 1 is over its estimate by 6.0 h; 1 has no estimate."


@pytest.mark.parametrize(
    ("query", "shown"), [("?over=true", ["W-1"]), ("?estimated=false", ["W-2"]), ("?q=lett", ["W-2"])]
)
def test_figures_of_the_sentence_lead_to_what_they_are_made_of(
    sign_in: SignIn,
    project: Project,
    client_manager: User,
    developer: Person,
    item: WorkItem,
    query: str,
    shown: list[str],
) -> None:
    add_work_item(actor=client_manager, project=project, title="Letters")
    add_hours(project, client_manager, developer, item, hours=16)
    html = sign_in(client_manager).get(address("work_item_list", project) + query).content.decode()
    assert re.findall(r'class="key"><a [^>]*>(W-\d+)<', html) == shown


def test_list_says_in_which_group_a_found_item_stands(
    sign_in: SignIn, project: Project, client_manager: User, item: WorkItem
) -> None:
    add_work_item(actor=client_manager, project=project, title="Letters", parent=item)
    browser = sign_in(client_manager)
    tree, found = (
        text_of(browser.get(address("work_item_list", project) + query).content.decode()) for query in ("", "?q=lett")
    )
    assert ["in Import of claims" in text for text in (tree, found)] == [False, True]
    assert ["level 2:" in text for text in (tree, found)] == [True, False]


def test_list_without_items_offers_the_first_step_to_whoever_may_take_it(
    sign_in: SignIn, project: Project, client_manager: User, client_viewer: User
) -> None:
    add = address("work_item_add", project)
    pages = [
        sign_in(user).get(address("work_item_list", project)).content.decode()
        for user in (client_manager, client_viewer)
    ]
    assert [answer_of(page) for page in pages] == ["No work items yet."] * 2
    assert [add in page for page in pages] == [True, False]


@pytest.mark.parametrize("rows", [3, 30])
def test_list_page_asks_as_often_for_many_rows_as_for_few(
    sign_in: SignIn,
    project: Project,
    client_manager: User,
    developer: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for item in insert_work_items(
        project=project, new_items=[NewWorkItem(title=f"{n}", estimate_minutes=60) for n in range(rows)]
    ):
        add_hours(project, client_manager, developer, item, hours=1)
    browser = sign_in(client_manager)
    with django_assert_num_queries(LIST_QUERIES):
        browser.get(address("work_item_list", project))


# Whatever the number of rows.
LIST_QUERIES = 16


# Whatever the number of rows around the item.
ITEM_QUERIES = 18


@pytest.mark.parametrize("rows", [3, 30])
def test_item_page_asks_as_often_for_many_rows_as_for_few(
    sign_in: SignIn,
    project: Project,
    client_manager: User,
    item: WorkItem,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    insert_work_items(project=project, new_items=[NewWorkItem(title=f"{n}", parent=item) for n in range(rows)])
    for _ in range(rows):
        report_progress(actor=client_manager, item=item, on=DAY, remaining_minutes=60)
    browser = sign_in(client_manager)
    with django_assert_num_queries(ITEM_QUERIES):
        browser.get(address("work_item_detail", project, 1))


def test_add_writes_what_was_typed(sign_in: SignIn, project: Project, client_manager: User, item: WorkItem) -> None:
    typed = {
        "title": "Letters",
        "parent": "W-1",
        "category": "back_end",
        "estimate_minutes": "12,5",
        "outside_key": "P-7",
    }
    answer = sign_in(client_manager).post(address("work_item_add", project), typed)
    assert (answer.status_code, answer["Location"]) == (302, address("work_item_list", project))
    added = WorkItem.objects.get(ref__number=2)
    assert (added.title, added.parent, added.category, added.estimate_minutes, added.outside_key) == (
        "Letters",
        item,
        "back_end",
        750,
        "P-7",
    )


def test_add_keeps_what_was_typed_when_something_is_wrong(
    sign_in: SignIn, project: Project, client_manager: User, item: WorkItem
) -> None:
    WorkItem.objects.filter(pk=item.pk).update(outside_key="P-7")
    typed = {"title": "Letters", "parent": "W-99", "estimate_minutes": "1.250", "outside_key": "P-7"}
    browser = sign_in(client_manager)
    answer = browser.post(address("work_item_add", project), typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"parent", "estimate_minutes"}
    assert all(f'value="{value}"' in answer.content.decode() for value in typed.values())
    answer = browser.post(address("work_item_add", project), {"title": "Letters", "outside_key": "P-7"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"outside_key"})
    assert WorkItem.objects.count() == 1


def edit_of(item: WorkItem, **changes: str) -> dict[str, str]:
    return {
        "title": item.title,
        "parent": "",
        "category": "",
        "estimate_minutes": "10",
        "outside_key": "",
        "outside_url": "",
        "version": str(item.version),
        **changes,
    }


def test_edit_saves_what_changed(sign_in: SignIn, project: Project, client_manager: User, item: WorkItem) -> None:
    typed = edit_of(item, estimate_minutes="12:30", outside_url="https://tracker.example/P-7")
    answer = sign_in(client_manager).post(address("work_item_edit", project, 1), typed)
    assert (answer.status_code, answer["Location"]) == (302, address("work_item_detail", project, 1))
    saved = WorkItem.objects.get(pk=item.pk)
    assert (saved.estimate_minutes, saved.outside_url, saved.version) == (750, "https://tracker.example/P-7", 2)


def test_edit_of_a_stale_version_shows_both_texts_and_saves_neither_over_the_other(
    sign_in: SignIn, project: Project, client_manager: User, item: WorkItem
) -> None:
    typed = edit_of(item, title="Mine", estimate_minutes="12.5")
    letters = add_work_item(actor=client_manager, project=project, title="Letters")
    change_work_item(
        actor=client_manager,
        item=item,
        expected_version=1,
        title="Theirs",
        parent=letters,
        estimate_minutes=1200,
        is_dropped=True,
    )
    browser = sign_in(client_manager)
    answer = browser.post(address("work_item_edit", project, 1), typed)
    assert answer.status_code == 409
    conflict = answer.context["form"].conflict
    assert [(row.label, row.mine, row.theirs) for row in conflict.rows] == [
        ("Title", "Mine", "Theirs"),
        ("Part of", "", "W-2 Letters"),
        ("Estimate in hours", "12.5", "20"),
        ("Dropped", "no", "yes"),
    ]
    assert WorkItem.objects.get(pk=item.pk).title == "Theirs"
    # Sent again, as the page now offers it, mine stands.
    assert browser.post(address("work_item_edit", project, 1), {**typed, "version": "2"}).status_code == 302
    assert WorkItem.objects.get(pk=item.pk).title == "Mine"


def test_an_item_that_was_dropped_is_taken_up_again_with_one_press(
    sign_in: SignIn, project: Project, client_manager: User, item: WorkItem
) -> None:
    """As it was typed otherwise: what was changed in the same breath stays."""
    browser = sign_in(client_manager)
    browser.post(address("work_item_edit", project, 1), edit_of(item, title="Tides & “letters”", is_dropped="on"))
    assert WorkItem.objects.get(pk=item.pk).is_dropped
    said, answer = press_undo(browser, address("work_item_detail", project, 1))
    assert (said, answer.status_code) == ("W-1 is dropped: its estimate counts no longer.", 302)
    again = WorkItem.objects.get(pk=item.pk)
    assert (again.is_dropped, again.title, again.version) == (False, "Tides & “letters”", 3)
    # Only who has just dropped it is offered the way back.
    assert ">Undo<" not in browser.get(address("work_item_detail", project, 1)).content.decode()


def test_edit_refuses_a_circle_beside_the_field(
    sign_in: SignIn, project: Project, client_manager: User, item: WorkItem
) -> None:
    add_work_item(actor=client_manager, project=project, title="Letters", parent=item)
    answer = sign_in(client_manager).post(address("work_item_edit", project, 1), edit_of(item, parent="W-2"))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"parent"})
    assert WorkItem.objects.get(pk=item.pk).parent is None


@pytest.mark.parametrize(
    ("typed", "state", "remaining"),
    [
        ({"how": "done"}, "done", 0),
        ({"how": "done", "remaining_minutes": "5"}, "done", 0),
        ({"how": "left", "remaining_minutes": "7,5"}, "open", 450),
        ({"how": "open", "remaining_minutes": "5"}, "open", None),
    ],
)
def test_progress_is_reported_in_one_of_three_ways(
    sign_in: SignIn,
    project: Project,
    client_manager: User,
    item: WorkItem,
    typed: dict[str, str],
    state: str,
    remaining: int | None,
) -> None:
    answer = sign_in(client_manager).post(address("progress_report", project, 1), {**typed, "on": "2026-09-14"})
    assert answer.status_code == 302
    saved = WorkItem.objects.get(pk=item.pk)
    assert (saved.state, saved.remaining_minutes) == (state, remaining)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"how": "left", "on": "2026-09-14"}, {"remaining_minutes"}),
        ({"on": "2026-09-14"}, {"how"}),
        ({"how": "done", "on": (timezone.localdate() + dt.timedelta(days=2)).isoformat()}, {"on"}),
    ],
)
def test_progress_that_is_not_said_clearly_is_refused(
    sign_in: SignIn, project: Project, client_manager: User, item: WorkItem, typed: dict[str, str], wrong: set[str]
) -> None:
    answer = sign_in(client_manager).post(address("progress_report", project, 1), typed)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, wrong)
    assert ProgressReport.objects.count() == 0


def test_only_the_client_records_what_the_vendor_said(
    sign_in: SignIn, project: Project, client_manager: User, vendor_manager: User, item: WorkItem
) -> None:
    for user in (client_manager, vendor_manager):
        typed = {"how": "done", "on": "2026-09-14", "recorded_from": "mail of 14 Sep"}
        sign_in(user).post(address("progress_report", project, 1), typed)
    reports = Activity.objects.filter(project=project, verb="progress_reported").order_by("pk")
    assert [(entry.actor, entry.recorded_from) for entry in reports] == [
        (client_manager, "mail of 14 Sep"),
        (vendor_manager, ""),
    ]


def test_item_page_says_how_far_it_is(
    sign_in: SignIn, project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    add_hours(project, client_manager, developer, item, hours=16)
    report_progress(actor=client_manager, item=item, on=DAY, remaining_minutes=90)
    html = sign_in(client_manager).get(address("work_item_detail", project, 1)).content.decode()
    assert answer_of(html) == "16.0 of 10.0 h are used. 1.5 h are left. It is 6.0 h over its estimate and not done."


def test_page_of_no_such_item_is_not_found(sign_in: SignIn, project: Project, client_manager: User) -> None:
    assert sign_in(client_manager).get(address("work_item_detail", project, 7)).status_code == 404


def test_closed_project_is_read_and_not_changed(
    sign_in: SignIn, project: Project, client_manager: User, item: WorkItem
) -> None:
    Project.objects.filter(pk=project.pk).update(status=Project.Status.CLOSED)
    browser = sign_in(client_manager)
    html = browser.get(address("work_item_detail", project, 1)).content.decode()
    answers = [
        browser.post(address("work_item_add", project), {"title": "Late"}),
        browser.post(address("work_item_edit", project, 1), edit_of(item, title="Late")),
        browser.post(address("progress_report", project, 1), {"how": "done", "on": "2026-09-14"}),
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert [address("work_item_edit", project, 1) in html, address("progress_report", project, 1) in html] == [
        False
    ] * 2
    assert list(WorkItem.objects.values_list("title", "state")) == [("Import of claims", "open")]


def test_suggestions_are_options_with_number_and_title(
    sign_in: SignIn, project: Project, client_manager: User, item: WorkItem
) -> None:
    change_work_item(actor=client_manager, item=item, expected_version=1, title='Import of "old" <claims>')
    html = sign_in(client_manager).get(address("work_item_choices", project), {"q": "claims"}).content.decode()
    assert html.strip() == '<option value="W-1 Import of &quot;old&quot; &lt;claims&gt;"></option>'
