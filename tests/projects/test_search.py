"""Search finds what its reader may see, and tells nothing of the rest."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from projects.access import standings_of
from projects.actions import (
    add_comment,
    add_files,
    add_person,
    change_project,
    restore_comment,
    restore_file,
    withdraw_comment,
    withdraw_file,
)
from projects.member_search import members_found
from projects.models import Membership, Project, SearchDocument
from projects.search import find, index_document, jump_to, query_for, reindex, remove_document, shown
from requirements_app.actions import add_work_item, change_work_item
from tests.api_client import Program

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]


def titles(user: Any, text: str) -> list[str]:
    return sorted(document.title for document in find(user, text))


def note(project: Project, title: str, **fields: Any) -> uuid.UUID:
    """A document as an app writes it."""
    target = uuid.uuid4()
    index_document(
        project=project, **{"kind": "projects.project", "target": target, "title": title, "path": "/there/"} | fields
    )
    return target


# ── What is found ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("crane", True),
        ("CRANE sched", True),
        ("schedule crane", True),
        ("sched crane", False),
        ('"crane schedule"', True),
        ('"schedule crane"', False),
        ("crane -schedule", False),
        ("walrus or crane", True),
        ("crane or walrus", True),
        ("walrus", False),
        ("zürich", True),
        ("zurich", True),
        ("ZURI", True),
        ("lodz", True),
        ("strasse", True),
        ("straße", True),
        ("zielinski-stra", True),
        ("ACME-12", True),
        ("acme-1", True),
        ("o'brien", True),
        ("", False),
        ("-", False),
        ('"', False),
        ("'", False),
        ("crane & | ! ( ) : * < > \\ '", True),
        ("cr\0ane", True),
        ("& cra", True),
        ("or", False),
        ("or crane", True),
    ],
)
def test_words_are_found_as_people_type_them(text: str, is_found: bool, project: Project, client_manager: User) -> None:
    item = add_work_item(
        actor=client_manager,
        project=project,
        title="Crane schedule for Zürich, O'Brien, Łódź, Zieliński-Straße",
        outside_key="ACME-12",
    )
    assert titles(client_manager, text) == ([item.title] if is_found else [])


def test_a_search_longer_than_any_is_cut(client_manager: User) -> None:
    assert titles(client_manager, "crane " * 10_000) == []


def test_a_number_leads_to_its_thing(project: Project, client_manager: User, sign_in: SignIn) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Tide table")
    response = sign_in(client_manager).get(reverse("projects:search"), {"q": "w-1 "})
    assert (response.status_code, response["Location"]) == (302, item.get_absolute_url())


def test_a_number_of_two_projects_leads_to_the_one_that_is_near(
    project: Project, other_project: Project, two_sided_person: User
) -> None:
    here, there = (add_work_item(actor=one.created_by, project=one, title="First") for one in (project, other_project))
    assert jump_to(two_sided_person, "W-1") == ""
    assert jump_to(two_sided_person, "W-1", near=other_project.slug) == there.get_absolute_url()
    assert jump_to(two_sided_person, "W-1", near=project.slug) == here.get_absolute_url()


def test_the_title_counts_more_than_the_text(project: Project, client_manager: User) -> None:
    note(project, "Notes", body="harbour pilot rota")
    note(project, "Pilot rota")
    assert [document.title for document in find(client_manager, "pilot rota")] == ["Pilot rota", "Notes"]


def test_a_number_and_an_outside_key_come_before_what_only_begins_with_them(
    project: Project, client_manager: User
) -> None:
    for number in range(1, 13):
        add_work_item(actor=client_manager, project=project, title=f"Lock {number}", outside_key=f"ACME-{number}")
    assert find(client_manager, "w-1")[0].label == "W-1"
    assert find(client_manager, "acme-1")[0].title == "Lock 1"


def test_members_are_found_by_whoever_may_see_people(
    project: Project, client_manager: User, vendor_manager: User, other_client: User, sign_in: SignIn, program: Program
) -> None:
    name = vendor_manager.name.split()[0]
    path = reverse("projects:person_list", args=[project.slug])
    browser = sign_in(client_manager)
    html = browser.get(reverse("projects:search"), {"q": name.lower()}).content.decode()
    assert f'<a href="{path}"><mark>{name}</mark>' in html
    assert "manager of the vendor" in html
    answer = program(client_manager).get(f"/api/v1/search/?q={name}").json()
    assert [(one["kind"], one["title"]) for one in answer["results"]] == [("projects.member", vendor_manager.name)]
    assert members_found(standings_of(other_client), name) == []
    Membership.objects.filter(user=vendor_manager).update(ended_at=timezone.now())
    assert members_found(standings_of(client_manager), name) == []


def test_what_people_write_never_becomes_markup(project: Project, client_manager: User, sign_in: SignIn) -> None:
    note(project, "<b>Crane</b> <script>", body="a <img src=x> crane \ue000\ue001 & more")
    (found,) = shown(list(find(client_manager, "crane")), "crane")
    assert found.title == "&lt;b&gt;<mark>Crane</mark>&lt;/b&gt; &lt;script&gt;"
    assert found.excerpt == "a   <mark>crane</mark>  &amp; more"  # PostgreSQL leaves tags out of an excerpt
    page = sign_in(client_manager).get(reverse("projects:search"), {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_twenty_stand_on_a_page(project: Project, client_manager: User, sign_in: SignIn) -> None:
    for number in range(25):
        note(project, f"Lock gate {number}")
    browser = sign_in(client_manager)
    pages = [browser.get(reverse("projects:search"), {"q": "lock", "page": page}).context for page in (1, 2)]
    assert [len(context["found"]) for context in pages] == [20, 5]
    assert pages[0]["page"].paginator.count == 25


# ── Who finds it ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        ("client_manager", {"for both", "for the client", "about rates", "about people"}),
        ("client_member", {"for both", "for the client", "about people"}),
        ("client_finance", set()),
        ("vendor_manager", {"for both", "for the vendor", "about rates", "about people"}),
        ("vendor_viewer", {"for both", "for the vendor", "about people"}),
        ("portfolio_viewer", {"for both", "for the client", "about people"}),
        ("organisation_admin", set()),
        ("revoked_member", set()),
        ("other_client", {"elsewhere"}),
        ("other_vendor", {"elsewhere"}),
        ("two_sided_person", {"for both", "for the client", "about people", "elsewhere"}),
    ],
)
def test_each_finds_what_side_and_role_may_see(
    reader: str, seen: set[str], project: Project, other_project: Project, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(reader)
    note(project, "mooring", body="for both")
    note(project, "mooring", body="for the client", audience="client")
    note(project, "mooring", body="for the vendor", audience="vendor")
    note(project, "mooring", body="about rates", capability="view_rates")
    note(project, "mooring", body="about people", capability="view_people")
    note(other_project, "mooring", body="elsewhere")
    note(other_project, "mooring", body="elsewhere of the client", audience="client") if reader != "other_client" else 0
    assert {document.body for document in find(user, "mooring")} == seen


def test_the_page_says_no_more_for_what_is_hidden_than_for_nothing(
    project: Project, vendor_manager: User, sign_in: SignIn
) -> None:
    note(project, "Doubts", body="secret", audience="client", label="WC-1")
    browser = sign_in(vendor_manager)
    for hidden, nothing in (("secret", "nought"), ("WC-1", "WC-2")):
        pages = [browser.get(reverse("projects:search"), {"q": text}) for text in (hidden, nothing)]
        assert [page.status_code for page in pages] == [200, 200]
        assert [page.context["page"].paginator.count for page in pages] == [0, 0]


def test_whoever_left_finds_nothing_any_more(project: Project, vendor_manager: User) -> None:
    note(project, "mooring")
    assert titles(vendor_manager, "mooring") == ["mooring"]
    Membership.objects.filter(user=vendor_manager).update(ended_at=timezone.now())
    assert titles(vendor_manager, "mooring") == []


@pytest.mark.parametrize("rows", [3, 30])
def test_a_search_costs_the_same_however_much_is_found(
    rows: int, project: Project, client_manager: User, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    browser = sign_in(client_manager)
    for number in range(rows):
        note(project, f"Lock gate {number}")
    with django_assert_num_queries(9):
        browser.get(reverse("projects:search"), {"q": "lock"})


def test_programs_find_the_same(project: Project, client_manager: User, other_client: User, program: Program) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Tide table")
    (found,) = program(client_manager).get("search/", q="tide").json()["results"]
    assert {name: found[name] for name in ("project", "kind", "target", "label", "title", "path")} == {
        "project": project.slug,
        "kind": "requirements.workitem",
        "target": str(item.ref.uuid),
        "label": "W-1",
        "title": "Tide table",
        "path": item.get_absolute_url(),
    }
    assert program(other_client).get("search/", q="tide").json() == {"results": []}


def test_looking_in_one_project_alone(
    project: Project,
    other_project: Project,
    two_sided_person: User,
    other_client: User,
    sign_in: SignIn,
    program: Program,
) -> None:
    for one in (project, other_project):
        note(one, f"mooring of {one.name}")
    search = reverse("projects:search")
    for params, count in (({"near": project.slug}, 2), ({"near": project.slug, "only": "1"}, 1)):
        page = sign_in(two_sided_person).get(search, {"q": "mooring", **params})
        assert page.context["page"].paginator.count == count
        assert "only in Berth booking" in page.content.decode()
    # Of a project that one does not see not even the name is told.
    page = sign_in(other_client).get(search, {"q": "mooring", "near": project.slug, "only": "1"})
    assert ("Berth booking" in page.content.decode(), page.context["page"].paginator.count) == (False, 1)
    found = [
        [one["title"] for one in program(user).get("search/", q="mooring", project=project.slug).json()["results"]]
        for user in (two_sided_person, other_client)
    ]
    assert found == [["mooring of Berth booking"], []]


def test_files_are_found_by_their_names_as_long_as_one_gets_them(
    project: Project, client_manager: User, vendor_manager: User, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    reindex(project)
    names = ("Angebot für beide.pdf", "Angebot intern.pdf", "Angebot im Kommentar.pdf")
    both, internal, said = (SimpleUploadedFile(name, b"offer") for name in names)
    (file,) = add_files(actor=client_manager, project=project, side="client", files=[both])
    add_files(actor=client_manager, project=project, side="client", files=[internal], audience="client")
    comment = add_comment(actor=client_manager, project=project, side="client", text="Look", files=[said])
    assert titles(client_manager, "angebot") == sorted(names)
    assert titles(vendor_manager, "angebot fur") == [names[0]]
    assert titles(vendor_manager, "angebot intern") == []
    withdraw_file(actor=client_manager, attachment=file)
    withdraw_comment(actor=client_manager, comment=comment)
    assert titles(client_manager, "angebot") == [names[1]]
    made = contents(project)
    reindex(project)
    assert contents(project) == made
    restore_file(actor=client_manager, attachment=file)
    restore_comment(actor=client_manager, comment=comment)
    assert titles(client_manager, "angebot") == sorted(names)
    made = contents(project)
    reindex(project)
    assert contents(project) == made


# ── How documents come and go ───────────────────────────────────────────────────────────────────────


def test_things_are_found_by_what_they_are_called_now(project: Project, client_manager: User) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Crane schedule")
    change_work_item(actor=client_manager, item=item, expected_version=item.version, title="Pilot rota")
    add_person(actor=client_manager, project=project, name="Nadia Named", side="vendor", job_role="Tester")
    change_project(actor=client_manager, project=project, expected_version=project.version, name="Quay booking")
    assert titles(client_manager, "crane") == []
    assert titles(client_manager, "pilot") == ["Pilot rota"]
    assert titles(client_manager, "tester nad") == ["Nadia Named"]
    assert titles(client_manager, "quay") == ["Quay booking"]


def test_what_was_rolled_back_is_not_found(project: Project, client_manager: User) -> None:
    with transaction.atomic():
        add_work_item(actor=client_manager, project=project, title="Crane schedule")
        transaction.set_rollback(True)
    assert titles(client_manager, "crane") == []


def test_what_was_removed_is_not_found(project: Project, client_manager: User) -> None:
    target = note(project, "Crane schedule")
    remove_document(project=project, kind="projects.project", target=target)
    remove_document(project=project, kind="projects.project", target=target)
    assert titles(client_manager, "crane") == []


def test_reindexing_makes_the_same_documents_and_no_others(
    project: Project, client_manager: User, capsys: pytest.CaptureFixture[str]
) -> None:
    add_work_item(actor=client_manager, project=project, title="Crane schedule", outside_key="A-1")
    add_person(actor=client_manager, project=project, name="Nadia Named", side="vendor")
    reindex(project)
    made = contents(project)
    SearchDocument.objects.filter(project=project, label="W-1").update(title="Something else")
    note(project, "Of nothing")
    call_command("reindex_search", project=project.slug)
    assert contents(project) == made
    assert capsys.readouterr().out == f"{project.slug}: {len(made)}\n"


def test_actions_write_what_reindexing_would(project: Project, client_manager: User) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Crane schedule", outside_key="A-1")
    change_work_item(actor=client_manager, item=item, expected_version=item.version, title="Pilot rota")
    add_person(actor=client_manager, project=project, name="Nadia Named", side="vendor")
    change_project(actor=client_manager, project=project, expected_version=project.version, name="Quay booking")
    written = contents(project)
    reindex(project)
    assert contents(project) == written


def contents(project: Project) -> set[tuple[Any, ...]]:
    names = ("kind", "target", "audience", "capability", "label", "title", "body", "path", "ref")
    return set(SearchDocument.objects.filter(project=project).values_list(*names))


def test_nothing_to_look_for_is_no_query() -> None:
    assert [query_for(text) for text in ("", "   ", "-", "&|!", '""')] == [None] * 5
