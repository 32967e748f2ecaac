"""Who is told of what rose, when, how often, and to whom it goes on when nobody answers."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.models import OrganisationRole, User
from alerts.actions import acknowledge, evaluate, keep_from_vendor, mute, sweep, tell_vendor, unmute
from alerts.models import Alert, Mark, Mute, ToldSide
from alerts.registry import JUDGES, Judgement
from core.errors import DomainError
from projects.actions import add_stand_in, end_membership, set_status
from projects.models import Activity, MailPreference, Membership, OutboxMessage, Project
from projects.outbox import claim_due, send_due, word
from tests.cast import new_user

pytestmark = pytest.mark.django_db

# Thursday. Both sides work from nine to five in UTC, Monday to Friday.
NOON = dt.datetime(2026, 9, 17, 12, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
NUMBERS = {
    "compared_on": "2026-09-17",
    "used_ratio": "0.76",
    "earned_ratio": "0.52",
    "ahead": "0.24",
    "from": "0.20",
    "clears_at": "0.18",
    "subject": "budget_hours",
}


@pytest.fixture(autouse=True)
def thursday() -> Iterator[None]:
    """What people do in these tests they do on Thursday at noon, unless it says otherwise."""
    with time_machine.travel(NOON, tick=False):
        yield


def sweep_at(moment: dt.datetime) -> None:
    with time_machine.travel(moment, tick=False):
        sweep(moment)


class Scene:
    """One rule of the test's own on the project, and what became of it in the outbox."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.levels: dict[str, str] = {}

    def __call__(
        self, projects: Sequence[Project], now: dt.datetime, held: Any, scales: Any
    ) -> Mapping[int, list[Judgement]]:
        return {
            self.project.pk: [
                Judgement(rule="B2", subject=subject, level=level, numbers=NUMBERS)
                for subject, level in self.levels.items()
            ]
        }

    def stands(self, level: str, at: dt.datetime = NOON, subject: str = "test") -> Alert | None:
        """The rule is found at a level; the alert that this raised."""
        self.levels[subject] = level
        Mark.objects.create(project=self.project, cause="test")
        raised = evaluate(self.project.pk, at)
        return raised[0] if raised else None

    def mails(self, user: User, kind: str = "alerts_raised") -> list[OutboxMessage]:
        found = OutboxMessage.objects.filter(recipient=user, kind=kind, channel="mail")
        return list(found.order_by("pk"))

    def inbox(self, user: User, kind: str = "alerts_raised") -> int:
        return OutboxMessage.objects.filter(recipient=user, kind=kind, channel="in_app").count()


@pytest.fixture
def scene(project: Project) -> Iterator[Scene]:
    scene = Scene(project)
    JUDGES.append(scene)
    yield scene
    JUDGES.remove(scene)


@pytest.fixture
def cleared(scene: Scene) -> Scene:
    """With the marks of the set-up judged."""
    evaluate(scene.project.pk, NOON - DAY)
    return scene


# ── How many mails ──────────────────────────────────────────────────────────────────────────────────
def test_what_rises_within_a_minute_is_one_mail_more_at_most(cleared: Scene, client_manager: User) -> None:
    cleared.stands("warning", NOON, "first")
    send_due(NOON)
    cleared.stands("critical", NOON + dt.timedelta(seconds=10), "second")
    cleared.stands("critical", NOON + dt.timedelta(seconds=20), "third")
    first, second = cleared.mails(client_manager)
    assert (len(first.data["alerts"]), len(second.data["alerts"])) == (1, 2)
    assert second.due_at == NOON + dt.timedelta(minutes=1)


def test_what_rises_before_the_mail_has_left_goes_with_it(cleared: Scene, client_manager: User) -> None:
    cleared.stands("warning", NOON, "first")
    cleared.stands("critical", NOON + dt.timedelta(seconds=1), "second")
    (waiting,) = cleared.mails(client_manager)
    assert (len(waiting.data["alerts"]), waiting.data["level"], waiting.due_at) == (2, "critical", NOON)


def test_what_rises_while_the_mail_is_being_sent_goes_in_another_one(cleared: Scene, client_manager: User) -> None:
    cleared.stands("warning", NOON, "first")
    claim_due(now=NOON)
    cleared.stands("critical", NOON + HOUR, "second")
    assert [len(one.data["alerts"]) for one in cleared.mails(client_manager)] == [1, 1]


def test_beyond_the_first_there_is_one_mail_a_day(cleared: Scene, client_manager: User) -> None:
    cleared.stands("warning", NOON, "first")
    send_due(NOON)
    for number in range(4):
        cleared.stands("warning", NOON + HOUR + number * dt.timedelta(minutes=20), f"later {number}")
    first, second = cleared.mails(client_manager)
    assert (first.state, len(second.data["alerts"]), second.due_at) == ("sent", 4, NOON + 5 * HOUR)
    send_due(NOON + 5 * HOUR)
    assert len(mail.outbox) == 2
    assert "and 3 more" in mail.outbox[1].subject


def test_each_person_is_counted_apart(cleared: Scene, client_manager: User, client_approver: User) -> None:
    cleared.stands("warning", NOON, "first")
    send_due(NOON)
    cleared.stands("critical", NOON + HOUR, "second")
    assert [len(cleared.mails(user)) for user in (client_manager, client_approver)] == [2, 1]


def test_quiet_hours_hold_a_warning_until_the_side_works(cleared: Scene, client_manager: User) -> None:
    evening = NOON + 8 * HOUR
    cleared.stands("warning", evening)
    (waiting,) = cleared.mails(client_manager)
    assert waiting.due_at == dt.datetime(2026, 9, 18, 9, tzinfo=dt.UTC)
    assert cleared.inbox(client_manager) == 1


def test_one_mail_a_day_for_all_projects_by_choice(
    cleared: Scene, other_project: Project, client_manager: User, other_client: User
) -> None:
    MailPreference.objects.create(user=client_manager, alert_mails="daily")
    cleared.stands("warning", NOON, "first")
    cleared.stands("critical", NOON + HOUR, "second")
    assert cleared.mails(client_manager) == []
    (daily,) = cleared.mails(client_manager, "alerts_daily")
    assert (daily.project, daily.due_at) == (None, dt.datetime(2026, 9, 18, 9, tzinfo=dt.UTC))
    assert send_due(NOON + DAY) == 1
    assert mail.outbox[0].subject == "2 alerts of the last day"
    assert mail.outbox[0].body.count("burn is 24 points ahead") == 2
    cleared.stands("warning", NOON + DAY, "third")
    assert len(cleared.mails(client_manager, "alerts_daily")) == 2


def test_daily_mail_leaves_out_a_project_that_its_reader_has_left(
    cleared: Scene, client_approver: User, client_manager: User
) -> None:
    MailPreference.objects.create(user=client_approver, alert_mails="daily")
    cleared.stands("critical")
    (daily,) = cleared.mails(client_approver, "alerts_daily")
    end_membership(actor=client_manager, membership=Membership.objects.get(user=client_approver))
    assert word(daily) is None


def test_a_mail_says_what_has_cleared_meanwhile(cleared: Scene, client_manager: User) -> None:
    cleared.stands("warning", NOON + 8 * HOUR)
    cleared.stands("none", NOON + 9 * HOUR)
    wording = word(cleared.mails(client_manager)[0])
    assert wording is not None
    assert "has cleared meanwhile" in wording.text


# ── The vendor's day ────────────────────────────────────────────────────────────────────────────────
def test_vendor_is_told_the_newest_that_still_stands(
    cleared: Scene, vendor_manager: User, client_manager: User
) -> None:
    cleared.stands("warning", NOON, "gone by then")
    cleared.stands("warning", NOON, "worse by then")
    cleared.stands("none", NOON + HOUR, "gone by then")
    cleared.stands("critical", NOON + HOUR, "worse by then")
    sweep_at(NOON + DAY + HOUR)
    (told,) = cleared.mails(vendor_manager)
    assert told.data["alerts"] == [str(Alert.objects.get(subject="worse by then", level="critical").uuid)]


def test_client_tells_the_vendor_at_once(cleared: Scene, client_manager: User, vendor_manager: User) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    tell_vendor(actor=client_manager, alert=alert)
    assert (len(cleared.mails(vendor_manager)), cleared.inbox(vendor_manager)) == (1, 1)
    with pytest.raises(DomainError, match="already been told"):
        tell_vendor(actor=client_manager, alert=alert)
    assert Activity.objects.filter(verb="alert_told_vendor", audience="both").count() == 1


def test_client_keeps_an_alert_and_tells_it_later(cleared: Scene, client_manager: User, vendor_manager: User) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    keep_from_vendor(actor=client_manager, alert=alert)
    sweep_at(NOON + 3 * DAY)
    assert cleared.mails(vendor_manager) == []
    assert Activity.objects.get(verb="alert_kept").audience == "client"
    tell_vendor(actor=client_manager, alert=alert)
    assert len(cleared.mails(vendor_manager)) == 1


def test_a_notice_is_not_for_the_vendor(cleared: Scene, client_manager: User) -> None:
    alert = cleared.stands("notice")
    assert alert is not None
    with pytest.raises(DomainError, match="Notices stay with the client"):
        tell_vendor(actor=client_manager, alert=alert)


def test_vendor_hears_nothing_of_a_paused_project_until_it_goes_on(
    cleared: Scene, client_manager: User, vendor_manager: User
) -> None:
    cleared.stands("warning")
    set_status(actor=client_manager, project=cleared.project, status="paused")
    sweep_at(NOON + 2 * DAY)
    assert cleared.mails(vendor_manager) == []
    set_status(actor=client_manager, project=cleared.project, status="active")
    sweep_at(NOON + 2 * DAY)
    assert len(cleared.mails(vendor_manager)) == 1


def test_whoever_manages_for_the_vendor_by_then_is_told(cleared: Scene, vendor_manager: User) -> None:
    """The day passes, and who manages may change meanwhile: a stand-in, for example."""
    cleared.stands("warning")
    deputy = new_user("Dario Deputy")
    tomorrow = (NOON + DAY).date()
    add_stand_in(
        actor=vendor_manager,
        member=Membership.objects.get(user=vendor_manager),
        user=deputy,
        starts_on=tomorrow,
        ends_on=tomorrow,
    )
    sweep_at(NOON + DAY)
    assert len(cleared.mails(deputy)) == 1


def test_the_database_lets_a_side_be_told_once(cleared: Scene) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    with pytest.raises(IntegrityError, match="a_side_is_told_once"), transaction.atomic():
        ToldSide.objects.create(project=cleared.project, alert=alert, side="client", told_at=NOON)


# ── Each side answers for itself ────────────────────────────────────────────────────────────────────
def test_one_sides_acknowledgement_leaves_the_others_open(
    cleared: Scene, client_manager: User, vendor_manager: User
) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    tell_vendor(actor=client_manager, alert=alert)
    acknowledge(actor=vendor_manager, alert=alert, side="vendor")
    assert list(ToldSide.objects.order_by("side").values_list("side", "acknowledged_by__name")) == [
        ("client", None),
        ("vendor", "Vera Manager"),
    ]
    acknowledge(actor=client_manager, alert=alert, side="client")


def test_acknowledging_covers_what_the_rule_raised_before(cleared: Scene, client_manager: User) -> None:
    cleared.stands("warning", NOON)
    worse = cleared.stands("critical", NOON + HOUR)
    assert worse is not None
    acknowledge(actor=client_manager, alert=worse, side="client")
    assert not ToldSide.objects.filter(acknowledged_at=None).exists()


# ── Escalation ──────────────────────────────────────────────────────────────────────────────────────
def test_what_nobody_acknowledges_goes_to_the_approver_after_two_working_days(
    cleared: Scene, client_manager: User, client_approver: User
) -> None:
    cleared.stands("warning")  # on Thursday
    sweep_at(NOON + 3 * DAY + 23 * HOUR)
    assert cleared.mails(client_approver, "alerts_escalated") == []
    sweep_at(NOON + 4 * DAY)
    (mailed,) = cleared.mails(client_approver, "alerts_escalated")
    sweep_at(NOON + 5 * DAY)
    assert len(cleared.mails(client_approver, "alerts_escalated")) == 1
    wording = word(mailed)
    assert wording is not None
    assert wording.subject == "Berth booking: not acknowledged: Burn ahead of progress (warning)"


def test_what_is_acknowledged_in_time_goes_nowhere(cleared: Scene, client_manager: User, client_approver: User) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    acknowledge(actor=client_manager, alert=alert, side="client")
    sweep_at(NOON + 10 * DAY)
    assert not OutboxMessage.objects.filter(kind="alerts_escalated").exists()


def test_what_is_acknowledged_before_the_mail_leaves_is_withheld(
    cleared: Scene, client_manager: User, client_approver: User
) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    sweep_at(NOON + 4 * DAY)
    acknowledge(actor=client_manager, alert=alert, side="client")
    assert word(cleared.mails(client_approver, "alerts_escalated")[0]) is None


def test_a_critical_one_goes_to_who_reads_the_portfolio_after_one_day(
    cleared: Scene, client_manager: User, client_approver: User, portfolio_viewer: User
) -> None:
    cleared.stands("critical")
    sweep_at(NOON + DAY)
    assert [len(cleared.mails(user, "alerts_escalated")) for user in (portfolio_viewer, client_approver)] == [1, 0]


def test_where_there_is_nobody_else_it_comes_back_to_the_manager(cleared: Scene, client_manager: User) -> None:
    cleared.stands("critical")
    sweep_at(NOON + DAY)
    assert len(cleared.mails(client_manager, "alerts_escalated")) == 1


def test_the_vendors_silence_is_told_to_the_client(
    cleared: Scene, client_manager: User, client_approver: User, vendor_manager: User
) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    acknowledge(actor=client_manager, alert=alert, side="client")
    sweep_at(NOON + DAY)  # the vendor is told on Friday, and has until Tuesday
    sweep_at(NOON + 5 * DAY)
    (told,) = cleared.mails(client_manager, "alerts_escalated")
    wording = word(told)
    assert wording is not None
    assert "nobody at Northwind Software has acknowledged this in time" in wording.text
    assert not OutboxMessage.objects.filter(kind="alerts_escalated", recipient=vendor_manager).exists()


def test_what_no_longer_stands_is_not_passed_on(cleared: Scene, client_approver: User) -> None:
    cleared.stands("warning")
    cleared.stands("none", NOON + HOUR)
    sweep_at(NOON + 10 * DAY)
    assert not OutboxMessage.objects.filter(kind="alerts_escalated").exists()


# ── Silence ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def muted(cleared: Scene, client_manager: User) -> Callable[[Alert], Mute]:
    def ask(alert: Alert) -> Mute:
        return mute(actor=client_manager, alert=alert, side="client", reason="Known since Monday", until=NOON + 3 * DAY)

    return ask


def test_a_muted_rule_tells_its_side_nothing_and_the_other_all(
    cleared: Scene, muted: Callable[[Alert], Mute], client_manager: User, client_approver: User, vendor_manager: User
) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    muted(alert)
    worse = cleared.stands("critical", NOON + HOUR)
    sweep_at(NOON + DAY + HOUR)
    assert [len(cleared.mails(user)) for user in (client_manager, client_approver, vendor_manager)] == [1, 0, 1]
    assert worse is not None
    assert not ToldSide.objects.filter(alert=worse, side="client").exists()


def test_what_rose_while_muted_is_told_at_the_end(
    cleared: Scene, muted: Callable[[Alert], Mute], client_manager: User, client_approver: User
) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    send_due(NOON)
    silence = muted(alert)
    cleared.stands("critical", NOON + HOUR)
    sweep_at(silence.until)
    assert [len(cleared.mails(user)) for user in (client_manager, client_approver)] == [2, 1]
    assert Mute.objects.get().ended_at == silence.until


def test_a_mute_that_is_over_reminds_of_what_still_stands(
    cleared: Scene, muted: Callable[[Alert], Mute], client_manager: User
) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    silence = muted(alert)
    sweep_at(silence.until)
    (reminder,) = cleared.mails(client_manager, "mute_ended")
    wording = word(reminder)
    assert wording is not None
    assert "Known since Monday" in wording.text
    # Its clock begins anew: two working days from Sunday noon on.
    assert ToldSide.objects.get(side="client").escalates_at == dt.datetime(2026, 9, 22, 17, tzinfo=dt.UTC)


def test_a_mute_that_is_over_says_nothing_of_what_has_cleared(
    cleared: Scene, muted: Callable[[Alert], Mute], client_manager: User
) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    silence = muted(alert)
    cleared.stands("none", NOON + HOUR)
    sweep_at(silence.until)
    assert cleared.mails(client_manager, "mute_ended") == []


def test_hearing_of_it_again_tells_what_rose_meanwhile(
    cleared: Scene, muted: Callable[[Alert], Mute], client_manager: User
) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    silence = muted(alert)
    cleared.stands("critical", NOON + HOUR)
    unmute(actor=client_manager, muted=silence)
    assert ToldSide.objects.filter(side="client").count() == 2
    with pytest.raises(DomainError, match="not muted any more"):
        unmute(actor=client_manager, muted=silence)


def test_a_mute_is_for_three_months_at_most_and_not_for_the_past(cleared: Scene, client_manager: User) -> None:
    alert = cleared.stands("warning")
    assert alert is not None
    for until, code in ((NOON - HOUR, "over"), (NOON + 100 * DAY, "too_long")):
        with pytest.raises(DomainError) as refused:
            mute(actor=client_manager, alert=alert, side="client", reason="No", until=until)
        assert refused.value.code == code


def test_portfolio_viewers_of_another_organisation_are_told_nothing(
    cleared: Scene, other_project: Project, client_manager: User
) -> None:
    stranger = new_user("Sven Stranger")
    OrganisationRole.objects.create(organisation=other_project.client, user=stranger, role="portfolio_viewer")
    cleared.stands("critical")
    sweep_at(NOON + DAY)
    assert not OutboxMessage.objects.filter(recipient=stranger).exists()
