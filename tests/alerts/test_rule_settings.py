"""Which rules are on and where their levels begin: by project, by an organisation's models, as built in."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import OrganisationRole, User
from alerts.actions import evaluate, set_organisation_rule, set_project_rule
from alerts.models import Alert, Mark, OrganisationRule, ProjectRule, RuleState
from alerts.registry import SCALES
from alerts.rule_settings import MODELS, scales_of, settings_of
from alerts.scale_words import levels_in_words, meant, typed
from core.errors import DomainError, StaleVersion
from projects.models import Activity, Project, Terms
from requirements_app.actions import add_work_item, report_progress
from tests.alerts.test_actions import NOON, TODAY
from tests.api_client import Program
from tests.cast import new_project

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]
AHEAD, INDEX, RUNWAY = SCALES["B2"], SCALES["B3"], SCALES["B6"]
LATER = (Decimal("0.10"), Decimal("0.15"), Decimal("0.30"))


def set_rule(project: Project, **given: Any) -> ProjectRule:
    return set_project_rule(
        **{
            "actor": project.created_by,
            "project": project,
            "scale": AHEAD,
            "expected_version": 0,
            "is_on": None,
            "bounds": None,
            **given,
        }
    )


def set_usual(project: Project, **given: Any) -> OrganisationRule:
    return set_organisation_rule(
        **{
            "actor": project.created_by,
            "organisation": project.client,
            "cooperation_model": "project",
            "billing_model": "time_and_material",
            "scale": AHEAD,
            "expected_version": 0,
            "is_on": None,
            "bounds": None,
            **given,
        }
    )


def in_force(project: Project, scale: str = "B2") -> tuple[Decimal, ...] | None:
    thresholds = scales_of([project])[project.pk].get(scale)
    return thresholds.bounds if thresholds else None


# ── What holds ──────────────────────────────────────────────────────────────────────────────────────
def test_what_is_built_in_holds_first(project: Project) -> None:
    on = set(scales_of([project])[project.pk])
    assert on == set(SCALES) - {"B4"}
    assert in_force(project) == (Decimal("0.05"), Decimal("0.10"), Decimal("0.20"))


@pytest.mark.parametrize("billing_model", ["fixed_price", "monthly_fee"])
def test_nothing_is_on_where_hours_are_not_paid(project: Project, billing_model: str) -> None:
    project.terms.billing_model = billing_model
    assert scales_of([project])[project.pk] == {}


def test_the_clients_usual_setting_holds_for_its_models_alone(project: Project, other_project: Project) -> None:
    set_usual(project, bounds=LATER)
    assert in_force(project) == LATER
    assert in_force(other_project) != LATER
    project.terms.cooperation_model = Terms.CooperationModel.DEDICATED
    assert in_force(project) != LATER


def test_the_projects_own_setting_outweighs_the_usual_one(project: Project) -> None:
    set_usual(project, is_on=False, bounds=LATER)
    assert in_force(project) is None
    rule = set_rule(project, is_on=True)
    assert in_force(project) == LATER
    set_rule(project, expected_version=rule.version, is_on=True, bounds=(Decimal("0.01"), Decimal("0.02"), Decimal(1)))
    assert in_force(project) == (Decimal("0.01"), Decimal("0.02"), Decimal(1))


def test_a_setting_taken_back_leaves_what_is_usual(project: Project) -> None:
    rule = set_rule(project, is_on=False, bounds=LATER)
    set_rule(project, expected_version=rule.version)
    assert in_force(project) == (Decimal("0.05"), Decimal("0.10"), Decimal("0.20"))
    assert [one.is_own for one in settings_of([project])[project.pk]] == [False] * len(SCALES)


def test_settings_cost_two_queries_however_many(
    project: Project, client_manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert project.vendor is not None
    projects = [project] + [
        new_project(name=f"P {number}", manager=client_manager, client=project.client, vendor=project.vendor)
        for number in range(4)
    ]
    set_rule(project, bounds=LATER)
    for some in (projects[:1], projects):
        with django_assert_num_queries(2):
            scales_of(some)


# ── Setting it ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("scale", "bounds"), [(AHEAD, (1, 3, 2)), (AHEAD, (3, 2, 1)), (INDEX, (0.8, 0.9, 0.95)), (RUNWAY, (2, 2, 1))]
)
def test_levels_that_do_not_go_one_way_are_refused(project: Project, scale: Any, bounds: tuple[float, ...]) -> None:
    with pytest.raises(DomainError) as refused:
        set_rule(project, scale=scale, bounds=tuple(Decimal(str(bound)) for bound in bounds))
    assert refused.value.code == "thresholds"


@pytest.mark.parametrize("bounds", ["1, 3, 2", "'NaN', 2, 3", "1, 2, 'NaN'", "-1, 2, 3", "1, NULL, 3", "3, 2, -1"])
def test_the_database_refuses_them_too(project: Project, bounds: str) -> None:
    statement = f"""
        INSERT INTO alerts_projectrule (project_id, scale, notice, warning, critical, version, changed_at)
        VALUES (%s, 'B2', {bounds}, 1, now())
    """  # noqa: S608  (the literals above)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [project.pk])


def test_the_database_takes_one_setting_of_a_rule(project: Project) -> None:
    ProjectRule.objects.create(project=project, scale="B2")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectRule.objects.create(project=project, scale="B2")


def test_a_stale_writer_is_told_what_stands(project: Project) -> None:
    first = set_rule(project, bounds=LATER)
    for seen in (0, first.version - 1):
        with pytest.raises(StaleVersion) as refused:
            set_rule(project, expected_version=seen, is_on=False)
        assert refused.value.current.bounds == LATER
    set_rule(project, expected_version=first.version, is_on=False)


def test_a_change_is_told_to_the_clients_side_and_once(project: Project) -> None:
    rule = set_rule(project, bounds=LATER)
    set_rule(project, expected_version=rule.version, bounds=LATER)
    entry = Activity.objects.get(project=project, verb="alert_rule_changed")
    assert (entry.audience, entry.data) == (
        "client",
        {"scale": "B2", "is_on": None, "bounds": ["0.10", "0.15", "0.30"]},
    )


def test_a_change_marks_the_project_and_a_usual_one_all_that_follow(project: Project, other_project: Project) -> None:
    Mark.objects.all().delete()
    set_rule(project, is_on=False)
    assert set(Mark.objects.values_list("project", "cause")) == {(project.pk, "alerts_projectrule")}
    Mark.objects.all().delete()
    set_usual(project, is_on=False)
    set_usual(project, billing_model="fixed_price", is_on=True)
    assert set(Mark.objects.values_list("project", "cause")) == {(project.pk, "alerts_organisationrule")}


def test_other_thresholds_are_judged_at_once(project: Project, client_manager: User) -> None:
    """Half of the budget used and four tenths earned: ten points."""
    Terms.objects.filter(pk=project.pk).update(budget_minutes=6000, budget_amount=None, cap_minutes=None)
    item = add_work_item(actor=client_manager, project=project, title="All of it", estimate_minutes=6000)
    from budget.time_entry_insert import NewTimeEntry, insert_time_entries  # noqa: PLC0415
    from projects.actions import add_person  # noqa: PLC0415

    person = add_person(actor=client_manager, project=project, name="Pia", side="vendor").person
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(person.pk, TODAY, 1000, item.pk) for _entry in range(3)],
        source="file",
        recorded_by=client_manager,
    )
    report_progress(actor=client_manager, item=item, on=TODAY, remaining_minutes=4500)
    assert [(one.rule, one.level) for one in evaluate(project.pk, NOON)] == [("B2", "warning")]
    rule = set_rule(project, bounds=LATER)
    evaluate(project.pk, NOON)
    assert RuleState.objects.get(project=project, rule="B2").level == "notice"
    set_rule(project, expected_version=rule.version, is_on=False)
    evaluate(project.pk, NOON)
    assert RuleState.objects.get(project=project, rule="B2").level == "none"
    assert Alert.objects.filter(project=project).count() == 1


# ── How they are written ────────────────────────────────────────────────────────────────────────────
def test_thresholds_are_typed_as_people_say_them() -> None:
    assert f"{typed(SCALES['B1_cap'].unit, Decimal('0.8000'))}" == "80"
    assert f"{typed(AHEAD.unit, Decimal('0.0550'))}" == "5.5"
    assert f"{typed(INDEX.unit, Decimal('0.9500'))}" == "0.95"
    assert f"{typed(RUNWAY.unit, Decimal('8.0000'))}" == "8"
    assert meant(AHEAD.unit, Decimal("5.5")) == Decimal("0.055")
    assert levels_in_words(AHEAD, AHEAD.thresholds) == "5 / 10 / 20 points"


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────
def page(client: Client, name: str, *args: object, **query: str) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def test_the_client_reads_every_rule_and_who_set_it(project: Project, client_manager: User, sign_in: SignIn) -> None:
    set_rule(project, bounds=LATER)
    html = page(sign_in(client_manager), "alerts:rule_list", project.slug)
    assert f"<b>{len(SCALES) - 1}</b> of {len(SCALES)} alert rules are on." in html
    assert "1 is set for this project" in html
    assert "set by Clara Manager on" in html
    assert all(f">{cell}</b></td>" in html for cell in ("10", "15", "30"))
    assert html.count('class="handle"') == len(SCALES)
    assert "Burn ahead of progress</small>" in html


def test_the_vendor_reads_what_it_may_be_told_and_no_more(
    project: Project, vendor_manager: User, sign_in: SignIn
) -> None:
    set_rule(project, bounds=(Decimal("0.07"), Decimal("0.15"), Decimal("0.30")))
    set_rule(project, scale=RUNWAY, is_on=False)
    html = page(sign_in(vendor_manager), "alerts:rule_list", project.slug)
    assert f"<b>{len(SCALES) - 2} rules</b> watch this project." in html
    assert "<b>15</b></td>" in html
    assert "<b>7</b></td>" not in html
    for hidden in ("Notice", "Clara Manager", "What was changed", "Cap reached before the work ends", "Change<"):
        assert hidden not in html


def test_a_rule_is_set_on_its_page(project: Project, client_manager: User, sign_in: SignIn) -> None:
    client, address = sign_in(client_manager), reverse("alerts:rule_edit", args=[project.slug, "B2"])
    sent = {"state": "on", "notice": "7.5", "warning": "12", "critical": "25", "version": "0"}
    assert client.post(address, sent).status_code == 302
    rule = ProjectRule.objects.get(project=project, scale="B2")
    assert (rule.is_on, rule.bounds) == (True, (Decimal("0.075"), Decimal("0.12"), Decimal("0.25")))
    html = client.get(address).content.decode()
    assert all(f'value="{number}"' in html for number in ("7.5", "12", "25"))
    stale = client.post(address, {**sent, "notice": "1"})
    assert stale.status_code == 409
    assert 'value="1"' in stale.content.decode()
    empty = {"state": "", "notice": "", "warning": "", "critical": "", "version": f"{rule.version}"}
    assert client.post(address, empty).status_code == 302
    rule.refresh_from_db()
    assert not rule.says_something


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"notice": "5"}, "Set all three levels"),
        ({"notice": "20", "warning": "10", "critical": "5"}, "The levels rise"),
        ({"notice": "-1", "warning": "10", "critical": "20"}, "greater than or equal to 0"),
        ({"notice": "1.234", "warning": "10", "critical": "20"}, "no more than 2 decimal places"),
        ({"notice": "NaN", "warning": "10", "critical": "20"}, "Enter a number"),
    ],
)
def test_a_page_refuses_levels_with_a_sentence(
    project: Project, client_manager: User, sign_in: SignIn, sent: dict[str, str], error: str
) -> None:
    address = reverse("alerts:rule_edit", args=[project.slug, "B2"])
    answer = sign_in(client_manager).post(address, {"state": "", "version": "0", **sent})
    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert not ProjectRule.objects.exists()


def test_a_page_shows_what_would_stand_and_saves_nothing(
    project: Project, client_manager: User, sign_in: SignIn, developer: Any
) -> None:
    from budget.time_entry_insert import NewTimeEntry, insert_time_entries  # noqa: PLC0415

    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(developer.pk, TODAY, 1200) for _entry in range(10)],
        source="file",
        recorded_by=client_manager,
    )
    evaluate(project.pk, NOON)
    before = RuleState.objects.filter(project=project).values_list("rule", "subject", "level", "since")
    stood = list(before)
    client = sign_in(client_manager)
    address = ("alerts:rule_edit", project.slug, "B1_budget")
    assert "200 of the 400 h agreed are used: 50 %" in page(client, *address)
    assert "silent" in page(client, *address)
    # The whole form is sent, its token too: neither may reach an address.
    form = page(client, *address).partition('<form class="form"')[2].partition("</form>")[0]
    assert "formmethod" not in form
    assert "hx-get" not in form
    url, sent = reverse(address[0], args=address[1:]), {"preview": "1", "version": "0"}
    tried = client.post(url, {**sent, "notice": "40", "warning": "50", "critical": "60"})
    assert tried.status_code == 200
    assert ">warning<" in tried.content.decode().replace("</svg>", ">")
    assert "Nothing: the rule would be off" in client.post(url, {**sent, "state": "off"}).content.decode()
    assert list(before.all()) == stood
    assert not ProjectRule.objects.exists()


@pytest.mark.parametrize("scale", ["B99", "B2-x"])
def test_an_unknown_rule_is_not_found(project: Project, client_manager: User, sign_in: SignIn, scale: str) -> None:
    assert sign_in(client_manager).get(reverse("alerts:rule_edit", args=[project.slug, scale])).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("client_approver", 403), ("vendor_manager", 403), ("other_client", 404)])
def test_only_the_clients_manager_sets_rules(
    project: Project, who: str, status: int, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    client = sign_in(request.getfixturevalue(who))
    address = reverse("alerts:rule_edit", args=[project.slug, "B2"])
    assert client.get(address).status_code == status
    assert client.post(address, {"state": "off", "version": "0"}).status_code == status
    assert not ProjectRule.objects.exists()


def test_history_tells_each_change_with_its_unit(project: Project, client_manager: User, sign_in: SignIn) -> None:
    client, address = sign_in(client_manager), reverse("alerts:rule_edit", args=[project.slug, "B1_budget"])
    client.post(address, {"state": "", "notice": "70", "warning": "90", "critical": "100", "version": "0"})
    html = page(client, "alerts:rule_list", project.slug)
    assert '<td class="wrap">nothing</td><td class="wrap">70 %</td>' in html
    assert "Used share of the budget</small>" in html


def test_an_administrator_sets_what_is_usual(project: Project, organisation_admin: User, sign_in: SignIn) -> None:
    client, uuid = sign_in(organisation_admin), project.client.uuid
    html = page(client, "alerts:organisation_rule_list", uuid)
    assert "All alert rules are as they come." in html
    assert html.count('class="handle"') == len(SCALES) * len(MODELS)
    address = reverse("alerts:organisation_rule_edit", args=[uuid, "project", "time_and_material", "B4"])
    assert "1 open project." in client.get(address).content.decode()
    assert client.post(address, {"state": "on", "version": "0"}).status_code == 302
    assert "B4" in scales_of([project])[project.pk]
    html = page(client, "alerts:organisation_rule_list", uuid)
    assert "<b>1 rule</b> is set by Harbour Authority" in html
    assert "The rest has to go faster than estimated: time and material, project" in html


def test_usual_settings_are_closed_to_who_does_not_look_after_the_organisation(
    project: Project, client_manager: User, other_project: Project, sign_in: SignIn
) -> None:
    OrganisationRole.objects.create(
        organisation=other_project.client, user=client_manager, role=OrganisationRole.Role.ADMIN
    )
    client = sign_in(client_manager)
    for uuid, status in ((project.client.uuid, 404), (other_project.client.uuid, 200)):
        assert client.get(reverse("alerts:organisation_rule_list", args=[uuid])).status_code == status
        address = reverse("alerts:organisation_rule_edit", args=[uuid, "project", "time_and_material", "B2"])
        assert client.get(address).status_code == status
    wrong = reverse("alerts:organisation_rule_edit", args=[other_project.client.uuid, "barter", "fixed_price", "B2"])
    assert client.get(wrong).status_code == 404


# ── The API ─────────────────────────────────────────────────────────────────────────────────────────
def test_rules_through_the_api(project: Project, client_manager: User, program: Program) -> None:
    api, path = program(client_manager), f"projects/{project.slug}/alert-rules/"
    listed = api.get(path).json()["results"]
    assert [rule["scale"] for rule in listed] == list(SCALES)
    one = api.get(f"{path}B2/")
    assert one["ETag"] == '"v0"'
    assert api.patch(f"{path}B2/", {"is_on": False}).status_code == 428
    changed = api.patch(f"{path}B2/", {"notice": "0.07", "warning": "0.1", "critical": "0.2"}, If_Match='"v0"')
    assert changed.json() | {"changed_at": None, "title": "", "compares": ""} == {
        "scale": "B2",
        "rule": "B2",
        "title": "",
        "compares": "",
        "unit": "points",
        "is_on": True,
        "notice": "0.0700",
        "warning": "0.1000",
        "critical": "0.2000",
        "is_own": True,
        "changed_at": None,
        "changed_by": "Clara Manager",
    }
    assert api.patch(f"{path}B2/", {"is_on": False}, If_Match='"v0"').status_code == 412
    off = api.patch(f"{path}B2/", {"is_on": False}, If_Match=changed["ETag"])
    assert (off.json()["is_on"], off.json()["notice"]) == (False, "0.0700")
    back = api.patch(
        f"{path}B2/", {"is_on": None, "notice": None, "warning": None, "critical": None}, If_Match=off["ETag"]
    )
    assert (back.json()["is_own"], back.json()["notice"]) == (False, "0.0500")
    for wrong in ({"notice": "0.1"}, {"notice": "0.3", "warning": "0.2", "critical": "0.1"}):
        assert api.patch(f"{path}B2/", wrong, If_Match=back["ETag"]).status_code == 422
    assert api.get(f"{path}B99/").status_code == 404


def test_the_vendors_program_learns_no_more_than_its_page(
    project: Project, vendor_manager: User, program: Program
) -> None:
    set_rule(project, scale=RUNWAY, is_on=False)
    api, path = program(vendor_manager), f"projects/{project.slug}/alert-rules/"
    listed = api.get(path).json()["results"]
    assert [rule["scale"] for rule in listed] == [name for name in SCALES if name not in ("B4", "B6")]
    assert set(listed[0]) == {"scale", "rule", "title", "compares", "unit", "is_on", "warning", "critical"}
    assert api.get(f"{path}B6/").status_code == 404
    assert api.patch(f"{path}B2/", {"is_on": False}, If_Match='"v0"').status_code == 403
