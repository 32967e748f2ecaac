"""What pages say when alerts are late, and the page that says what is going on."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from alerts.models import Drift, Evaluation, Mark
from projects.models import OutboxMessage, Project

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]


@pytest.fixture
def quiet(project: Project) -> Project:
    Mark.objects.all().delete()
    return project


def warning(client: Client, name: str = "status:my_work") -> str:
    """What the page warns of, or nothing."""
    html = client.get(reverse(name)).content.decode()
    found = re.search(r'<section class="trouble".*?</section>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split()) if found else ""


def test_no_page_warns_while_all_is_well(quiet: Project, client_manager: User, sign_in: SignIn) -> None:
    assert warning(sign_in(client_manager)) == ""


def test_every_page_says_how_late_alerts_are(quiet: Project, client_member: User, sign_in: SignIn) -> None:
    Mark.objects.create(project=quiet, cause="test", at=timezone.now() - dt.timedelta(minutes=13, seconds=20))
    for page in ("status:my_work", "status:portfolio", "projects:inbox"):
        assert warning(sign_in(client_member), page).startswith("Alerts are 14 minutes late.")


def test_pages_say_that_mails_are_refused(quiet: Project, client_manager: User, sign_in: SignIn) -> None:
    refused = OutboxMessage.objects.create(
        project=quiet,
        recipient=client_manager,
        channel="mail",
        audience="client",
        kind="alerts_raised",
        dedupe_key="one",
        due_at=timezone.now() + dt.timedelta(minutes=5),
        attempts=4,
    )
    OutboxMessage.objects.filter(pk=refused.pk).update(created_at=timezone.now() - dt.timedelta(minutes=30, seconds=20))
    assert warning(sign_in(client_manager)).startswith("Mails have been refused for 31 minutes.")


def test_a_project_that_cannot_be_judged_is_a_matter_of_its_own_readers(
    quiet: Project, client_manager: User, vendor_manager: User, other_client: User, sign_in: SignIn
) -> None:
    Mark.objects.create(project=quiet, cause="test", at=timezone.now() - dt.timedelta(hours=1))
    Evaluation.objects.update_or_create(project=quiet, defaults={"failures": 3})
    seen = [warning(sign_in(user)) for user in (client_manager, vendor_manager, other_client)]
    assert [text[:38] for text in seen] == ["1 of your projects cannot be judged. W"] * 2 + [""]


def test_a_difference_is_told_to_who_sees_the_hours(
    quiet: Project, client_member: User, client_finance: User, other_client: User, sign_in: SignIn
) -> None:
    Drift.objects.create(
        project=quiet, what="burn by day", about="2026-09-01", kept="60", found="90", found_at=timezone.now()
    )
    assert warning(sign_in(client_member)).startswith("1 figure differs from the hours it is made of.")
    page = sign_in(client_member).get(reverse("status:machine")).content.decode()
    assert "burn by day 2026-09-01 says 60, its source 90." in page
    for stranger in (client_finance, other_client):
        assert warning(sign_in(stranger)) == ""
        assert "burn by day" not in sign_in(stranger).get(reverse("status:machine")).content.decode()


@pytest.mark.parametrize("minutes", [0, 14])
def test_the_page_answers_whether_alerts_are_in_time(
    quiet: Project, client_manager: User, sign_in: SignIn, minutes: int
) -> None:
    if minutes:
        Mark.objects.create(project=quiet, cause="test", at=timezone.now() - dt.timedelta(minutes=minutes))
    page = sign_in(client_manager).get(reverse("status:machine"))
    assert page.context["answer"].startswith(
        f"Alerts are {minutes} minutes late." if minutes else "Alerts are in time."
    )
    assert [part.name for part in page.context["parts"] if not part.is_well] == (["Changes"] if minutes else [])
