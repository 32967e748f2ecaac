"""An open page learns that something moved, and only of what its reader may see."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OrganisationRole, User
from alerts.actions import evaluate
from alerts.models import Mark
from projects.access import standings_of
from projects.activity import record
from projects.models import Membership, OutboxMessage, Project, TopicVersion
from projects.outbox import put_in_outbox
from projects.topics import TOPICS, touch, versions_for
from requirements_app.actions import add_work_item
from tests.access.test_every_route import CAST

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]


def comments(user: Any, project: Project) -> int:
    return versions_for(user, project.slug, ["comments"])["comments"]


@pytest.mark.parametrize(
    ("reader", "counted"),
    [
        ("client_manager", 1 + 10),
        ("client_viewer", 1 + 10),
        ("portfolio_viewer", 1 + 10),
        ("two_sided_person", 1 + 10),
        ("client_finance", 0),
        ("vendor_manager", 1 + 100),
        ("vendor_viewer", 1 + 100),
        ("organisation_admin", 0),
        ("revoked_member", 0),
        ("other_client", 0),
        ("other_vendor", 0),
        ("anonymous", 0),
    ],
)
def test_each_learns_what_moved_for_them(
    reader: str, counted: int, project: Project, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(reader)
    for audience, times in (("both", 1), ("client", 10), ("vendor", 100)):
        for _time in range(times):
            touch(project, "comments", audience)
    assert comments(user, project) == counted


@pytest.mark.parametrize("reader", sorted(CAST.keys() - {"anonymous"}))
def test_what_is_asked_often_says_what_the_standing_says(
    reader: str, project: Project, other_project: Project, request: pytest.FixtureRequest
) -> None:
    """The statement of the poll reads access by itself; it may never say anything else than ``projects.access``."""
    user = request.getfixturevalue(reader)
    standings = standings_of(user)
    TopicVersion.objects.all().delete()
    for place, one in enumerate((project, other_project)):
        for audience, times in (("both", 1), ("client", 10), ("vendor", 100)):
            for topic in TOPICS:
                for _time in range(times + place):
                    touch(one, topic, audience)
    for place, one in enumerate((project, other_project)):
        standing = standings.get(one.pk)
        seen = {"both": 1 + place, "client": 10 + place, "vendor": 100 + place}
        expected = {
            topic: sum(seen[audience] for audience in standing.audiences) if standing and standing.can(needed) else 0
            for topic, needed in TOPICS.items()
        }
        assert versions_for(user, one.slug, TOPICS) == expected


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "is_part"),
    [(None, None, True), (0, 0, True), (1, None, False), (None, -1, False), (-3, 3, True)],
)
def test_a_stand_in_learns_what_moves_within_their_dates(
    starts_in: int | None, ends_in: int | None, is_part: bool, project: Project, vendor_manager: User
) -> None:
    today = timezone.now().date()
    first, last = (None if days is None else today + dt.timedelta(days=days) for days in (starts_in, ends_in))
    Membership.objects.filter(user=vendor_manager).update(starts_on=first, ends_on=last)
    touch(project, "comments")
    assert comments(vendor_manager, project) == int(is_part)
    assert (project.pk in standings_of(vendor_manager)) is is_part


def test_ones_own_membership_counts_before_the_organisations_role(project: Project, client_finance: User) -> None:
    OrganisationRole.objects.create(organisation=project.client, user=client_finance, role="portfolio_viewer")
    touch(project, "comments")
    assert comments(client_finance, project) == 0


def test_whoever_left_learns_nothing_any_more(project: Project, vendor_manager: User) -> None:
    touch(project, "comments")
    assert comments(vendor_manager, project) == 1
    Membership.objects.filter(user=vendor_manager).update(ended_at=timezone.now())
    assert comments(vendor_manager, project) == 0


def test_what_was_rolled_back_has_not_moved(project: Project, client_manager: User) -> None:
    with transaction.atomic():
        touch(project, "comments")
        transaction.set_rollback(True)
    assert comments(client_manager, project) == 0


def test_a_topic_that_nobody_registered_is_refused(project: Project) -> None:
    with pytest.raises(KeyError):
        touch(project, "weather")


def test_actions_move_their_topics(project: Project, client_manager: User, vendor_manager: User) -> None:
    names = ["activity", "work_items", "time", "status"]
    before = versions_for(client_manager, project.slug, names)
    add_work_item(actor=client_manager, project=project, title="Tide table")
    after = versions_for(client_manager, project.slug, names)
    assert [after[name] - before[name] for name in names] == [1, 1, 0, 0]
    Mark.objects.create(project=project, cause="test")
    evaluate(project.pk)
    assert versions_for(client_manager, project.slug, ["status"])["status"] == before["status"] + 1
    theirs = versions_for(vendor_manager, project.slug, ["activity"])
    record(project, "project_opened", actor=client_manager, audience="client")
    assert versions_for(vendor_manager, project.slug, ["activity"]) == theirs


# ── The address that pages ask ──────────────────────────────────────────────────────────────────────


def ask(client: Client, slug: str, topics: str, **headers: str) -> Any:
    return client.get(reverse("projects:live"), {"p": slug, "topics": topics}, headers=headers)


def test_nothing_new_is_a_304(project: Project, client_manager: User, sign_in: SignIn) -> None:
    client = sign_in(client_manager)
    touch(project, "comments")
    first = ask(client, project.slug, "comments,weather")
    assert (first.status_code, first.json()) == (200, {"comments": 1})
    same = ask(client, project.slug, "comments,weather", if_none_match=first["ETag"])
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    touch(project, "comments")
    moved = ask(client, project.slug, "comments,weather", if_none_match=first["ETag"])
    assert (moved.status_code, moved.json()) == (200, {"comments": 2})


def test_a_stranger_and_no_such_project_get_the_same(project: Project, other_client: User, sign_in: SignIn) -> None:
    touch(project, "comments")
    client = sign_in(other_client)
    answers = [ask(client, slug, "comments,status") for slug in (project.slug, "nothing-0a0a0a", "")]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"comments": 0, "status": 0})] * 3


def test_the_inbox_counts_what_is_unread(project: Project, client_manager: User, sign_in: SignIn) -> None:
    client = sign_in(client_manager)
    assert ask(client, "", "inbox").json() == {"inbox": 0}
    for audience in ("client", "vendor"):
        put_in_outbox(
            project=project,
            recipients=[client_manager],
            kind="figures_drifted",
            data={"count": 1},
            channels=[OutboxMessage.Channel.IN_APP],
            audience=audience,
            dedupe=f"topics {audience}",
        )
    assert ask(client, "", "inbox").json() == {"inbox": 1}
    # Who has no part in the project any more is not told that something waits in it.
    Membership.objects.filter(user=client_manager).update(ended_at=timezone.now())
    assert ask(client, "", "inbox").json() == {"inbox": 0}


def test_asking_costs_two_queries_beside_the_session(
    project: Project, client_manager: User, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = sign_in(client_manager)
    touch(project, "comments")
    with django_assert_num_queries(4):  # session, user, versions, inbox
        ask(client, project.slug, "activity,comments,inbox,status,time,work_items")


def test_whoever_is_not_signed_in_is_told_so_in_the_words_of_a_script(client: Client, project: Project) -> None:
    answer = ask(client, project.slug, "comments")
    assert (answer.status_code, answer.content) == (401, b"")
