"""A vendor that was only a name: one of its people confirms by a link, its manager comes, and each sees what is theirs.

What is mailed is read where the demonstration keeps it: no page of the client's ever shows a link of the vendor's.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Organisation, User
from budget.time_entries import record_time
from launch.children import wait_until
from projects.actions import add_person, open_project
from projects.models import Membership, Project
from requirements_app.actions import add_work_item
from tests.browser.test_first_use import Hand
from tests.cast import new_user
from tests.processes import Process

pytestmark = pytest.mark.browser

PASSWORD = "harbour-lights-at-night"
KEY = "key-of-the-post-in-this-test"


@pytest.fixture
def process_environment(process_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The server as ``make run`` has it: mails lie in the post, here in one of this test's own."""
    own = {"EMAIL_URL": "", "DEMO_POST_KEY": KEY, "DATA_DIR": str(tmp_path)}
    return {**process_environment, "STATIC_ROOT": f"{process_environment['DATA_DIR']}/static", **own}


@pytest.fixture
def project(fresh_database: object) -> Project:
    """Kelp & Sons is a name that the client keeps; one of its people worked last week."""
    manager = new_user("Clara Manager")
    hasher = PBKDF2PasswordHasher()
    User.objects.update(password=hasher.encode(PASSWORD, hasher.salt()))
    client = Organisation.objects.create(name="Harbour Authority")
    project = open_project(actor=manager, client=client, name="Claims portal", vendor_name="Kelp & Sons")
    person = add_person(actor=manager, project=project, name="Ann Lee", side="vendor").person
    item = add_work_item(actor=manager, project=project, title="Import of claims", estimate_minutes=6000)
    today = timezone.localdate()
    day = today - dt.timedelta(days=today.isoweekday() + 4)
    record_time(actor=manager, project=project, person=person, worked_on=day, minutes=480, today=today, work_item=item)
    return project


@pytest.fixture
def new_page(chromium: Browser, web_server: Process) -> Iterator[Callable[[], Page]]:
    """A browser of its own for each who takes part."""
    contexts = []

    def opened() -> Page:
        context = chromium.new_context(base_url=web_server.url)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def follow_newest_mail(page: Page, to: str) -> str:
    """Open the link of the newest mail to an address; the link."""
    mail = page.get_by_role("row").filter(has_text=to).get_by_role("link").first

    def has_come() -> bool:
        page.goto(f"/post/{KEY}/")
        return mail.count() > 0

    assert wait_until(has_come, seconds=30)
    mail.click()
    page.locator("pre a").first.click()
    return page.url


def sign_in(page: Page, user: User) -> None:
    page.goto("/portfolio/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Claims portal").first).to_be_visible()


def test_vendor_confirms_by_link_and_then_joins(
    project: Project, celery_worker: Process, new_page: Callable[[], Page]
) -> None:
    client, ann, manager = new_page(), new_page(), new_page()
    sign_in(client, project.created_by)

    # Asked by mail: the answer is Ann's, and the client cannot give it.
    client.goto(f"/p/{project.slug}/confirmations/ask/")
    client.get_by_label("Who is asked").select_option(label="Ann Lee (no mail address yet)")
    client.get_by_label("Mail address").fill("ann@kelp.example")
    Hand(client).press("Ask")
    expect(client.get_by_role("heading", level=1)).to_contain_text("Ann Lee has not yet confirmed")
    asked = client.url
    link = follow_newest_mail(ann, "ann@kelp.example")
    assert link not in client.content()
    client.goto(link)
    expect(client.get_by_text("Only Ann Lee can answer here")).to_be_visible()
    Hand(ann).press("Confirm")
    expect(ann.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    client.goto(asked)
    expect(client.get_by_text("by the link mailed to ann@kelp.example")).to_be_visible()

    # The vendor's manager is invited, opens an account and speaks for the organisation.
    client.goto(f"/p/{project.slug}/people/")
    Hand(client).follow("Invite its manager")
    dialog = client.get_by_role("dialog")
    dialog.get_by_label("Mail address").fill("mo@kelp.example")
    dialog.get_by_role("button", name="Send the invitation").click()
    expect(client.get_by_role("row").filter(has_text="mo@kelp.example")).to_be_visible()
    invitation = follow_newest_mail(manager, "mo@kelp.example")
    assert invitation not in client.content()
    manager.get_by_label("Your name").fill("Mo Kelp")
    manager.get_by_label("Password").fill("lanterns-at-the-quay-9")
    Hand(manager).press("Accept the invitation")
    expect(manager.get_by_role("link", name="Confirmations")).to_be_visible()
    assert Organisation.objects.get(name="Kelp & Sons").kept_by is None

    # From now on the vendor says who takes part for it, and may still object to what the link confirmed.
    client.reload()
    expect(client.get_by_role("link", name="Invite its manager")).to_have_count(0)
    manager.goto(asked)
    manager.get_by_text("Was this confirmed by somebody who should not have?").click()
    manager.get_by_label("What is not right").fill("Tuesday is missing.")
    Hand(manager).press("Object")
    expect(manager.get_by_role("heading", level=1)).to_contain_text("Mo Kelp objects")

    # Whoever leaves is told what that means before, and sees nothing afterwards.
    manager.goto(f"/p/{project.slug}/people/")
    manager.get_by_role("row").filter(has_text="Mo Kelp").get_by_role("link", name="End").click()
    ending = manager.get_by_role("dialog")
    expect(ending.get_by_text("You lose access to Claims portal at once.")).to_be_visible()
    ending.get_by_role("button", name="End the membership").click()
    expect(manager.get_by_role("link", name="Claims portal")).to_have_count(0)
    answer = manager.goto(asked)
    assert answer is not None
    assert (answer.status, Membership.objects.filter(ended_at=None).count()) == (404, 1)
