"""The alert machine: what is raised, told, kept and forgotten, and in which order."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Person, User
from alerts.actions import acknowledge, evaluate, evaluate_or_put_off, sweep
from alerts.models import Alert, Evaluation, Mark, RuleState, ToldSide
from alerts.registry import JUDGES
from budget.models import BranchSeries, TimeEntry
from budget.time_entries import record_time, reverse_time
from core.errors import DomainError
from projects.actions import agree_rate, change_terms, set_status
from projects.models import Activity, OutboxMessage, Project, Terms
from requirements_app.actions import add_work_item, report_progress
from requirements_app.models import WorkItem

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 9, 17)
NOON = dt.datetime(2026, 9, 17, 12, tzinfo=dt.UTC)  # a Thursday


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    """A hundred hours of work: with nothing else estimated or agreed, the whole budget."""
    Terms.objects.filter(pk=project.pk).update(budget_minutes=None, budget_amount=None, cap_minutes=None)
    project.terms.refresh_from_db()
    return add_work_item(actor=client_manager, project=project, title="All of it", estimate_minutes=6000)


@pytest.fixture
def burn(project: Project, client_manager: User, developer: Person, item: WorkItem) -> Any:
    """Book hours on the item up to today and report what is left: ``burn(hours, left)``."""

    def book(hours: int, left: int | None = None) -> None:
        day = TODAY
        while hours > 0:
            record_time(
                actor=client_manager,
                project=project,
                person=developer,
                worked_on=day,
                minutes=min(hours, 24) * 60,
                today=TODAY,
                work_item=item,
            )
            hours -= 24
            day -= dt.timedelta(days=1)
        if left is not None:
            report_progress(actor=client_manager, item=item, on=TODAY, remaining_minutes=left * 60)

    return book


def raised(project: Project, now: dt.datetime = NOON) -> list[tuple[str, str, str]]:
    return [(alert.rule, alert.subject, alert.level) for alert in evaluate(project.pk, now)]


def told(project: Project) -> set[tuple[str, str]]:
    return set(OutboxMessage.objects.filter(project=project).values_list("recipient__email", "channel"))


def test_burn_without_progress_raises_a_notice(project: Project, burn: Any) -> None:
    burn(20, left=120)
    assert raised(project) == [("B2", "", "notice")]


def test_nothing_is_raised_without_reason(project: Project, burn: Any) -> None:
    burn(20, left=80)
    assert raised(project) == []
    assert RuleState.objects.get(project=project, rule="B2").level == "none"


def test_a_second_evaluation_raises_nothing_new(project: Project, burn: Any) -> None:
    burn(20, left=120)
    raised(project)
    Mark.objects.create(project=project, cause="test")
    assert raised(project) == []
    assert Alert.objects.filter(project=project).count() == 1


def test_without_a_mark_nothing_is_worked_out(project: Project, burn: Any) -> None:
    burn(20, left=120)
    Mark.objects.filter(project=project).delete()
    assert raised(project) == []
    assert not RuleState.objects.filter(project=project).exists()


def test_an_evaluation_deletes_the_marks_it_has_seen(project: Project, burn: Any) -> None:
    burn(20)
    assert Mark.objects.filter(project=project).exists()
    evaluate(project.pk, NOON)
    assert not Mark.objects.filter(project=project).exists()


def test_rising_further_is_told_again(project: Project, burn: Any) -> None:
    burn(20, left=120)
    assert raised(project) == [("B2", "", "notice")]
    burn(30, left=200)
    assert raised(project) == [("B2", "", "critical")]


def test_falling_back_and_rising_again_is_a_new_episode(
    project: Project, burn: Any, item: WorkItem, client_manager: User
) -> None:
    burn(20, left=120)
    raised(project)
    report_progress(actor=client_manager, item=item, on=TODAY, remaining_minutes=80 * 60)
    assert raised(project) == []
    report_progress(actor=client_manager, item=item, on=TODAY, remaining_minutes=120 * 60)
    assert raised(project) == [("B2", "", "notice")]
    assert list(Alert.objects.filter(project=project).order_by("pk").values_list("episode", flat=True)) == [1, 2]


def test_a_notice_is_told_to_the_clients_manager_in_the_inbox_alone(
    project: Project, burn: Any, client_manager: User, client_approver: User, vendor_manager: User
) -> None:
    burn(20, left=120)
    evaluate(project.pk, NOON)
    assert told(project) == {(client_manager.email, "in_app")}


def test_a_warning_is_mailed_and_reaches_the_vendor_a_working_day_later(
    project: Project, burn: Any, client_manager: User, vendor_manager: User, client_approver: User
) -> None:
    burn(20, left=200)
    assert raised(project) == [("B2", "", "warning")]
    mine = {(client_manager.email, "in_app"), (client_manager.email, "mail")}
    assert told(project) == mine
    assert Evaluation.objects.get(pk=project.pk).recheck_at == NOON + dt.timedelta(days=1)
    sweep(NOON + dt.timedelta(hours=23))
    assert told(project) == mine
    sweep(NOON + dt.timedelta(days=1))
    assert told(project) == mine | {(vendor_manager.email, "in_app"), (vendor_manager.email, "mail")}


def test_the_vendor_sees_an_alert_when_it_is_told(project: Project, burn: Any) -> None:
    burn(20, left=200)
    evaluate(project.pk, NOON)
    alerts = Alert.objects.filter(project=project)
    assert alerts.seen_by("client", NOON, with_money=True).count() == 1
    assert alerts.seen_by("vendor", NOON, with_money=True).count() == 0
    assert alerts.seen_by("vendor", NOON + dt.timedelta(days=1), with_money=True).count() == 1


def test_something_critical_goes_to_the_approver_too(project: Project, burn: Any, client_approver: User) -> None:
    burn(50, left=200)
    assert raised(project) == [("B2", "", "critical")]
    assert {channel for email, channel in told(project) if email == client_approver.email} == {"in_app", "mail"}


def test_several_alerts_at_once_are_one_message(project: Project, burn: Any, client_manager: User) -> None:
    burn(120, left=200)
    assert [rule for rule, _subject, _level in raised(project)] == ["B1", "B2", "B7"]
    assert OutboxMessage.objects.filter(project=project, recipient=client_manager, channel="mail").count() == 1


def test_amounts_are_told_only_to_those_who_may_see_money(project: Project, client_manager: User, burn: Any) -> None:
    change_terms(actor=client_manager, terms=project.terms, expected_version=project.terms.version, cap_amount=1)
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(60), first_day=NOON.date())
    burn(1, left=99)
    assert ("B1", "cap_amount", "critical") in raised(project)
    told = {
        with_money: {alert.subject for alert in Alert.objects.seen_by("client", NOON, with_money=with_money)}
        for with_money in (True, False)
    }
    assert ("cap_amount" in told[True], "cap_amount" in told[False]) == (True, False)


def test_what_the_terms_no_longer_say_stands_nowhere(project: Project, burn: Any, client_manager: User) -> None:
    change_terms(actor=client_manager, terms=project.terms, expected_version=project.terms.version, cap_minutes=1200)
    burn(20, left=80)
    assert raised(project) == [("B1", "cap_hours", "critical")]
    change_terms(actor=client_manager, terms=project.terms, expected_version=project.terms.version, cap_minutes=None)
    evaluate(project.pk, NOON)
    assert RuleState.objects.get(project=project, rule="B1", subject="cap_hours").level == "none"


def test_hours_taken_back_clear_the_rule(project: Project, burn: Any, client_manager: User) -> None:
    burn(20, left=120)
    raised(project)
    entry = TimeEntry.objects.get(project=project)
    reverse_time(actor=client_manager, entry=entry, reason="booked on the wrong project")
    assert raised(project) == []
    assert RuleState.objects.get(project=project, rule="B2").level == "none"


def test_a_paused_project_raises_nothing_and_keeps_no_marks(project: Project, burn: Any, client_manager: User) -> None:
    burn(20, left=120)
    set_status(actor=client_manager, project=project, status="paused")
    assert raised(project) == []
    assert not Mark.objects.filter(project=project).exists()
    set_status(actor=client_manager, project=project, status="active")
    assert raised(project) == [("B2", "", "notice")]


@pytest.fixture
def broken_rule() -> Iterator[set[int]]:
    """A rule that trips over the projects in this set, as a defect in a real one would."""
    poisoned: set[int] = set()

    def judge(projects: Sequence[Project], now: dt.datetime, held: Any, scales: Any) -> dict[int, Any]:
        if poisoned & {one.pk for one in projects}:
            raise ZeroDivisionError("a rule tripped")
        return {}

    JUDGES.append(judge)
    yield poisoned
    JUDGES.remove(judge)


def test_a_rule_that_trips_leaves_the_mark_and_raises_nothing(
    project: Project, burn: Any, broken_rule: set[int]
) -> None:
    burn(20, left=120)
    broken_rule.add(project.pk)
    assert not evaluate_or_put_off(project.pk, NOON)
    assert Mark.objects.filter(project=project).exists()
    assert not Alert.objects.filter(project=project).exists()
    assert not OutboxMessage.objects.filter(project=project).exists()
    failed = Evaluation.objects.get(pk=project.pk)
    assert (failed.failures, failed.retry_at, failed.last_error) == (
        1,
        NOON + dt.timedelta(minutes=1),
        "ZeroDivisionError: a rule tripped",
    )


def test_one_project_that_fails_holds_up_no_other(
    project: Project, other_project: Project, burn: Any, broken_rule: set[int]
) -> None:
    Mark.objects.create(project=other_project, cause="test")
    burn(20, left=120)
    broken_rule.add(other_project.pk)
    assert sweep(NOON) == 1
    assert Alert.objects.filter(project=project).count() == 1
    # It waits its turn, and comes back once mended.
    broken_rule.clear()
    assert sweep(NOON + dt.timedelta(seconds=30)) == 0
    assert sweep(NOON + dt.timedelta(minutes=1)) == 1
    assert Evaluation.objects.get(pk=other_project.pk).failures == 0


def test_the_sweep_finds_marks_that_no_doorbell_reached(project: Project, burn: Any) -> None:
    burn(20, left=120)
    assert sweep(NOON) >= 1
    assert Alert.objects.filter(project=project).count() == 1


def test_the_sweep_comes_back_when_a_rule_asked_for_it(project: Project) -> None:
    evaluate(project.pk, NOON)
    Mark.objects.all().delete()
    Evaluation.objects.filter(pk=project.pk).update(recheck_at=NOON)
    assert sweep(NOON - dt.timedelta(seconds=1)) == 0
    assert sweep(NOON) == 1


def test_acknowledging_is_recorded_and_happens_once(project: Project, burn: Any, client_manager: User) -> None:
    burn(20, left=120)
    (alert,) = evaluate(project.pk, NOON)
    acknowledge(actor=client_manager, alert=alert, side="client")
    assert ToldSide.objects.get(alert=alert).acknowledged_by == client_manager
    assert Activity.objects.filter(project=project, verb="alert_acknowledged", actor=client_manager).count() == 1
    with pytest.raises(DomainError) as refused:
        acknowledge(actor=client_manager, alert=alert, side="client")
    assert refused.value.code == "already_acknowledged"


def test_acknowledging_does_not_silence_a_higher_level(project: Project, burn: Any, client_manager: User) -> None:
    burn(20, left=120)
    (alert,) = evaluate(project.pk, NOON)
    acknowledge(actor=client_manager, alert=alert, side="client")
    burn(30, left=200)
    assert raised(project) == [("B2", "", "critical")]


def test_acknowledging_does_not_cover_another_comparison(project: Project, burn: Any, client_manager: User) -> None:
    """B3 stood and was seen; it fell back, and B2 stands at the same level: of that nobody has been told."""
    burn(20, left=120)
    (alert,) = evaluate(project.pk, NOON)
    acknowledge(actor=client_manager, alert=alert, side="client")
    of_rule = RuleState.objects.filter(project=project, rule="B2")
    of_rule.update(numbers={**of_rule.get().numbers, "speaks": "B3", "levels": {"B3": "notice"}})
    Mark.objects.create(project=project, cause="test")
    (told,) = evaluate(project.pk, NOON)
    assert (told.rule, told.level, told.episode, told.numbers["speaks"]) == ("B2", "notice", alert.episode + 1, "B2")
    assert ToldSide.objects.get(alert=told, side="client").acknowledged_at is None
    Mark.objects.create(project=project, cause="test")
    assert raised(project) == []


def test_an_evaluation_of_a_project_without_anything_is_quiet(project: Project) -> None:
    assert raised(project, timezone.now()) == []


def test_figures_of_a_paused_project_stay_true(project: Project, burn: Any, client_manager: User) -> None:
    """Its rules stand still; its hours do not go unseen."""
    burn(20, left=80)
    set_status(actor=client_manager, project=project, status="paused")
    evaluate(project.pk, NOON)
    series = BranchSeries.objects.get(project=project, work_item=None)
    assert (series.on, series.used_minutes) == ([TODAY], [20 * 60])
