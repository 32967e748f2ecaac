"""Leaving with a successor, and standing in for somebody for some days."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OrganisationRole, User
from alerts.models import Alert, RuleState
from core.errors import DomainError
from projects.access import projects_visible_to
from projects.actions import add_member, add_stand_in, end_membership, invite_member
from projects.holdings import held_by
from projects.models import Activity, Invitation, Membership, OutboxMessage, Project
from tests.cast import new_project, new_user

SignIn = Callable[[User], Client]


def membership(user: User) -> Membership:
    return Membership.objects.select_related("project", "user").get(user=user)


def today() -> dt.date:
    return timezone.now().date()


def in_days(count: int) -> dt.date:
    return today() + dt.timedelta(days=count)


@pytest.fixture
def colleague(project: Project, client_manager: User) -> User:
    """Of the client's organisation, on another project of the same manager; not on ``project``."""
    assert project.vendor is not None
    neighbour = new_project(name="Cranes", manager=client_manager, client=project.client, vendor=project.vendor)
    user = new_user("Nils New")
    add_member(actor=client_manager, project=neighbour, user=user, side="client", role="member")
    return user


def own_membership(project: Project, user: User) -> Membership:
    return Membership.objects.select_related("project", "user").get(project=project, user=user)


# ── Handing over ────────────────────────────────────────────────────────────────────────────────────
def test_what_a_member_holds_is_shown_and_goes_to_the_successor(
    project: Project, client_manager: User, client_approver: User, sign_in: SignIn
) -> None:
    invite_member(actor=client_approver, project=project, email="x@example.com", side="client", role="viewer")
    leaving = membership(client_approver)
    stand_in = add_stand_in(
        actor=client_manager, member=leaving, user=new_user("Nils New"), starts_on=today(), ends_on=in_days(7)
    )
    assert held_by(leaving) == ["1 open invitation", "1 stand-in"]
    page = reverse("projects:member_end", args=[project.slug, leaving.uuid])
    browser = sign_in(client_manager)
    assert browser.get(page).context["held"] == ["1 open invitation", "1 stand-in"]
    successor = membership(client_manager)
    assert browser.post(page, {"successor": successor.pk}).status_code == 302
    stand_in.refresh_from_db()
    assert (Invitation.objects.get().invited_by, stand_in.stands_in_for) == (client_manager, successor)
    assert membership(client_approver).ended_at is not None
    entry = Activity.objects.get(verb="member_handed_over")
    assert entry.data == {"name": "Cato Approver", "successor": "Clara Manager"}


def test_open_alerts_come_to_the_successors_inbox(
    project: Project, client_manager: User, client_approver: User
) -> None:
    alert = Alert.objects.create(project=project, rule="B2", level="warning", episode=1, raised_at=timezone.now())
    RuleState.objects.create(project=project, rule="B2", level="warning", episode=1, since=timezone.now())
    assert held_by(membership(client_approver)) == ["1 alert to acknowledge, as others of this side may too"]
    end_membership(actor=client_manager, membership=membership(client_approver), successor=membership(client_manager))
    told = OutboxMessage.objects.filter(kind="alerts_raised").values_list("recipient", "channel", "data")
    assert list(told) == [(client_manager.pk, "in_app", {"alerts": [str(alert.uuid)]})]


def test_last_manager_leaves_by_handing_over_the_role(
    project: Project, client_manager: User, client_member: User
) -> None:
    leaving, successor = membership(client_manager), membership(client_member)
    with pytest.raises(DomainError) as caught:
        end_membership(actor=client_manager, membership=leaving, successor=successor)
    assert caught.value.code == "last_manager"
    end_membership(actor=client_manager, membership=leaving, successor=successor, with_role=True)
    assert [(one.user, one.role) for one in Membership.objects.filter(ended_at__isnull=True)] == [
        (client_member, "manager")
    ]


def test_successor_stands_on_the_same_side(
    project: Project, client_manager: User, client_approver: User, vendor_member: User, sign_in: SignIn
) -> None:
    leaving = membership(client_approver)
    with pytest.raises(DomainError) as caught:
        end_membership(actor=client_manager, membership=leaving, successor=membership(vendor_member))
    assert caught.value.code == "not_a_successor"
    page: Any = sign_in(client_manager).get(reverse("projects:member_end", args=[project.slug, leaving.uuid]))
    assert list(page.context["form"].fields["successor"].queryset) == [membership(client_manager)]


# ── Standing in ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("first", "last", "sees"), [(-2, 0, True), (0, 5, True), (1, 5, False)])
def test_stand_in_has_the_role_on_those_days(
    first: int, last: int, sees: bool, project: Project, client_manager: User, colleague: User
) -> None:
    member = own_membership(project, client_manager)
    stand_in = add_stand_in(
        actor=client_manager, member=member, user=colleague, starts_on=in_days(first), ends_on=in_days(last)
    )
    assert (stand_in.role, projects_visible_to(colleague).filter(pk=project.pk).exists()) == ("manager", sees)


def test_stand_in_is_no_manager_that_a_project_could_keep(
    project: Project, client_manager: User, colleague: User
) -> None:
    member = own_membership(project, client_manager)
    add_stand_in(actor=client_manager, member=member, user=colleague, starts_on=today(), ends_on=in_days(7))
    with pytest.raises(DomainError) as caught:
        end_membership(actor=client_manager, membership=member)
    assert (caught.value.code, own_membership(project, client_manager).ended_at) == ("last_manager", None)


def test_stand_in_leaves_with_whoever_leaves_without_a_successor(
    project: Project, client_manager: User, client_approver: User, colleague: User
) -> None:
    member = membership(client_approver)
    add_stand_in(actor=client_manager, member=member, user=colleague, starts_on=today(), ends_on=in_days(7))
    end_membership(actor=client_manager, membership=member)
    assert projects_visible_to(colleague).filter(pk=project.pk).exists() is False


def test_former_stand_in_can_be_invited_again(project: Project, client_manager: User, colleague: User) -> None:
    member = own_membership(project, client_manager)
    add_stand_in(actor=client_manager, member=member, user=colleague, starts_on=today(), ends_on=in_days(1))
    Membership.objects.filter(user=colleague, project=project).update(starts_on=in_days(-9), ends_on=in_days(-1))
    invite_member(actor=client_manager, project=project, email=colleague.email, side="client", role="viewer")
    assert Invitation.objects.count() == 1
    add_member(actor=client_manager, project=project, user=colleague, side="client", role="viewer")
    after = own_membership(project, colleague)
    assert (after.role, after.ends_on, after.stands_in_for) == ("viewer", None, None)


@pytest.mark.parametrize(("first", "last", "code"), [(5, 1, "dates_reversed"), (-5, -1, "day_over")])
def test_stand_in_needs_days_to_come(
    first: int, last: int, code: str, project: Project, client_manager: User, colleague: User
) -> None:
    with pytest.raises(DomainError) as caught:
        add_stand_in(
            actor=client_manager,
            member=own_membership(project, client_manager),
            user=colleague,
            starts_on=in_days(first),
            ends_on=in_days(last),
        )
    assert caught.value.code == code


def test_page_offers_colleagues_whom_the_reader_knows_and_nobody_else(
    project: Project,
    client_manager: User,
    client_member: User,
    vendor_member: User,
    other_client: User,
    colleague: User,
    sign_in: SignIn,
) -> None:
    OrganisationRole.objects.create(organisation=project.client, user=new_user("Ada Admin"), role="admin")
    page = reverse("projects:stand_in_add", args=[project.slug, membership(client_member).uuid])
    browser = sign_in(client_manager)
    assert list(browser.get(page).context["form"].fields["user"].queryset) == [colleague]
    days = {"starts_on": today().isoformat(), "ends_on": in_days(3).isoformat()}
    assert [browser.post(page, {"user": user.pk, **days}).status_code for user in (other_client, colleague)] == [
        422,
        302,
    ]
    shown = browser.get(reverse("projects:person_list", args=[project.slug])).content.decode()
    assert "for Cyril Member" in shown


def test_other_sides_members_have_no_stand_in_of_ours(
    project: Project, client_manager: User, vendor_member: User, sign_in: SignIn
) -> None:
    page = reverse("projects:stand_in_add", args=[project.slug, membership(vendor_member).uuid])
    assert sign_in(client_manager).get(page).status_code == 403
