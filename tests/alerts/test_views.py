"""The alerts page: what stands, what was raised, and who may say that it has been seen."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from alerts.models import Alert, Level, RuleState, ToldSide
from alerts.queries import standing_alerts
from projects.access import Standing, standing_in
from projects.actions import set_status
from projects.models import Project
from projects.outbox import put_in_outbox

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]
AHEAD = {
    "used_ratio": "0.76",
    "earned_ratio": "0.52",
    "ahead": "0.24",
    "compared_on": "2026-09-17",
    "from": "0.20",
    "clears_at": "0.18",
}
USED = {
    "subject": "cap_amount",
    "used": "39000.00",
    "limit": "40000.00",
    "ratio": "0.975",
    "currency": "EUR",
    "hours_through": "2026-09-17",
    "from": "0.90",
    "clears_at": "0.88",
}
NOW = timezone.now()
HOUR = dt.timedelta(hours=1)


def stands(project: Project, level: str, **fields: Any) -> RuleState:
    """Rule B2 at a level; by default in its first episode."""
    return RuleState.objects.create(
        **{"project": project, "rule": "B2", "level": level, "since": NOW, "episode": 1, "numbers": AHEAD, **fields}
    )


def raised(project: Project, level: str, **fields: Any) -> Alert:
    """An alert of rule B2 that the vendor has not been told of."""
    return Alert.objects.create(
        **{
            "project": project,
            "rule": "B2",
            "level": level,
            "episode": 1,
            "numbers": AHEAD,
            "raised_at": NOW - HOUR,
            **fields,
        }
    )


def acknowledged(alert: Alert, user: User, side: str = "client") -> None:
    ToldSide.objects.create(
        project=alert.project, alert=alert, side=side, told_at=NOW, acknowledged_at=NOW, acknowledged_by=user
    )


def levels(standing: Standing) -> list[str]:
    """The levels at which rules stand, as this reader sees them."""
    return [one.level for one in standing_alerts({standing.project.pk: standing}, NOW)[standing.project.pk]]


def seen(user: User, project: Project) -> list[str]:
    return levels(standing_in(user, project.slug))


# ── Who sees which state ────────────────────────────────────────────────────────────────────────────
def test_state_is_seen_by_the_client_at_once_and_by_the_vendor_once_told(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    stands(project, Level.CRITICAL)
    alert = raised(project, Level.CRITICAL, vendor_told_at=NOW + HOUR)
    assert (seen(client_manager, project), seen(vendor_manager, project)) == (["critical"], [])
    Alert.objects.filter(pk=alert.pk).update(vendor_told_at=NOW)
    assert seen(vendor_manager, project) == ["critical"]


def test_vendor_keeps_the_level_it_was_told_while_the_next_waits(project: Project, vendor_manager: User) -> None:
    """With the numbers of that time: those of now would tell what has not been told."""
    stands(project, Level.CRITICAL)
    raised(project, Level.WARNING, numbers={**AHEAD, "ahead": "0.12"}, vendor_told_at=NOW)
    raised(project, Level.CRITICAL, raised_at=NOW, vendor_told_at=NOW + HOUR)
    standing = standing_in(vendor_manager, project.slug)
    assert levels(standing) == ["warning"]
    assert "12 points ahead" in standing_alerts({project.pk: standing}, NOW)[project.pk][0].compared


def test_vendor_is_not_told_of_a_new_episode_by_an_old_alert(project: Project, vendor_manager: User) -> None:
    stands(project, Level.WARNING, episode=3)
    raised(project, Level.CRITICAL, raised_at=NOW - 10 * HOUR, vendor_told_at=NOW - 9 * HOUR)
    raised(project, Level.WARNING, episode=3, vendor_told_at=NOW + HOUR)
    assert seen(vendor_manager, project) == []


def test_vendor_sees_a_state_that_fell_from_what_it_was_told(project: Project, vendor_manager: User) -> None:
    stands(project, Level.WARNING, episode=2)
    raised(project, Level.CRITICAL, vendor_told_at=NOW)
    assert seen(vendor_manager, project) == ["warning"]


def test_state_of_one_side_stays_with_that_side(project: Project, client_manager: User, vendor_manager: User) -> None:
    stands(project, Level.CRITICAL)
    raised(project, Level.CRITICAL, audience="client", vendor_told_at=NOW)
    assert (seen(client_manager, project), seen(vendor_manager, project)) == (["critical"], [])


def test_state_in_money_is_seen_by_those_who_see_money(
    project: Project, client_manager: User, client_team_lead: User
) -> None:
    money: dict[str, Any] = {"rule": "B1", "subject": "cap_amount", "numbers": USED, "shows_money": True}
    stands(project, Level.WARNING, **money)
    raised(project, Level.WARNING, **money)
    assert (seen(client_manager, project), seen(client_team_lead, project)) == (["warning"], [])


def test_worst_state_comes_first_and_a_fallen_one_not_at_all(project: Project, client_manager: User) -> None:
    for rule, level in (("B2", Level.NOTICE), ("B7", Level.NONE)):
        stands(project, level, rule=rule)
        raised(project, Level.NOTICE, rule=rule)
    stands(project, Level.CRITICAL, rule="B1", subject="cap_amount", numbers=USED)
    raised(project, Level.CRITICAL, rule="B1", subject="cap_amount", numbers=USED)
    assert seen(client_manager, project) == ["critical", "notice"]


# ── The page ────────────────────────────────────────────────────────────────────────────────────────
def page(client: Client, project: Project, **query: str) -> str:
    response = client.get(reverse("alerts:alert_list", args=[project.slug]), query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode().replace("\u00a0", " "))


def test_page_says_what_was_compared_what_clears_it_and_what_helps(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    stands(project, Level.CRITICAL)
    raised(project, Level.CRITICAL)
    html = page(sign_in(client_manager), project)
    for words in (
        "76 % of the budget is used, 52 % is earned: burn is 24 points ahead of progress.",
        "Begins at 20 points. Clears below 18 points.",
        "What helps:",
    ):
        assert words in html


def test_page_gives_the_vendor_no_advice_meant_for_the_client(
    project: Project, vendor_manager: User, sign_in: SignIn
) -> None:
    stands(project, Level.CRITICAL)
    raised(project, Level.CRITICAL, vendor_told_at=NOW)
    html = page(sign_in(vendor_manager), project)
    assert "burn is 24 points ahead of progress" in html
    assert "Ask the vendor" not in html


def test_page_without_alerts_says_what_will_stand_there(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    html = page(sign_in(client_manager), project)
    assert "No rule speaks: nothing that is watched is out of bounds." in html
    assert "No alerts here" in html


def test_history_is_filtered_by_level_and_by_what_waits(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    raised(project, Level.WARNING)
    acknowledged(raised(project, Level.CRITICAL, subject="other"), client_manager)
    client = sign_in(client_manager)

    def count(**query: str) -> int:
        return page(client, project, **query).count('<td class="wrap">Burn ahead of progress')

    assert [count(), count(level="critical"), count(waiting="true"), count(waiting="false")] == [2, 1, 1, 1]


def test_vendor_history_holds_what_it_was_told(project: Project, vendor_manager: User, sign_in: SignIn) -> None:
    raised(project, Level.WARNING, vendor_told_at=NOW)
    raised(project, Level.CRITICAL)
    assert page(sign_in(vendor_manager), project).count('<td class="wrap">Burn ahead of progress') == 1


@pytest.mark.parametrize(
    ("who", "reads", "acknowledges"),
    [
        ("client_manager", 200, 302),
        ("client_approver", 200, 302),
        ("client_team_lead", 200, 403),
        ("client_viewer", 200, 403),
        ("client_member", 403, 403),
        ("client_finance", 403, 403),
        ("vendor_manager", 200, 302),
        ("vendor_viewer", 403, 403),
        ("portfolio_viewer", 200, 403),
        ("revoked_member", 404, 404),
        ("other_client", 404, 404),
        ("other_vendor", 404, 404),
    ],
)
def test_alerts_are_read_and_acknowledged_by_role(
    project: Project,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
    who: str,
    reads: int,
    acknowledges: int,
) -> None:
    alert = raised(project, Level.CRITICAL, vendor_told_at=NOW)
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("alerts:alert_list", args=[project.slug])).status_code == reads
    assert client.post(reverse("alerts:alert_acknowledge", args=[project.slug, alert.uuid])).status_code == acknowledges
    assert ToldSide.objects.filter(alert=alert, acknowledged_by__isnull=False).exists() is (acknowledges == 302)


def test_alert_has_one_name_wherever_it_is_spoken_of(project: Project, client_manager: User, sign_in: SignIn) -> None:
    """Raised for one comparison of a family, and another has the word by now."""
    stands(project, Level.CRITICAL)
    alert = raised(project, Level.CRITICAL, numbers={"speaks": "B3", "index": "0.78", "earned_minutes": 6000})
    browser, old = sign_in(client_manager), "Work takes more hours than estimated"
    listed = page(browser, project)
    assert (listed.count('<td class="wrap">Burn ahead of progress'), old in listed) == (1, False)
    asked = browser.get(reverse("alerts:alert_mute", args=[project.slug, alert.uuid])).content.decode()
    assert "Mute: Burn ahead of progress" in asked
    put_in_outbox(
        project=project,
        recipients=User.objects.filter(pk=client_manager.pk),
        kind="alerts_raised",
        data={"alerts": [str(alert.uuid)]},
        channels=["in_app"],
        audience="client",
        dedupe="one",
    )
    inbox = browser.get(reverse("projects:inbox")).content.decode()
    assert ("Burn ahead of progress (critical)" in inbox, old in inbox) == (True, False)
    RuleState.objects.filter(project=project).update(level=Level.NONE)
    assert f'<td class="wrap">{old}' in page(browser, project)


def test_only_what_still_stands_is_acknowledged_in_the_history(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    stands(project, Level.CRITICAL)
    over, now = raised(project, Level.WARNING, subject="over"), raised(project, Level.CRITICAL)
    history = page(sign_in(client_manager), project).partition('id="rows"')[2]
    assert history.count("not acknowledged") == 1
    assert reverse("alerts:alert_acknowledge", args=[project.slug, now.uuid]) in history
    assert reverse("alerts:alert_acknowledge", args=[project.slug, over.uuid]) not in history


def test_acknowledging_notes_who_and_when_and_goes_back(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    alert = raised(project, Level.CRITICAL)
    url = reverse("alerts:alert_acknowledge", args=[project.slug, alert.uuid])
    client = sign_in(client_manager)
    assert client.get(url).status_code == 405
    assert client.post(url, {"next": "/portfolio/?light=act"}).headers["Location"] == "/portfolio/?light=act"
    assert ToldSide.objects.get(alert=alert, side="client").acknowledged_by == client_manager
    again = client.post(url, {"next": "https://elsewhere.example/"})
    assert again.headers["Location"] == reverse("alerts:alert_list", args=[project.slug])
    assert [str(one) for one in get_messages(again.wsgi_request)][-1] == (
        "Somebody on your side has already acknowledged this alert."
    )


def test_a_page_asks_before_the_vendor_is_told(project: Project, client_manager: User, sign_in: SignIn) -> None:
    """What was told cannot be taken back."""
    stands(project, Level.WARNING)
    alert = raised(project, Level.WARNING, vendor_told_at=timezone.now() + HOUR)
    browser, url = sign_in(client_manager), reverse("alerts:alert_tell_vendor", args=[project.slug, alert.uuid])
    listed = browser.get(reverse("alerts:alert_list", args=[project.slug])).content.decode()
    assert f'href="{url}"' in listed
    asked = browser.get(url).content.decode()
    assert "That cannot be taken back." in asked
    alert.refresh_from_db()
    assert alert.vendor_told_at > timezone.now()
    assert browser.post(url).status_code == 302
    alert.refresh_from_db()
    assert alert.vendor_told_at <= timezone.now()


def test_vendor_cannot_acknowledge_what_it_was_not_told(
    project: Project, vendor_manager: User, sign_in: SignIn
) -> None:
    alert = raised(project, Level.CRITICAL, vendor_told_at=NOW + HOUR)
    url = reverse("alerts:alert_acknowledge", args=[project.slug, alert.uuid])
    assert sign_in(vendor_manager).post(url).status_code == 404


def test_alert_of_another_project_is_not_there(
    project: Project, other_project: Project, client_manager: User, sign_in: SignIn
) -> None:
    alert = raised(other_project, Level.CRITICAL)
    url = reverse("alerts:alert_acknowledge", args=[project.slug, alert.uuid])
    assert sign_in(client_manager).post(url).status_code == 404


def test_closed_project_is_read_and_no_longer_acknowledged(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    stands(project, Level.CRITICAL)
    alert = raised(project, Level.CRITICAL)
    set_status(actor=client_manager, project=project, status=Project.Status.CLOSED)
    client = sign_in(client_manager)
    assert "/acknowledge/" not in page(client, project)
    url = reverse("alerts:alert_acknowledge", args=[project.slug, alert.uuid])
    assert client.post(url).status_code == 409


def test_page_costs_the_same_for_three_and_thirty_alerts(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)
    counts = []
    for numbers in (range(3), range(3, 30)):
        for number in numbers:
            stands(project, Level.WARNING, subject=f"subject {number}")
            acknowledged(raised(project, Level.WARNING, subject=f"subject {number}"), client_manager)
        with CaptureQueriesContext(connection) as captured:
            page(client, project)
        counts.append(len(captured))
    assert counts == [11, 11]
