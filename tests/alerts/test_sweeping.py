"""The sweep: many projects together, and one that trips or dies holds up nobody."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, Person, User
from alerts.actions import evaluate, sweep
from alerts.models import Alert, Evaluation, Mark, RuleState
from alerts.registry import JUDGES, Judgement
from budget.time_entries import NewTimeEntry, insert_time_entries
from projects.models import Project, Terms
from requirements_app.actions import NewWorkItem, insert_work_items
from tests.cast import new_project

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 9, 17, 12, tzinfo=dt.UTC)


class LoudRule:
    """A rule under the test's control: what it finds for each project, and on which it trips."""

    def __init__(self) -> None:
        self.found: dict[int, Judgement] = {}
        self.trips_on: set[int] = set()
        self.asked: list[tuple[int, ...]] = []

    def __call__(
        self, projects: Sequence[Project], now: dt.datetime, held: Any, scales: Any
    ) -> Mapping[int, list[Judgement]]:
        keys = tuple(project.pk for project in projects)
        self.asked.append(keys)
        if self.trips_on & set(keys):
            raise ZeroDivisionError("a rule tripped")
        return {key: [self.found[key]] for key in keys if key in self.found}


@pytest.fixture
def rule() -> Iterator[LoudRule]:
    loud = LoudRule()
    JUDGES.append(loud)
    yield loud
    JUDGES.remove(loud)


@pytest.fixture
def projects(
    project: Project, other_client_organisation: Organisation, vendor_organisation: Organisation
) -> list[Project]:
    more = [
        new_project(
            name=f"Berths {number}",
            manager=project.created_by,
            client=other_client_organisation,
            vendor=vendor_organisation,
        )
        for number in range(5)
    ]
    sweep(NOON)
    return [project, *more]


def mark(*projects: Project) -> None:
    for project in projects:
        Mark.objects.create(project=project, cause="test")


def test_projects_are_judged_together(projects: list[Project], rule: LoudRule) -> None:
    mark(*projects)
    assert sweep(NOON) == 6
    assert rule.asked == [tuple(project.pk for project in projects)]
    assert not Mark.objects.exists()


def test_a_sweep_costs_the_same_for_three_and_six_projects(projects: list[Project]) -> None:
    counts = []
    for some in (projects[:3], projects):
        mark(*some)
        with CaptureQueriesContext(connection) as captured:
            sweep(NOON)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_one_that_trips_among_many_is_put_off_alone(projects: list[Project], rule: LoudRule) -> None:
    mark(*projects)
    rule.trips_on.add(projects[2].pk)
    assert sweep(NOON) == 5
    assert list(Mark.objects.values_list("project", flat=True)) == [projects[2].pk]
    assert list(Evaluation.objects.filter(failures__gt=0).values_list("project", "retry_at")) == [
        (projects[2].pk, NOON + dt.timedelta(minutes=1))
    ]


def test_one_that_failed_before_is_judged_after_the_others_and_alone(projects: list[Project], rule: LoudRule) -> None:
    mark(*projects)
    Evaluation.objects.filter(pk=projects[0].pk).update(failures=3)
    sweep(NOON)
    assert rule.asked == [tuple(project.pk for project in projects[1:]), (projects[0].pk,)]
    assert Evaluation.objects.get(pk=projects[0].pk).failures == 0


def test_one_that_took_its_worker_with_it_counts_as_failed_before_it_is_tried_again(
    projects: list[Project], rule: LoudRule
) -> None:
    """As a sweep leaves it that was killed in the middle: the note is there, and nothing else."""
    mark(*projects)
    seen = []

    def watch(projects: Sequence[Project], now: dt.datetime, held: Any, scales: Any) -> Mapping[int, list[Judgement]]:
        seen.extend(Evaluation.objects.filter(project__in=projects).values_list("project", "failures"))
        return {}

    Evaluation.objects.filter(pk=projects[1].pk).update(started_at=NOON - dt.timedelta(seconds=20))
    JUDGES.append(watch)
    try:
        assert sweep(NOON) == 6
    finally:
        JUDGES.remove(watch)
    assert seen == [*((one.pk, 0) for one in projects if one != projects[1]), (projects[1].pk, 1)]
    after = Evaluation.objects.get(pk=projects[1].pk)
    assert (after.failures, after.retry_at, after.started_at) == (0, None, None)


def test_a_sweep_leaves_no_note_behind(projects: list[Project]) -> None:
    mark(*projects)
    sweep(NOON)
    assert not Evaluation.objects.filter(started_at__isnull=False).exists()


# ── What arms a rule anew ───────────────────────────────────────────────────────────────────────────
def judged(level: str, basis: str = "24000") -> Judgement:
    return Judgement(rule="B1", level=level, subject="test", basis=basis, numbers={"limit": basis})


def test_a_new_budget_arms_a_rule_that_still_stands(project: Project, rule: LoudRule) -> None:
    levels = []
    for judgement in (judged("critical"), judged("critical"), judged("critical", "30000"), judged("critical", "30000")):
        rule.found[project.pk] = judgement
        mark(project)
        levels.append([(alert.level, alert.episode) for alert in evaluate(project.pk, NOON)])
    assert levels == [[("critical", 1)], [], [("critical", 2)], []]


def test_a_new_budget_that_calms_a_rule_raises_nothing(project: Project, rule: LoudRule) -> None:
    for judgement in (judged("critical"), judged("none", "30000")):
        rule.found[project.pk] = judgement
        mark(project)
        evaluate(project.pk, NOON)
    assert Alert.objects.filter(project=project, rule="B1").count() == 1
    assert RuleState.objects.get(project=project, rule="B1", subject="test").level == "none"


def test_a_sum_of_estimates_that_moves_arms_nothing(project: Project, client_manager: User, developer: Person) -> None:
    """Without an agreed budget the sum of the estimates is one, and it moves with every new item."""
    Terms.objects.filter(pk=project.pk).update(budget_minutes=None, budget_amount=None, cap_minutes=None)
    insert_work_items(project=project, new_items=[NewWorkItem(title="One", estimate_minutes=600)])
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(developer.pk, NOON.date() - dt.timedelta(days=day), 120) for day in range(10)],
        source="file",
        recorded_by=client_manager,
    )
    evaluate(project.pk, NOON)
    insert_work_items(project=project, new_items=[NewWorkItem(title="Two", estimate_minutes=60)])
    evaluate(project.pk, NOON)
    assert Alert.objects.filter(project=project, rule="B1").count() == 1
