"""What the client recorded and somebody of the vendor confirms: by link, signed in, and what is seen of it."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, Person, User
from budget.confirmation_content import Change, Line, changes_between, digest_of_content, hours_content
from budget.confirmation_queries import confirmation_lines
from budget.confirmation_words import about_in_words
from budget.confirmations import answer_confirmation, ask_confirmation, withdraw_confirmation
from budget.models import RecordConfirmation
from budget.time_entries import record_time
from core.errors import DomainError
from core.letters import send_due_letters
from core.models import Letter
from projects.activity import ActivityLine
from projects.models import Activity, ActLink, OutboxMessage, Project
from projects.outbox import send_due
from requirements_app.actions import add_work_item
from requirements_app.models import WorkItem
from status.queries import counts_for, overviews_for
from status.turns import my_list
from tests.api_client import Program
from tests.letters import path_in_letter

pytestmark = pytest.mark.django_db

SignIn = Callable[[object], Client]
MONDAY, SUNDAY = dt.date(2026, 9, 7), dt.date(2026, 9, 13)
TODAY = dt.date(2026, 9, 17)
ABOUT = "the hours of week 37 of 2026"


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Import of claims", estimate_minutes=600)


@pytest.fixture
def book(project: Project, client_manager: User, developer: Person, item: WorkItem) -> Callable[..., Any]:
    """Record hours of the developer on the item in week 37, unless told otherwise."""

    def book(minutes: int = 360, on: dt.date = MONDAY, work_item: WorkItem | None = item) -> Any:
        return record_time(
            actor=client_manager,
            project=project,
            person=developer,
            worked_on=on,
            minutes=minutes,
            today=TODAY,
            work_item=work_item,
        )

    return book


@pytest.fixture
def ask(project: Project, client_manager: User, developer: Person) -> Callable[..., tuple[RecordConfirmation, str]]:
    """Ask the developer about week 37, unless told otherwise; with the link's path from the mail."""

    def ask(**fields: Any) -> tuple[RecordConfirmation, str]:
        asked: dict[str, Any] = {"subject": "hours", "first_day": MONDAY, "last_day": SUNDAY, "person": developer}
        found = ask_confirmation(**{"actor": client_manager, "project": project, **asked, **fields})
        assert found.link is not None
        return found, path_in_letter(found.link.uuid)

    return ask


def text_of(response: Any) -> str:
    """What a reader sees, in one line."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    assert main is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0])).replace("\xa0", " ").strip()


def answer_of(response: Any) -> str:
    found = re.search(r'<h1 class="answer">(.*?)</h1>', response.content.decode(), re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).replace("\xa0", " ").strip()


def rows_of(response: Any) -> list[list[str]]:
    body = re.search(r"<tbody>(.*?)</tbody>", response.content.decode(), re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", body[1], re.DOTALL) if body else []
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)]
        for row in rows
    ]


def page(name: str, project: Project, *args: object) -> str:
    return reverse(f"budget:{name}", args=[project.slug, *args])


# ── The content ─────────────────────────────────────────────────────────────────────────────────────
def test_the_hash_does_not_depend_on_the_order_of_lines() -> None:
    lines = [Line(2, "B", 60, "p", "Dora"), Line(1, "A", 30, "p", "Dora"), Line(None, "", 15, "q", "Tess")]
    assert digest_of_content(hours_content(MONDAY, SUNDAY, lines)) == digest_of_content(
        hours_content(MONDAY, SUNDAY, lines[::-1])
    )


def test_the_hash_is_that_of_the_written_content() -> None:
    """Anybody can work it out again: sha256 over sorted names without spaces."""
    content = hours_content(MONDAY, SUNDAY, [Line(1, "Größe", 60, "p", "Dora")])
    assert digest_of_content(content) == "79c8e72d97b8bb1d77e6b6052dff72370de26ecb6640f93c7b77cfeb4c47eca9"


def test_changes_name_what_was_and_what_is() -> None:
    kept, grown, gone, new = (Line(number, "x", 60) for number in (1, 2, 3, 4))
    more = Line(2, "x", 90)
    assert changes_between([kept, grown, gone], [kept, more, new]) == (
        Change(grown, more),
        Change(gone, None),
        Change(None, new),
    )


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, "the estimate"),
        (MONDAY, SUNDAY, ABOUT),
        (MONDAY, MONDAY, "the hours of 7 Sep 2026"),
        (MONDAY, dt.date(2026, 9, 30), "the hours from 7 Sep 2026 to 30 Sep 2026"),
    ],
)
def test_it_is_called_by_its_days(first: dt.date | None, last: dt.date | None, words: str) -> None:
    assert about_in_words("hours" if first else "estimate", first, last).replace("\xa0", " ") == words


# ── Asking ──────────────────────────────────────────────────────────────────────────────────────────
def test_asking_freezes_the_hours_by_person_and_item(
    ask: Callable[..., Any], book: Callable[..., Any], developer: Person
) -> None:
    book(360)
    book(60, SUNDAY)
    book(30, work_item=None)
    book(45, MONDAY - dt.timedelta(days=1))
    confirmation, _path = ask()
    person = {"person": str(developer.uuid), "name": "Dora Developer"}
    assert confirmation.content == {
        "subject": "hours",
        "first_day": "2026-09-07",
        "last_day": "2026-09-13",
        "lines": [
            {"number": None, "title": "", "minutes": 30, **person},
            {"number": 1, "title": "Import of claims", "minutes": 420, **person},
        ],
    }
    assert confirmation.digest == digest_of_content(confirmation.content)


def test_asking_freezes_every_estimate_that_counts(
    ask: Callable[..., Any], item: WorkItem, project: Project, client_manager: User
) -> None:
    add_work_item(actor=client_manager, project=project, title="Not estimated")
    dropped = add_work_item(actor=client_manager, project=project, title="Dropped", estimate_minutes=60)
    WorkItem.objects.filter(pk=dropped.pk).update(state=WorkItem.State.DROPPED)
    confirmation, _path = ask(subject="estimate")
    assert (confirmation.first_day, confirmation.content["lines"]) == (
        None,
        [{"number": 1, "title": "Import of claims", "minutes": 600, "person": "", "name": ""}],
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"first_day": None}, "no_period"),
        ({"first_day": SUNDAY, "last_day": MONDAY}, "no_period"),
        ({"first_day": TODAY, "last_day": TODAY}, "nothing"),
        ({}, "already_asked"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    fields: dict[str, Any], code: str, ask: Callable[..., Any], book: Callable[..., Any]
) -> None:
    book()
    ask()
    with pytest.raises(DomainError) as refused:
        ask(**fields)
    assert (refused.value.code, RecordConfirmation.objects.count()) == (code, 1)


def test_only_people_of_the_vendor_are_asked(
    ask: Callable[..., Any], book: Callable[..., Any], project: Project, other_project: Project
) -> None:
    book()
    assert other_project.vendor is not None
    for organisation in (project.client, other_project.vendor):
        with pytest.raises(DomainError) as refused:
            ask(person=Person.objects.create(organisation=organisation, name="Nora Nobody"))
        assert refused.value.code == "not_of_vendor"


def test_the_database_keeps_what_was_asked(ask: Callable[..., Any], book: Callable[..., Any]) -> None:
    book()
    confirmation, _path = ask()
    changes: list[dict[str, Any]] = [{"content": {"lines": []}}, {"digest": "0" * 64}, {"last_day": TODAY}]
    for change in changes:
        with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
            RecordConfirmation.objects.filter(pk=confirmation.pk).update(**change)


# ── The link ────────────────────────────────────────────────────────────────────────────────────────
def test_the_link_shows_what_was_asked_even_after_a_change(
    ask: Callable[..., Any], book: Callable[..., Any], client: Client
) -> None:
    book()
    _confirmation, path = ask()
    book(60)
    shown = client.get(path)
    assert answer_of(shown) == f"Harbour Authority asks you to confirm {ABOUT}: 6.0 h, as recorded in Berth booking."
    assert rows_of(shown) == [["Dora Developer", "W-1", "Import of claims", "6:00"]]


def test_confirming_by_link(
    ask: Callable[..., Any], book: Callable[..., Any], client: Client, client_manager: User
) -> None:
    book()
    confirmation, path = ask()
    assert answer_of(client.post(path, {"answer": "confirm"})) == (
        f"Thank you. Harbour Authority sees that you confirmed {ABOUT}."
    )
    confirmation.refresh_from_db()
    assert (confirmation.state, confirmation.answered_by, confirmation.answered_at is not None) == (
        "confirmed",
        None,
        True,
    )
    assert client.get(path).status_code == 404
    newest = Activity.objects.latest("pk")
    assert (newest.actor, newest.side, ActivityLine.of(newest).sentence) == (
        None,
        "",
        f"noted that Dora Developer confirmed {ABOUT} by link",
    )


def test_an_objection_needs_its_reason_and_is_told(
    ask: Callable[..., Any], book: Callable[..., Any], client: Client, client_manager: User
) -> None:
    book()
    confirmation, path = ask()
    assert client.post(path, {"answer": "object", "reason": ""}).status_code == 422
    assert client.post(path, {"answer": "perhaps"}).status_code == 422
    confirmation.refresh_from_db()
    assert confirmation.state == "asked"
    client.post(path, {"answer": "object", "reason": "Tuesday is <missing>."})
    confirmation.refresh_from_db()
    assert (confirmation.state, confirmation.answer) == ("objected", "Tuesday is <missing>.")
    told = OutboxMessage.objects.filter(kind="confirmation_answered").order_by("channel")
    assert [(one.recipient, one.channel) for one in told] == [(client_manager, "in_app"), (client_manager, "mail")]
    send_due()
    (sent,) = mail.outbox
    assert isinstance(sent, mail.EmailMultiAlternatives)
    assert (sent.to, sent.subject) == ([client_manager.email], f"Berth booking: Dora Developer objects to {ABOUT}")
    assert "Tuesday is <missing>." in sent.body
    assert "Tuesday is &lt;missing&gt;." in str(sent.alternatives[0][0])


def test_the_link_is_mailed_to_whoever_is_asked(
    ask: Callable[..., Any], book: Callable[..., Any], developer: Person
) -> None:
    book()
    _confirmation, path = ask(person=developer)
    send_due_letters()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, settings.SITE_URL + path in sent.body) == (
        ["dora@example.com"],
        f"Berth booking: please confirm {ABOUT}",
        True,
    )


# ── The pages ───────────────────────────────────────────────────────────────────────────────────────
def test_whoever_asks_never_sees_the_link(
    book: Callable[..., Any], project: Project, developer: Person, client_manager: User, sign_in: SignIn
) -> None:
    """Neither the answer to asking, nor any page afterwards, nor the demo's outbox: it could be used signed out."""
    book()
    manager = sign_in(client_manager)
    data = {"subject": "hours", "first_day": "2026-09-07", "last_day": "2026-09-13", "person": developer.uuid}
    asked = manager.post(page("confirmation_ask", project), data, follow=True)
    confirmation = RecordConfirmation.objects.get()
    assert confirmation.link is not None
    token = path_in_letter(confirmation.link.uuid).split("/")[2]
    detail = page("confirmation_detail", project, confirmation.uuid)
    renewed = manager.post(page("confirmation_link", project, confirmation.uuid), follow=True)
    confirmation.refresh_from_db()
    assert confirmation.link is not None
    newer = path_in_letter(confirmation.link.uuid).split("/")[2]
    assert answer_of(asked) == answer_of(renewed) == f"Dora Developer has not yet confirmed {ABOUT}: 6.0 h."
    shown = [asked, renewed, *(manager.get(path) for path in (detail, reverse("projects:outbox")))]
    assert [token in one.content.decode() or newer in one.content.decode() for one in shown] == [False] * 4


def test_an_address_that_is_not_known_is_asked_for_and_kept(
    book: Callable[..., Any], project: Project, developer: Person, client_manager: User, sign_in: SignIn
) -> None:
    """The vendor is a name that the client keeps, so that nobody but the client can say the address."""
    Organisation.objects.filter(pk=developer.organisation_id).update(kept_by=project.client)
    Person.objects.filter(pk=developer.pk).update(email="")
    book()
    manager = sign_in(client_manager)
    data = {"subject": "hours", "first_day": "2026-09-07", "last_day": "2026-09-13", "person": developer.uuid}
    refused = manager.post(page("confirmation_ask", project), data)
    assert (refused.status_code, "We know no mail address of Dora Developer" in text_of(refused)) == (422, True)
    assert RecordConfirmation.objects.count() == 0
    manager.post(page("confirmation_ask", project), {**data, "email": "dora@vendor.example"})
    developer.refresh_from_db()
    assert (developer.email, Letter.objects.get().to) == ("dora@vendor.example", "dora@vendor.example")
    other = manager.post(page("confirmation_ask", project), {**data, "subject": "estimate", "email": "else@x.example"})
    assert (other.status_code, RecordConfirmation.objects.count()) == (422, 1)


def test_without_an_address_the_vendors_manager_is_asked(
    book: Callable[..., Any],
    project: Project,
    developer: Person,
    client_manager: User,
    vendor_manager: User,
    sign_in: SignIn,
) -> None:
    Person.objects.filter(pk=developer.pk).update(email="")
    developer.refresh_from_db()
    book()
    confirmation = ask_confirmation(
        actor=client_manager, project=project, person=developer, subject="hours", first_day=MONDAY, last_day=SUNDAY
    )
    assert (confirmation.link, Letter.objects.count()) == (None, 0)
    detail = page("confirmation_detail", project, confirmation.uuid)
    assert "No link was mailed, for we know no address of Dora Developer" in text_of(
        sign_in(client_manager).get(detail)
    )
    # The vendor speaks for itself: the client cannot name an address of its people.
    named = sign_in(client_manager).post(
        page("confirmation_link", project, confirmation.uuid), {"email": "mine@example.com"}
    )
    assert (named.status_code, "looks after the names and addresses of its people itself" in text_of(named)) == (
        422,
        True,
    )
    assert sign_in(vendor_manager).post(detail, {"answer": "confirm"}).status_code == 302


def test_what_was_confirmed_by_link_the_vendors_manager_may_still_object_to(
    ask: Callable[..., Any],
    book: Callable[..., Any],
    project: Project,
    vendor_manager: User,
    client_manager: User,
    sign_in: SignIn,
) -> None:
    book()
    confirmation, path = ask()
    Client().post(path, {"answer": "confirm"})
    told = OutboxMessage.objects.filter(kind="confirmation_answered_by_link").order_by("channel")
    assert [(one.recipient, one.channel) for one in told] == [(vendor_manager, "in_app"), (vendor_manager, "mail")]
    send_due()
    bodies = {sent.to[0]: sent.body for sent in mail.outbox}
    assert "by the link mailed to dora@example.com. If that is wrong, object." in bodies[vendor_manager.email]
    detail = page("confirmation_detail", project, confirmation.uuid)
    shown = sign_in(client_manager).get(detail)
    assert "by the link mailed to dora@example.com" in text_of(shown)
    assert sign_in(vendor_manager).post(detail, {"answer": "confirm"}).status_code == 422
    assert sign_in(vendor_manager).post(detail, {"answer": "object", "reason": "Not ours."}).status_code == 302
    confirmation.refresh_from_db()
    assert (confirmation.state, confirmation.answered_by, confirmation.answer) == (
        "objected",
        vendor_manager,
        "Not ours.",
    )


def test_what_is_wrong_comes_back_in_the_form(project: Project, client_manager: User, sign_in: SignIn) -> None:
    refused = sign_in(client_manager).post(page("confirmation_ask", project), {"subject": "hours"})
    assert (refused.status_code, RecordConfirmation.objects.count()) == (422, 0)


def test_the_form_names_who_else_will_be_able_to_answer(
    project: Project, developer: Person, client_manager: User, vendor_manager: User, sign_in: SignIn
) -> None:
    User.objects.filter(pk=vendor_manager.pk).update(name="Vera <b>Manager</b>")
    html = sign_in(client_manager).get(page("confirmation_ask", project)).content.decode()
    assert "Vera &lt;b&gt;Manager&lt;/b&gt; manages for the vendor, is told as well and can answer signed in" in html


def test_the_form_proposes_the_last_whole_week(
    project: Project, developer: Person, client_manager: User, sign_in: SignIn
) -> None:
    for now in (dt.datetime(2026, 9, 14, 9, tzinfo=dt.UTC), dt.datetime(2026, 9, 20, 9, tzinfo=dt.UTC)):
        with time_machine.travel(now, tick=False):
            form = sign_in(client_manager).get(page("confirmation_ask", project)).context["form"]
        assert (form.initial["first_day"], form.initial["last_day"]) == (MONDAY, SUNDAY)


def test_a_new_link_ends_the_one_before(
    ask: Callable[..., Any], book: Callable[..., Any], project: Project, client_manager: User, sign_in: SignIn
) -> None:
    book()
    confirmation, old = ask()
    sign_in(client_manager).post(page("confirmation_link", project, confirmation.uuid))
    confirmation.refresh_from_db()
    assert confirmation.link is not None
    new = path_in_letter(confirmation.link.uuid)
    assert [Client().get(path).status_code for path in (old, new)] == [404, 200]


def test_withdrawing_ends_the_link(
    ask: Callable[..., Any], book: Callable[..., Any], project: Project, client_manager: User, sign_in: SignIn
) -> None:
    book()
    confirmation, path = ask()
    assert sign_in(client_manager).post(page("confirmation_withdraw", project, confirmation.uuid)).status_code == 302
    confirmation.refresh_from_db()
    assert (confirmation.state, Client().post(path, {"answer": "confirm"}).status_code) == ("withdrawn", 404)
    again = sign_in(client_manager).post(page("confirmation_withdraw", project, confirmation.uuid))
    assert again.status_code == 409


def test_the_vendors_manager_answers_signed_in_and_the_link_ends(
    ask: Callable[..., Any],
    book: Callable[..., Any],
    project: Project,
    vendor_manager: User,
    client_manager: User,
    sign_in: SignIn,
) -> None:
    book()
    confirmation, path = ask()
    detail = page("confirmation_detail", project, confirmation.uuid)
    assert sign_in(client_manager).post(detail, {"answer": "confirm"}).status_code == 403
    assert sign_in(vendor_manager).post(detail, {"answer": "confirm"}).status_code == 302
    confirmation.refresh_from_db()
    assert (confirmation.state, confirmation.answered_by) == ("confirmed", vendor_manager)
    assert Client().get(path).status_code == 404
    assert answer_of(sign_in(client_manager).get(detail)) == f"Vera Manager confirmed {ABOUT}: 6.0 h."
    with pytest.raises(DomainError) as late:
        answer_confirmation(actor=vendor_manager, confirmation=confirmation, agrees=False, reason="No.")
    assert late.value.code == "not_asked"


def test_a_later_change_shows(
    ask: Callable[..., Any], book: Callable[..., Any], project: Project, client_viewer: User, sign_in: SignIn
) -> None:
    book()
    confirmation, path = ask()
    Client().post(path, {"answer": "confirm"})
    reader = sign_in(client_viewer)
    assert rows_of(reader.get(page("confirmation_list", project)))[0][-1] == "unchanged"
    book(60)
    assert rows_of(reader.get(page("confirmation_list", project)))[0][-1] == "Changed since: now 7.0 h."
    detail = reader.get(page("confirmation_detail", project, confirmation.uuid))
    assert answer_of(detail) == f"Dora Developer confirmed {ABOUT}: 6.0 h. Changed since: now 7.0 h."
    assert rows_of(detail) == [["Dora Developer, W-1 Import of claims", "6:00", "7:00"]]
    again = re.search(r'href="([^"]+)"[^>]*>Ask anew<', detail.content.decode())
    assert again is None
    detail = sign_in(project.created_by).get(page("confirmation_detail", project, confirmation.uuid))
    again = re.search(r'href="([^"]+)"[^>]*>Ask anew<', detail.content.decode())
    assert again is not None
    form = sign_in(project.created_by).get(again[1].replace("&amp;", "&")).context["form"]
    assert (form["subject"].value(), form["first_day"].value(), form["person"].value()) == (
        "hours",
        "2026-09-07",
        str(confirmation.person.uuid),
    )


def test_hours_of_other_days_change_nothing(
    ask: Callable[..., Any], book: Callable[..., Any], project: Project
) -> None:
    book()
    confirmation, _path = ask()
    book(60, SUNDAY + dt.timedelta(days=1))
    (row,) = confirmation_lines(project, [confirmation])
    assert (row.is_changed, row.changes) == (False, ())


def test_the_list_costs_the_same_however_many(
    ask: Callable[..., Any],
    book: Callable[..., Any],
    project: Project,
    client_manager: User,
    sign_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = sign_in(client_manager)
    path = page("confirmation_list", project)
    book()
    ask(subject="estimate")
    day = MONDAY
    for count in (2, 18):
        for _more in range(count):
            day -= dt.timedelta(days=1)
            book(30, day)
            ask(first_day=day, last_day=day)
        browser.get(path)
        with django_assert_num_queries(LIST_QUERIES):
            assert len(rows_of(browser.get(path))) in (3, 21)


LIST_QUERIES = 15


# ── Whose turn ──────────────────────────────────────────────────────────────────────────────────────
def turns(project: Project, user: User) -> list[tuple[str, str, bool, bool]]:
    work = [turn for overview in overviews_for(user, timezone.now(), TODAY) for turn in overview.turns]
    return [(one.title, one.side, one.mine, one.can_act) for one in work if one.urgency == "confirm"]


def test_it_waits_for_the_vendor_then_for_the_client_then_for_nobody(
    ask: Callable[..., Any],
    book: Callable[..., Any],
    project: Project,
    client_manager: User,
    client_viewer: User,
    vendor_manager: User,
    vendor_member: User,
) -> None:
    book()
    confirmation, _path = ask()
    title = f"Confirm {ABOUT}"
    assert turns(project, client_manager) == [(title, "vendor", False, False)]
    assert turns(project, vendor_manager) == [(title, "vendor", True, True)]
    assert turns(project, vendor_member) == [(title, "vendor", True, False)]
    assert waiting(client_manager, vendor_manager) == (0, 1)
    answer_confirmation(actor=None, confirmation=confirmation, agrees=False, reason="Tuesday is missing.")
    title = f"Settle the objection to {ABOUT}"
    assert turns(project, client_manager) == [(title, "client", True, True)]
    assert turns(project, client_viewer) == [(title, "client", True, False)]
    assert turns(project, vendor_manager) == [(title, "client", False, False)]
    assert waiting(client_manager, vendor_manager) == (1, 0)
    anew, _path = ask()
    confirmation.refresh_from_db()
    assert (confirmation.state, confirmation.answer) == ("withdrawn", "Tuesday is missing.")
    answer_confirmation(actor=vendor_manager, confirmation=anew, agrees=True)
    assert turns(project, client_manager) == []
    assert waiting(client_manager, vendor_manager) == (0, 0)


def waiting(*users: User) -> tuple[int, ...]:
    """What the bar counts, which is what My work lists to decide."""
    now = timezone.now()
    counts = tuple(counts_for(user, now)["waiting"] for user in users)
    lists = tuple(
        len(my_list(turn for one in overviews_for(user, now, TODAY) for turn in one.turns).decide) for user in users
    )
    assert counts == lists
    return counts


def test_withdrawn_waits_for_nobody(
    ask: Callable[..., Any], book: Callable[..., Any], project: Project, client_manager: User
) -> None:
    book()
    confirmation, _path = ask()
    withdraw_confirmation(actor=client_manager, confirmation=confirmation)
    assert (turns(project, client_manager), ActLink.objects.valid_at(timezone.now()).count()) == ([], 0)


# ── The API ─────────────────────────────────────────────────────────────────────────────────────────
def test_the_api_tells_what_was_asked(
    ask: Callable[..., Any], book: Callable[..., Any], project: Project, vendor_member: User, program: Program
) -> None:
    book()
    confirmation, _path = ask()
    book(60)
    api = program(vendor_member)
    (shown,) = api.get(f"projects/{project.slug}/confirmations/").json()["results"]
    assert shown == {
        "uuid": str(confirmation.uuid),
        "subject": "hours",
        "first_day": "2026-09-07",
        "last_day": "2026-09-13",
        "minutes": 360,
        "hours": "6.00",
        "sha256": confirmation.digest,
        "person": "Dora Developer",
        "link_sent_to": "dora@example.com",
        "asked_by": "Clara Manager",
        "asked_at": shown["asked_at"],
        "state": "asked",
        "answer": "",
        "answered_at": None,
        "answered_by": None,
        "is_changed": True,
    }
    one = api.get(f"projects/{project.slug}/confirmations/{confirmation.uuid}/").json()
    assert one == {
        **shown,
        "lines": [
            {
                "work_item": 1,
                "title": "Import of claims",
                "person": "Dora Developer",
                "minutes": 360,
                "hours": "6.00",
            }
        ],
    }


def test_the_api_asks_and_answers_as_the_pages_do(
    book: Callable[..., Any],
    project: Project,
    developer: Person,
    client_manager: User,
    vendor_manager: User,
    program: Program,
) -> None:
    book()
    client, vendor, path = program(client_manager), program(vendor_manager), f"projects/{project.slug}/confirmations/"
    body = {"subject": "hours", "first_day": "2026-09-07", "last_day": "2026-09-13", "person": str(developer.uuid)}
    assert vendor.post(path, body).json()["capability"] == "ask_confirmation"
    asked = client.post(path, body)
    assert (asked.status_code, asked.json()["link_sent_to"], asked.json()["minutes"]) == (201, "dora@example.com", 360)
    one = asked["Location"]
    renewed = client.post(f"{one}link/")
    tokens = [letter.text.split("/l/")[1].split("/")[0] for letter in Letter.objects.all()]
    told = asked.content.decode() + renewed.content.decode() + client.get(one).content.decode()
    assert (len(tokens), [token in told for token in tokens]) == (1, [False])
    assert client.post(f"{one}answer/", {"agrees": True}).json()["capability"] == "answer_confirmation"
    silent = vendor.post(f"{one}answer/", {"agrees": False})
    assert (silent.status_code, silent.json()["errors"][0]["pointer"]) == (422, "#/reason")
    objected = vendor.post(f"{one}answer/", {"agrees": False, "reason": "Tuesday is missing."})
    assert (objected.json()["state"], objected.json()["answered_by"]) == ("objected", "Vera Manager")
    assert vendor.post(f"{one}answer/", {"agrees": True}).json()["code"] == "not_asked"
    withdrawn = client.post(f"{one}withdraw/")
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert client.post(f"{one}withdraw/").status_code == 409
