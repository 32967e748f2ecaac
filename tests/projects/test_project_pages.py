"""Opening and changing a project through its pages."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, Person, User
from budget.time_entries import record_time
from projects.actions import agree_rate, invite_member
from projects.activity import ActivityLine
from projects.models import Activity, ImportBatch, Membership, Project, SideCalendar, Terms
from projects.outbox import put_in_outbox
from projects.terms_words import clauses_of

SignIn = Callable[[User], Client]


def page(name: str, project: Project) -> str:
    return reverse(f"projects:{name}", args=[project.slug])


def verbs(project: Project) -> list[str]:
    return list(Activity.objects.filter(project=project).order_by("pk").values_list("verb", flat=True))


def test_project_new_opens_a_project_without_a_vendor(
    organisation_admin: User, client_organisation: Organisation, sign_in: SignIn
) -> None:
    answer = sign_in(organisation_admin).post(
        reverse("projects:project_new"),
        {
            "name": "Tide tables",
            "client": str(client_organisation.uuid),
            "currency": "CHF",
            "cooperation_model": "dedicated",
            "billing_model": "monthly_fee",
            "planned_start_on": "2026-03-02",
            "planned_finish_on": "2026-09-30",
            "budget_minutes": "1616,5",
            "cap_minutes": "1780:30",
            "cap_amount": "150000.50",
        },
    )
    project = Project.objects.get()
    assert answer["Location"] == reverse("status:project_detail", args=[project.slug])
    assert (
        project.name,
        project.client,
        project.vendor,
        project.currency,
        project.planned_start_on,
        project.planned_finish_on,
        project.status,
    ) == ("Tide tables", client_organisation, None, "CHF", dt.date(2026, 3, 2), dt.date(2026, 9, 30), "active")
    assert Terms.objects.values_list(
        "cooperation_model", "billing_model", "budget_minutes", "budget_amount", "cap_minutes", "cap_amount"
    ).get() == ("dedicated", "monthly_fee", 96_990, None, 106_830, pytest.approx(150_000.50))
    assert list(Membership.objects.values_list("user", "side", "role")) == [
        (organisation_admin.pk, "client", "manager")
    ]
    assert sorted(SideCalendar.objects.values_list("side", flat=True)) == ["client", "vendor"]
    assert verbs(project) == ["project_opened"]


def test_project_new_records_a_vendor_by_name(
    organisation_admin: User, client_organisation: Organisation, sign_in: SignIn
) -> None:
    data = {
        "name": "Tide tables",
        "client": str(client_organisation.uuid),
        "vendor_name": " Kelp & Sons ",
        "currency": "EUR",
        "cooperation_model": "project",
        "billing_model": "time_and_material",
    }
    sign_in(organisation_admin).post(reverse("projects:project_new"), data)
    vendor = Project.objects.get().vendor
    assert vendor is not None
    assert (vendor.name, vendor.kept_by) == ("Kelp & Sons", client_organisation)


def test_project_new_gives_reversed_dates_back_with_what_was_typed(
    organisation_admin: User, client_organisation: Organisation, sign_in: SignIn
) -> None:
    data = {
        "name": "Tide tables",
        "client": str(client_organisation.uuid),
        "currency": "EUR",
        "cooperation_model": "project",
        "billing_model": "time_and_material",
        "planned_start_on": "2026-09-30",
        "planned_finish_on": "2026-03-02",
    }
    answer = sign_in(organisation_admin).post(reverse("projects:project_new"), data)
    assert (answer.status_code, answer.context["form"].non_field_errors()) == (
        422,
        ["The planned finish lies before the planned start."],
    )
    assert answer.context["form"]["name"].value() == "Tide tables"
    assert not Project.objects.exists()


def test_project_new_begins_with_the_currency_of_the_newest_project(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    new = reverse("projects:project_new")
    Project.objects.filter(pk=project.pk).update(currency="CHF")
    browser = sign_in(client_manager)
    assert browser.get(new).context["form"]["currency"].value() == "CHF"
    assert browser.get(new, {"currency": "USD"}).context["form"]["currency"].value() == "USD"


def test_project_new_refuses_hours_and_money_below_zero_in_one_pass(
    organisation_admin: User, client_organisation: Organisation, sign_in: SignIn
) -> None:
    sent = {"name": "Tide tables", "client": str(client_organisation.uuid), "currency": "CHF"}
    below = {"budget_minutes": "-3", "budget_amount": "-5", "cap_minutes": "−4", "cap_amount": "-1"}
    models = {"cooperation_model": "dedicated", "billing_model": "monthly_fee"}
    form = sign_in(organisation_admin).post(reverse("projects:project_new"), sent | below | models).context["form"]
    assert form.errors == {
        "budget_minutes": ["Hours must not be below zero."],
        "budget_amount": ["The amount must not be below zero."],
        "cap_minutes": ["Hours must not be below zero."],
        "cap_amount": ["The amount must not be below zero."],
    }


def test_project_new_of_a_foreign_organisation_is_refused(
    organisation_admin: User, other_client_organisation: Organisation, sign_in: SignIn
) -> None:
    data = {
        "name": "Tide tables",
        "client": str(other_client_organisation.uuid),
        "currency": "EUR",
        "cooperation_model": "project",
        "billing_model": "time_and_material",
    }
    answer = sign_in(organisation_admin).post(reverse("projects:project_new"), data)
    assert (answer.status_code, list(answer.context["form"].errors), Project.objects.count()) == (422, ["client"], 0)


@pytest.mark.parametrize("role", ["client_member", "vendor_manager", "portfolio_viewer"])
def test_project_new_tells_who_may_not_what_to_do(
    role: str, request: pytest.FixtureRequest, project: Project, sign_in: SignIn
) -> None:
    answer = sign_in(request.getfixturevalue(role)).get(reverse("projects:project_new"))
    assert answer.status_code == 403
    assert "Projects are opened by an administrator of the client’s organisation" in answer.content.decode()


def test_project_edit_saves_and_says_what_changed(project: Project, client_manager: User, sign_in: SignIn) -> None:
    data = {"name": "Berths", "planned_start_on": "2026-01-05", "planned_finish_on": "", "version": project.version}
    sign_in(client_manager).post(page("project_edit", project), data)
    row = Project.objects.values_list("name", "planned_start_on", "planned_finish_on", "version").get()
    assert row == ("Berths", dt.date(2026, 1, 5), None, project.version + 1)
    entry = Activity.objects.get(verb="project_changed")
    assert (entry.data, entry.actor, entry.side) == ({"fields": "name, planned start"}, client_manager, "client")


def test_project_edit_of_a_stale_version_shows_both_texts_and_keeps_mine(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    browser = sign_in(client_manager)
    mine = {"name": "Mine", "planned_start_on": "", "planned_finish_on": "", "version": project.version}
    browser.post(page("project_edit", project), {**mine, "name": "Theirs"})
    answer = browser.post(page("project_edit", project), mine)
    conflict = answer.context["form"].conflict
    assert answer.status_code == 409
    assert [(row.label, row.mine, row.theirs) for row in conflict.rows] == [("Name", "Mine", "Theirs")]
    assert answer.context["form"]["name"].value() == "Mine"
    assert Project.objects.get().name == "Theirs"

    again = {**mine, "version": answer.context["form"]["version"].value()}
    assert browser.post(page("project_edit", project), again).status_code == 302
    assert Project.objects.get().name == "Mine"


@pytest.mark.parametrize(
    ("before", "after", "taken"),
    [
        ("draft", "active", True),
        ("active", "paused", True),
        ("active", "closed", True),
        ("paused", "active", True),
        ("paused", "closed", True),
        ("closed", "active", True),
        ("closed", "paused", False),
        ("active", "active", False),
        ("active", "draft", False),
    ],
)
def test_project_status_takes_the_steps_that_exist(
    before: str, after: str, taken: bool, project: Project, client_manager: User, sign_in: SignIn
) -> None:
    Project.objects.update(status=before)
    browser = sign_in(client_manager)
    data = {"status": after, "reason": "No budget before January", "shown": shown_by(browser, project)}
    answer = browser.post(page("project_status", project), data)
    assert (answer.status_code, Project.objects.get().status) == ((302, after) if taken else (422, before))
    assert Activity.objects.filter(verb="project_status_changed").count() == taken


def shown_by(browser: Client, project: Project) -> str:
    """The page's own word for what it says of the effects."""
    return str(browser.get(page("project_status", project)).context["form"]["shown"].value())


def test_project_status_is_not_taken_on_what_is_no_longer_said(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    browser = sign_in(client_manager)
    sent = {"status": "closed", "reason": "Done", "shown": shown_by(browser, project)}
    invite_member(actor=client_manager, project=project, email="new@example.com", side="client", role="viewer")
    refused = browser.post(page("project_status", project), sent)
    assert (refused.status_code, Project.objects.get().status) == (422, "active")
    said = refused.content.decode()
    assert "The project changed since you read what follows from this." in said
    # It is all said again, what was typed stands, and the same again is the answer to what is said now.
    assert "1 invitation is open." in said
    form = refused.context["form"]
    assert (form["reason"].value(), form["status"].value()) == ("Done", "closed")
    assert browser.post(page("project_status", project), {**sent, "shown": form["shown"].value()}).status_code == 302


def test_project_status_asks_for_a_reason_and_keeps_it(project: Project, client_manager: User, sign_in: SignIn) -> None:
    browser = sign_in(client_manager)
    sent = {"status": "paused", "reason": "No budget before January", "shown": shown_by(browser, project)}
    refused = browser.post(page("project_status", project), {**sent, "reason": " "})
    assert (refused.status_code, refused.context["form"].errors, Project.objects.get().status) == (
        422,
        {"reason": ["Say why the status changes."]},
        "active",
    )
    browser.post(page("project_status", project), sent)
    entry = Activity.objects.get(verb="project_status_changed")
    assert ActivityLine.of(entry).sentence == "set the project from active to paused: No budget before January"
    again = browser.get(page("project_status", project))
    since = f"paused since {timezone.localdate():%-d %b %Y}"
    assert (again.context["standstill"].light, again.context["standstill"].reason) == (
        since,
        "No budget before January",
    )
    assert [one.status for one in again.context["said"].outlooks] == ["active", "closed"]
    assert since in browser.get(project.get_absolute_url()).content.decode()


def test_project_status_counts_nothing_that_the_other_side_keeps(
    project: Project, client_manager: User, vendor_manager: User, sign_in: SignIn
) -> None:
    invite_member(actor=vendor_manager, project=project, email="new@example.com", side="vendor", role="viewer")
    for audience in ("both", "vendor"):
        put_in_outbox(
            project=project,
            recipients=[vendor_manager],
            kind="figures_drifted",
            data={"count": 1},
            channels=["mail"],
            audience=audience,
            dedupe=audience,
        )
    assert sign_in(client_manager).get(page("project_status", project)).context["said"].open_things == ()


def test_project_status_says_what_is_open_and_what_idle_time_costs(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    browser = sign_in(client_manager)
    assert browser.get(page("project_status", project)).context["said"].open_things == ()
    Terms.objects.update(cooperation_model="dedicated")
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(100), first_day=dt.date(2026, 1, 1))
    today = timezone.localdate()
    record_time(actor=client_manager, project=project, person=developer, worked_on=today, minutes=8 * 60, today=today)
    ImportBatch.objects.create(
        project=project,
        kind="time_entries",
        state="previewed",
        filename="january.csv",
        recorded_by_side="client",
        created_by=client_manager,
    )
    said = browser.get(page("project_status", project)).context["said"]
    assert said.open_things == ("1 file is checked and not taken.",)
    (paused,) = [one for one in said.outlooks if one.status == "paused"]
    assert paused.sentences[-2:] == (
        "The dedicated people are paid meanwhile, whether they work or not: a pause does not end that.",
        "In the four weeks before it cost EUR\u00a0200.00 a week, for 2.0 h.",
    )


@pytest.mark.parametrize(
    ("cooperation", "billing", "scope", "agreed"),
    [
        ("project", "time_and_material", "", (3, 10, "hours_spent_and_remaining", 90, "fixed")),
        ("project", "fixed_price", "rolling", (3, 10, "zero_hundred", 180, "rolling")),
        ("dedicated", "monthly_fee", "", (1, 5, "hours_spent_and_remaining", 0, "rolling")),
        ("dedicated", "time_and_material", "fixed", (1, 5, "hours_spent_and_remaining", 90, "fixed")),
    ],
)
def test_project_begins_with_the_terms_of_its_models_and_shows_them_before(
    cooperation: str,
    billing: str,
    scope: str,
    agreed: tuple[object, ...],
    organisation_admin: User,
    client_organisation: Organisation,
    sign_in: SignIn,
) -> None:
    browser, where = sign_in(organisation_admin), reverse("projects:project_new")
    models = {"cooperation_model": cooperation, "billing_model": billing, "scope_mode": scope}
    shown = browser.get(where, models).context["form"].begins_with
    browser.post(where, {"name": "Tide tables", "client": str(client_organisation.uuid), "currency": "EUR", **models})
    names = ("response_days", "review_days", "progress_rule", "warranty_days", "scope_mode")
    assert Terms.objects.values_list(*names).get() == agreed
    # What was shown is what holds; only the parties had no names yet.
    held = {clause.title: clause.sentence for clause in clauses_of(Project.objects.get(), with_money=False)}
    assert {clause.title for clause in shown} == held.keys() - {"Budget", "Cap"}
    assert {clause.title for clause in shown if clause.sentence != held[clause.title]} <= {"Cooperation"}


@pytest.mark.parametrize(
    ("cooperation", "billing", "is_unusual"),
    [
        ("project", "monthly_fee", True),
        ("dedicated", "fixed_price", True),
        ("dedicated", "monthly_fee", False),
        ("project", "time_and_material", False),
        ("nonsense", "fixed_price", False),
    ],
)
def test_models_that_seldom_go_together_are_said_and_not_refused(
    cooperation: str, billing: str, is_unusual: bool, organisation_admin: User, sign_in: SignIn
) -> None:
    models = {"cooperation_model": cooperation, "billing_model": billing}
    html = sign_in(organisation_admin).get(reverse("projects:project_new"), models).content.decode()
    assert ("Unusual:" in html) is is_unusual


def test_vendor_record_names_a_vendor_once(project: Project, client_manager: User, sign_in: SignIn) -> None:
    Project.objects.update(vendor=None)
    browser = sign_in(client_manager)
    assert browser.post(page("vendor_record", project), {"vendor_name": "Kelp & Sons"}).status_code == 302
    vendor = Project.objects.get().vendor
    assert vendor is not None
    assert (vendor.name, vendor.kept_by) == ("Kelp & Sons", project.client)
    answer = browser.post(page("vendor_record", project), {"vendor_name": "Another"})
    assert (answer.status_code, answer.context["form"].errors) == (
        422,
        {"vendor_name": ["This project already has a vendor."]},
    )
    assert Project.objects.get().vendor == vendor
