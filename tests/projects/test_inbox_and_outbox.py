"""What a user is told in the product, and the demo's page of mails."""

import datetime as dt
import itertools
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from alerts.models import Alert
from projects.access import standings_of
from projects.actions import add_comment, withdraw_comment
from projects.inbox import messages_of, unread_of
from projects.messages import KINDS, Reader
from projects.models import Membership, OutboxMessage, Project
from projects.outbox import put_in_outbox, send_due, word_all
from tests.access.test_every_route import CAST

SignIn = Callable[[User], Client]
INBOX = reverse("projects:inbox")
NUMBERS = {
    "used_ratio": "0.5",
    "earned_ratio": "0.4",
    "ahead": "0.1",
    "compared_on": "2026-03-02",
    "from": "0.1",
    "clears_at": "0.08",
}
SUBJECT = "Berth booking: Burn ahead of progress (warning)"
episodes = itertools.count(1)


@pytest.fixture
def tell(project: Project) -> Callable[..., OutboxMessage]:
    """Raise an alert on a project and tell a user of it by one channel."""

    def told(user: User, channel: str = "in_app", *, project: Project = project, **more: Any) -> OutboxMessage:
        now = timezone.now()
        audience = more.get("audience", "both")
        alert = Alert.objects.create(
            project=project,
            rule="B2",
            level="warning",
            episode=next(episodes),
            numbers=NUMBERS,
            audience=audience,
            raised_at=now,
            vendor_told_at=now,
        )
        put_in_outbox(
            project=project,
            recipients=[user],
            kind="alerts_raised",
            data={"alerts": [str(alert.uuid)]},
            channels=[channel],
            audience=audience,
            dedupe=str(alert.uuid),
            due_at=more.get("due_at"),
        )
        return OutboxMessage.objects.get(data__alerts=[str(alert.uuid)])

    return told


def subjects(browser: Client) -> list[str]:
    return [line.wording.subject for line in browser.get(INBOX).context["inbox_lines"]]


# ── Inbox ───────────────────────────────────────────────────────────────────────────────────────────


def test_inbox_shows_what_is_due_newest_first(client_manager: User, tell: Any, sign_in: SignIn) -> None:
    now = timezone.now()
    old = tell(client_manager, due_at=now - dt.timedelta(days=2))
    new = tell(client_manager, due_at=now - dt.timedelta(days=1))
    tell(client_manager, due_at=now + dt.timedelta(hours=1))
    answer = sign_in(client_manager).get(INBOX)
    assert [line.message for line in answer.context["inbox_lines"]] == [new, old]
    assert answer.context["unread_count"] == 2
    assert subjects(sign_in(client_manager)) == [SUBJECT, SUBJECT]


def test_inbox_is_of_its_reader_alone(
    client_manager: User, client_approver: User, vendor_manager: User, tell: Any, sign_in: SignIn
) -> None:
    tell(client_approver)
    tell(vendor_manager)
    tell(client_manager, "mail")
    assert subjects(sign_in(client_manager)) == []


def test_inbox_leaves_out_what_the_reader_may_no_longer_see(
    project: Project, vendor_manager: User, tell: Any, sign_in: SignIn
) -> None:
    tell(vendor_manager)
    tell(vendor_manager, audience="client")
    browser = sign_in(vendor_manager)
    assert subjects(browser) == [SUBJECT]
    Membership.objects.filter(user=vendor_manager).update(role="member")
    assert subjects(browser) == []
    Membership.objects.filter(user=vendor_manager).update(role="manager", ended_at=timezone.now())
    assert (subjects(browser), messages_of(vendor_manager).count()) == ([], 0)


def test_what_is_withheld_is_not_counted(
    project: Project, vendor_manager: User, client_manager: User, tell: Any, sign_in: SignIn
) -> None:
    """Neither above the inbox, nor in the bar, nor through the API: a number tells that there is something."""

    def counted(user: User) -> list[int]:
        page = sign_in(user).get(INBOX)
        shown = page.context["inbox_lines"]
        bar = re.search(r'id="inbox-count"[^>]*>(?: <span class="count">(\d+))?', page.content.decode())
        assert bar is not None
        return [len(shown), page.context["page"].paginator.count, page.context["unread_count"], int(bar[1] or 0)]

    tell(vendor_manager)
    tell(vendor_manager, audience="client")
    assert counted(vendor_manager) == [1] * 4
    Membership.objects.filter(user=vendor_manager).update(role="member")
    assert counted(vendor_manager) == [0] * 4
    Membership.objects.filter(user=vendor_manager).update(role="manager")
    comment = add_comment(actor=client_manager, project=project, side="client", text="@Vera Manager, look.")
    assert counted(vendor_manager) == [2] * 4
    withdraw_comment(actor=client_manager, comment=comment)
    assert counted(vendor_manager) == [1] * 4


@pytest.mark.parametrize("part", sorted(CAST.keys() - {"anonymous"}))
def test_the_inbox_lists_what_has_words(
    part: str, project: Project, other_project: Project, request: pytest.FixtureRequest
) -> None:
    """The condition of the database and the words for each reader agree, for every kind, audience and member."""
    user = request.getfixturevalue(part)
    for one in (project, other_project):
        for kind, audience in itertools.product(KINDS, ("both", "client", "vendor")):
            OutboxMessage.objects.create(
                project=one,
                recipient=user,
                channel="in_app",
                audience=audience,
                kind=kind,
                dedupe_key=f"{one.pk} {kind} {audience}",
                due_at=timezone.now(),
            )
    standings, now = standings_of(user), timezone.now()
    reader = Reader(user, now, now.date())
    told = {
        message.pk
        for message in OutboxMessage.objects.all()
        if (standing := standings.get(message.project_id)) is not None
        and message.audience in standing.audiences
        and (wanted := KINDS[message.kind].capability)
        and standing.can(wanted)
        # Of nothing that stands: no comment was written and no alert raised.
        and not KINDS[message.kind].stands(reader)
    }
    assert set(messages_of(user).values_list("pk", flat=True)) == told


@pytest.mark.parametrize("part", sorted(CAST.keys() - {"anonymous"}))
def test_messages_of_alerts_are_those_that_have_words(
    part: str, project: Project, other_project: Project, request: pytest.FixtureRequest
) -> None:
    """One message for each kind of alert there is, alone and together: what the inbox counts is what it shows."""
    user, now = request.getfixturevalue(part), timezone.now()
    for one in (project, other_project):
        kinds = itertools.product((True, False), (None, now, now + dt.timedelta(hours=1)), ("both", "client", "vendor"))
        alerts = [
            Alert.objects.create(
                project=one,
                rule="B2",
                level="warning",
                episode=next(episodes),
                numbers=NUMBERS,
                audience=audience,
                shows_money=shows_money,
                raised_at=now,
                vendor_told_at=told_at,
            )
            for shows_money, told_at, audience in kinds
        ]
        named = [[str(alert.uuid)] for alert in alerts]
        for number, uuids in enumerate([*named, [], [one for (one,) in named], [str(uuid.uuid4())]]):
            OutboxMessage.objects.create(
                project=one,
                recipient=user,
                channel="in_app",
                audience="both",
                kind=("alerts_raised", "alerts_escalated", "mute_ended")[number % 3],
                data={"alerts": uuids, "side": "client", "by": "Somebody", "reason": "none"},
                dedupe_key=f"{one.pk} {number}",
                due_at=now,
            )
    everything = list(OutboxMessage.objects.all())
    worded = [message.pk for message, said in zip(everything, word_all(user, everything), strict=True) if said]
    assert sorted(messages_of(user).values_list("pk", flat=True)) == sorted(worded)


def test_an_alert_in_money_is_not_counted_without_money(
    project: Project, client_viewer: User, tell: Any, sign_in: SignIn
) -> None:
    """By page, bar, program or the poll of open pages: that there is something would already say it."""
    Alert.objects.filter(uuid=tell(client_viewer).data["alerts"][0]).update(shows_money=True)
    browser = sign_in(client_viewer)

    def counted() -> tuple[int, ...]:
        page = browser.get(INBOX)
        bar = re.search(r'id="inbox-count"[^>]*>(?: <span class="count">(\d+))?', page.content.decode())
        assert bar is not None
        polled = browser.get(reverse("projects:live"), {"p": "", "topics": "inbox"}).json()["inbox"]
        return page.context["page"].paginator.count, page.context["unread_count"], int(bar[1] or 0), polled

    assert counted() == (1, 1, 1, 1)
    # A team lead is told of alerts and not of amounts.
    Membership.objects.filter(user=client_viewer).update(role="team_lead")
    assert counted() == (0, 0, 0, 0)


def test_message_read_marks_it_and_leads_on(project: Project, client_manager: User, tell: Any, sign_in: SignIn) -> None:
    message, other = tell(client_manager), tell(client_manager)
    answer = sign_in(client_manager).get(reverse("projects:message_read", args=[message.uuid]))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, project.get_absolute_url())
    assert list(unread_of(client_manager)) == [other]
    first = OutboxMessage.objects.get(pk=message.pk).read_at
    sign_in(client_manager).get(reverse("projects:message_read", args=[message.uuid]))
    assert OutboxMessage.objects.get(pk=message.pk).read_at == first


def test_message_of_somebody_else_is_nothing(
    client_manager: User, client_approver: User, tell: Any, sign_in: SignIn
) -> None:
    message = tell(client_approver)
    assert sign_in(client_manager).get(reverse("projects:message_read", args=[message.uuid])).status_code == 404
    assert OutboxMessage.objects.get().read_at is None


def test_message_that_is_not_due_is_nothing(client_manager: User, tell: Any, sign_in: SignIn) -> None:
    message = tell(client_manager, due_at=timezone.now() + dt.timedelta(hours=1))
    assert sign_in(client_manager).get(reverse("projects:message_read", args=[message.uuid])).status_code == 404


def test_inbox_read_marks_all_that_is_due_and_mine(
    client_manager: User, client_approver: User, tell: Any, sign_in: SignIn
) -> None:
    tell(client_manager)
    tell(client_manager)
    later = tell(client_manager, due_at=timezone.now() + dt.timedelta(hours=1))
    foreign = tell(client_approver)
    browser = sign_in(client_manager)
    assert browser.get(reverse("projects:inbox_read")).status_code == 405
    assert browser.post(reverse("projects:inbox_read")).status_code == 302
    assert set(OutboxMessage.objects.filter(read_at__isnull=True)) == {later, foreign}


def test_inbox_asks_the_same_for_3_and_20_messages(client_manager: User, tell: Any, sign_in: SignIn) -> None:
    browser = sign_in(client_manager)
    counts = []
    for number in range(20):
        tell(client_manager)
        if number in (2, 19):
            with CaptureQueriesContext(connection) as queries:
                assert len(subjects(browser)) == number + 1
            counts.append(len(queries))
    assert counts[0] == counts[1]


# ── Outbox ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO = True


def outbox_pages(mail: OutboxMessage) -> list[str]:
    names = ("projects:outbox_message", "projects:outbox_message_html")
    return [reverse("projects:outbox"), *(reverse(name, args=[mail.uuid]) for name in names)]


def test_outbox_does_not_exist_outside_the_demo(
    client_manager: User, tell: Any, sign_in: SignIn, settings: Any
) -> None:
    mail = tell(client_manager, "mail")
    browser = sign_in(client_manager)
    found = {}
    for settings.DEMO in (False, True):
        found[settings.DEMO] = [browser.get(url).status_code for url in outbox_pages(mail)]
    assert found == {False: [404, 404, 404], True: [200, 200, 200]}


@pytest.mark.usefixtures("demo")
def test_outbox_shows_mails_that_the_reader_may_see(
    other_project: Project,
    client_manager: User,
    client_member: User,
    vendor_manager: User,
    other_client: User,
    tell: Any,
    sign_in: SignIn,
) -> None:
    both = tell(vendor_manager, "mail")
    client_only = tell(client_manager, "mail", audience="client")
    vendor_only = tell(vendor_manager, "mail", audience="vendor")
    foreign = tell(other_client, "mail", project=other_project)
    tell(client_manager, "in_app")

    def seen(user: User) -> set[OutboxMessage]:
        return set(sign_in(user).get(reverse("projects:outbox")).context["page"])

    assert seen(client_manager) == {both, client_only}
    assert seen(vendor_manager) == {both, vendor_only}
    assert seen(other_client) == {foreign}
    # Whoever may not read alerts reads no mail about them either.
    assert seen(client_member) == set()
    assert [sign_in(client_manager).get(url).status_code for url in outbox_pages(vendor_only)] == [200, 404, 404]


@pytest.mark.usefixtures("demo")
def test_outbox_message_shows_a_sent_mail_and_a_waiting_one(client_manager: User, tell: Any, sign_in: SignIn) -> None:
    sent = tell(client_manager, "mail")
    assert send_due() == 1
    waiting = tell(client_manager, "mail", due_at=timezone.now() + dt.timedelta(days=1))
    browser = sign_in(client_manager)
    for mail, kept in ((sent, SUBJECT), (waiting, "")):
        assert OutboxMessage.objects.get(pk=mail.pk).subject == kept
        context = browser.get(outbox_pages(mail)[1]).context
        assert (context["subject"], context["text"].splitlines()[0]) == (SUBJECT, "Hello Clara Manager,")
        assert "<p" in browser.get(outbox_pages(mail)[2]).content.decode()


@pytest.mark.usefixtures("demo")
def test_mail_in_its_frame_can_neither_run_nor_send_anything(client_manager: User, tell: Any, sign_in: SignIn) -> None:
    mail = tell(client_manager, "mail")
    answer = sign_in(client_manager).get(outbox_pages(mail)[2])
    policy = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert policy == {
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "frame-ancestors 'self'",
        "sandbox allow-popups",
    }
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in sign_in(client_manager).get(outbox_pages(mail)[1])["Content-Security-Policy"]


@pytest.mark.usefixtures("demo")
def test_outbox_tells_why_a_mail_was_given_up(client_manager: User, tell: Any, sign_in: SignIn) -> None:
    mail = tell(client_manager, "mail")
    OutboxMessage.objects.filter(pk=mail.pk).update(state="dead", last_error="SMTPException: mailbox unknown")
    page = sign_in(client_manager).get(reverse("projects:outbox")).content.decode()
    assert "SMTPException: mailbox unknown" in page


@pytest.mark.usefixtures("demo")
def test_outbox_asks_the_same_for_3_and_30_mails(client_manager: User, tell: Any, sign_in: SignIn) -> None:
    browser = sign_in(client_manager)
    counts = []
    for number in range(30):
        tell(client_manager, "mail")
        if number in (2, 29):
            with CaptureQueriesContext(connection) as queries:
                assert len(browser.get(reverse("projects:outbox")).context["page"]) == number + 1
            counts.append(len(queries))
    assert counts[0] == counts[1]
