"""What the rules would have said of the past: by the rules themselves, the command, the page and the API."""

import csv
import datetime as dt
import io
import json
import os
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Person, User
from alerts.actions import evaluate
from alerts.models import Alert, Mark, RuleState
from budget import replay_queries
from budget.alert_replay import replay
from budget.past_figures import Past, PastHours, PastReport
from budget.rule_figures import RuleFigures
from budget.rule_findings import DEFAULTS
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from projects.models import OutboxMessage, Project, Terms
from requirements_app.actions import NewWorkItem, insert_progress, insert_work_items
from requirements_app.models import ProgressReport
from tests.api_client import Program
from tests.budget.rules import minutes, noon, weekdays_but

DATA = Path(os.environ.get("OVERSIGHT_REAL_DATA", "/nowhere")) / "cesaw"
MONDAY = dt.date(2026, 3, 2)
ON = {name: scale for name, scale in DEFAULTS.items() if name != "B4"}

SignIn = Callable[[Any], Client]


def day(number: int) -> dt.date:
    """The working day with this number, from Monday the 2nd on."""
    return MONDAY + dt.timedelta(days=number + 2 * (number // 5))


# ── Pure ────────────────────────────────────────────────────────────────────────────────────────────
def past(hours: list[PastHours], reports: list[PastReport] | None = None, items: int = 10, **agreed: Any) -> Past:
    """Items of ten hours each, with a budget of just that."""
    return Past(
        progress_rule="hours_spent_and_remaining",
        agreed=RuleFigures(
            at=noon(MONDAY),
            vendor=weekdays_but(),
            **{"budget_minutes": minutes(10 * items), "budget_is_agreed": True, **agreed},
        ),
        estimates=dict.fromkeys(range(items), minutes(10)),
        exempt=frozenset(),
        hours=hours,
        reports=reports or [],
    )


def eight_hours(number: int, item: int | None = None) -> PastHours:
    return PastHours(day(number), minutes(8), item, person=1)


def fired(of: Past, scales: Any = None) -> list[tuple[str, str, dt.date]]:
    return [(one.finding.speaks, one.finding.level, one.on) for one in replay(of, scales or ON).fired]


def test_each_level_is_told_once_and_on_its_day() -> None:
    """Two working days for an item of ten hours each, done on the second of them."""
    hours = [eight_hours(number, number // 2) for number in range(20)]
    reports = [PastReport(day(number), number // 2, is_done=True, remaining=None) for number in range(1, 20, 2)]
    assert fired(past(hours, reports), {name: ON[name] for name in ("B1_budget", "B2")}) == [
        ("B2", "notice", day(1)),
        ("B2", "warning", day(3)),
        ("B2", "critical", day(7)),
        ("B1", "notice", day(9)),
        ("B1", "warning", day(12)),
        ("B1", "critical", day(13)),
    ]


def test_only_what_was_known_by_a_day_counts_on_it() -> None:
    hours = [eight_hours(number, 0) for number in range(3)]
    late_report = [PastReport(day(2), 0, is_done=True, remaining=None)]
    before, after = fired(past(hours[:2])), fired(past(hours, late_report))
    assert [one for one in after if one[2] <= day(1)] == before


def test_days_without_hours_are_asked_as_well() -> None:
    hours = [eight_hours(0, 0), eight_hours(12, 0)]
    assert ("B10", "notice", dt.date(2026, 3, 10)) in fired(past(hours))  # five working days are over
    assert ("B10", "critical", dt.date(2026, 3, 17)) in fired(past(hours))


def test_a_past_without_hours_fires_nothing() -> None:
    found = replay(past([]), ON)
    assert (found.fired, found.plain, found.last, found.used_ratio) == ((), None, None, None)


def test_the_plain_rule_stands_beside() -> None:
    hours = [eight_hours(number, number) for number in range(10)]
    found = replay(past(hours, items=10), ON)
    assert found.plain is None or found.plain.used_ratio == Decimal("0.8")
    assert found.plain is not None
    assert (found.plain.on, found.share_of_hours(found.plain)) == (day(9), Decimal(1))


# ── A project ───────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def burned(project: Project, client_manager: User, developer: Person) -> Project:
    """Ten items of ten hours; four of them took fifteen, one after the other, and one is begun."""
    Terms.objects.filter(pk=project.pk).update(budget_minutes=6000, cap_minutes=None, budget_amount=None)
    items = insert_work_items(
        project=project, new_items=[NewWorkItem(title=f"Item {number}", estimate_minutes=600) for number in range(10)]
    )
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(developer.pk, day(number), 450, items[number // 2].pk) for number in range(9)],
        source="file",
        recorded_by=client_manager,
    )
    insert_progress(
        project=project,
        reports=[
            ProgressReport(project=project, work_item=items[number], on=day(2 * number + 1), is_done=True)
            for number in range(4)
        ],
    )
    project.terms.refresh_from_db()
    return project


def run(*arguments: str, **options: Any) -> str:
    told = io.StringIO()
    call_command("replay_alerts", *arguments, stdout=told, skip_checks=True, **options)
    return told.getvalue()


@pytest.mark.django_db
def test_the_command_says_what_would_have_fired_and_writes_nothing(burned: Project) -> None:
    Mark.objects.all().delete()
    told = json.loads(run("--project", burned.slug, "--json"))
    assert [(one["rule"], one["level"], one["fired_on"]) for one in told["alerts"]] == [
        ("B2", "notice", "2026-03-03"),
        ("B3", "critical", "2026-03-05"),
    ]
    assert told["alerts"][1] == {
        "project": burned.slug,
        "rule": "B3",
        "subject": "",
        "level": "critical",
        "fired_on": "2026-03-05",
        "share_of_hours": 0.4444,
        "used_ratio": 0.3,
        "earned_ratio": 0.2,
    }
    assert told["final"] == [
        {
            "project": burned.slug,
            "name": "Berth booking",
            "first_day": "2026-03-02",
            "last_day": "2026-03-12",
            "used_minutes": 4050,
            "budget_minutes": 6000,
            "used_ratio": 0.675,
            "earned_ratio": 0.475,
            "plain_80_percent": None,
        }
    ]
    for model in (Alert, RuleState, OutboxMessage, Mark):
        assert not model._default_manager.exists()


@pytest.mark.django_db
def test_the_machine_would_have_said_the_same(burned: Project) -> None:
    """Evaluated on the last day, the worker stands where the replay ends."""
    evaluate(burned.pk, noon(day(8)))
    state = RuleState.objects.get(project=burned, rule="B2")
    assert (state.level, state.numbers["levels"]) == ("critical", {"B2": "critical", "B3": "critical"})


@pytest.mark.django_db
def test_the_command_names_what_it_does_not_know(project: Project) -> None:
    with pytest.raises(CommandError, match="no project no-such"):
        run("--project", "no-such", project.slug)
    assert "0.0 %" not in run("--project", project.name)
    assert json.loads(run("--all", "--json"))["final"][0]["last_day"] is None


@pytest.mark.django_db
def test_the_command_takes_the_levels_in_force_or_those_built_in(burned: Project, client_manager: User) -> None:
    from alerts.actions import set_project_rule  # noqa: PLC0415
    from alerts.registry import SCALES  # noqa: PLC0415

    for scale in SCALES.values():
        set_project_rule(
            actor=client_manager, project=burned, scale=scale, expected_version=0, is_on=False, bounds=None
        )
    assert json.loads(run("--project", burned.slug, "--json"))["alerts"] == []
    assert len(json.loads(run("--project", burned.slug, "--json", "--defaults"))["alerts"]) == 2


@pytest.mark.django_db
def test_the_page_shows_it_and_tries_other_levels(burned: Project, client_manager: User, sign_in: SignIn) -> None:
    client, address = sign_in(client_manager), reverse("budget:alert_replay", args=[burned.slug])
    html = client.get(address).content.decode()
    assert "<b>2 alerts</b> would have been raised between 2 Mar 2026 and 12 Mar 2026." in html
    assert "on 5 Mar 2026, at <b>44" in html
    assert "A plain rule at 80 % of the budget would not have spoken." in html
    tried = {"tried": "1"} | {
        f"{name}_{level}": "1" if level == "notice" else "2" if level == "warning" else "3"
        for name in DEFAULTS
        for level in ("notice", "warning", "critical")
    }
    falls = {
        f"{name}_{level}": number
        for name in ("B3", "B6")
        for level, number in (("notice", "3"), ("warning", "2"), ("critical", "1"))
    }
    html = client.get(address, tried | falls | {"B1_budget_on": "on"}).content.decode()
    assert "Agreed hours running out" in html
    wrong = client.get(address, tried | {"B2_on": "on"})
    assert wrong.status_code == 422
    assert "The levels fall" in wrong.content.decode()


@pytest.mark.django_db
def test_a_past_that_is_too_long_is_left_to_the_command(
    burned: Project, client_manager: User, sign_in: SignIn, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_queries, "MOST_ENTRIES", 8)
    html = sign_in(client_manager).get(reverse("budget:alert_replay", args=[burned.slug])).content.decode()
    assert "This past is too long for a page." in html
    refused = program(client_manager).get(f"projects/{burned.slug}/alert-replay/")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_long")
    assert len(json.loads(run("--project", burned.slug, "--json"))["alerts"]) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "status"),
    [("client_approver", 200), ("client_viewer", 403), ("vendor_manager", 403), ("other_client", 404)],
)
def test_the_past_is_replayed_for_who_steers(
    burned: Project, who: str, status: int, sign_in: SignIn, program: Program, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    assert sign_in(user).get(reverse("budget:alert_replay", args=[burned.slug])).status_code == status
    assert program(user).get(f"projects/{burned.slug}/alert-replay/").status_code == status


@pytest.mark.django_db
def test_the_api_tells_the_same(burned: Project, client_manager: User, program: Program) -> None:
    told = program(client_manager).get(f"projects/{burned.slug}/alert-replay/").json()
    assert (told["used_ratio"], told["last_day"], told["plain_80_percent"]) == ("0.6750", "2026-03-12", None)
    assert [(one["rule"], one["share_of_hours"]) for one in told["alerts"]] == [("B2", "0.2222"), ("B3", "0.4444")]


@pytest.mark.django_db
def test_a_replay_reads_few_rows(burned: Project, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(7):
        replay_queries.past_of(burned)


# ── Sixteen published projects ──────────────────────────────────────────────────────────────────────
PROJECTS = (48, 49, 56, 71, 79, 83, 101, 171, 184, 420, 455, 458, 460, 606, 612, 614)


@pytest.mark.django_db
@pytest.mark.long
@pytest.mark.skipif(not DATA.is_dir(), reason="REAL DATA NOT TESTED: OVERSIGHT_REAL_DATA names no folder")
def test_sixteen_published_projects_by_the_levels_that_are_built_in(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path
    for number in PROJECTS:
        call_command(
            "load_real_project",
            "cesaw",
            tasks=DATA / "tasks.csv",
            time_log=DATA / "time_log.csv",
            project=str(number),
            stdout=io.StringIO(),
            skip_checks=True,
        )
    told = json.loads(run("--all", "--json", "--defaults"))
    number_of = {one["project"]: one["name"].removeprefix("CESAW ") for one in told["final"]}
    ended = share_of_plan()
    over, healthy = {one for one in ended if ended[one] > 1.10}, {one for one in ended if ended[one] <= 1.05}
    assert (len(number_of), len(over), len(healthy)) == (16, 7, 7)
    warnings = [one for one in told["alerts"] if one["level"] in ("warning", "critical")]
    warned: dict[str, float] = {}
    for one in warnings:
        if one["rule"] in ("B2", "B3"):
            warned.setdefault(number_of[one["project"]], one["share_of_hours"])
    assert warned.keys() >= over
    assert median(warned[one] for one in over) <= 0.25
    assert len(warned.keys() & healthy) == 1
    plain = {number_of[one["project"]]: one["plain_80_percent"] for one in told["final"]}
    assert round(median(plain[one]["share_of_hours"] for one in over), 2) == 0.64
    assert all(plain[one] for one in healthy)
    # The other rules warn once a project and year at most.
    years = sum(
        (dt.date.fromisoformat(one["last_day"]) - dt.date.fromisoformat(one["first_day"])).days / 365
        for one in told["final"]
        if number_of[one["project"]] in healthy
    )
    others = {
        (one["project"], one["rule"], one["subject"])
        for one in warnings
        if number_of[one["project"]] in healthy and one["rule"] not in ("B2", "B3")
    }
    assert len(others) <= years


def share_of_plan() -> dict[str, float]:
    """How each project ended, from the files alone: a few rows of more than a day are refused by the import."""
    planned: Counter[str] = Counter()
    used: Counter[str] = Counter()
    with (DATA / "tasks.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            planned[row["project_key"]] += float(row["task_plan_time_minutes"])
    with (DATA / "time_log.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            used[row["project_key"]] += int(row["time_log_delta_minutes"])
    return {project: used[project] / planned[project] for project in planned}
