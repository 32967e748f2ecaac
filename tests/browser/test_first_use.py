"""A client's project manager, alone in an empty organisation, gets from sign-in to a page that speaks; then the
vendor comes, and each sees what is theirs.

One estimate, one export of a timesheet tool, and no vendor who uses Oversight. The clicks are counted: one more needs
a reason. One server and one browser for the whole story, a browser context for each who takes part.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Organisation, OrganisationRole, User
from projects.actions import add_member
from projects.models import Membership, Project
from tests.browser.hand import POST_KEY, Hand, a_user, follow_newest_mail, signs_in
from tests.browser.newcomer_files import estimate, timesheet
from tests.processes import Process

pytestmark = pytest.mark.browser

ANNS_ADDRESS, MANAGERS_ADDRESS = "ann@kelp.example", "mo@kelp.example"
CLICKS = 15
NewPage = Callable[[], Page]


@pytest.fixture
def process_environment(process_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The server as ``make run`` has it: mails lie in the post, here in one of this test's own."""
    own = {"EMAIL_URL": "", "DEMO_POST_KEY": POST_KEY, "DATA_DIR": str(tmp_path)}
    return {**process_environment, "STATIC_ROOT": f"{process_environment['DATA_DIR']}/static", **own}


@pytest.fixture
def newcomer(fresh_database: object) -> User:
    user = a_user("clara@example.com", "Clara Manager")
    organisation = Organisation.objects.create(name="Harbour Authority")
    OrganisationRole.objects.create(organisation=organisation, user=user, role=OrganisationRole.Role.ADMIN)
    return user


@pytest.fixture
def new_page(chromium: Browser, web_process: Process) -> Iterator[NewPage]:
    """A browser of its own for each who takes part."""
    contexts = []

    def opened() -> Page:
        context = chromium.new_context(base_url=web_process.url)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def test_newcomer_gets_from_sign_in_to_a_page_that_speaks_and_the_vendor_joins(
    newcomer: User, celery_worker: Process, new_page: NewPage
) -> None:
    client, ann, manager = new_page(), new_page(), new_page()
    project = opens_a_project_from_two_files(client, newcomer)
    hours_asked = somebody_confirms_by_link(client, ann, project)
    manager_joins(client, manager, project)
    manager_confirms_the_estimate(client, manager, project)
    manager_objects_to_what_the_link_confirmed(manager, hours_asked)
    viewer_reads_and_changes_nothing(new_page(), project, newcomer)
    stranger = new_page()
    signs_in(stranger, a_user("sten@example.com", "Sten Stranger").email)
    sees_nothing(stranger, project)
    manager_leaves(manager, project)
    sees_nothing(manager, project)


def opens_a_project_from_two_files(page: Page, newcomer: User) -> Project:
    """Without a vendor who takes part: an offer and a timesheet, and the clicks that it takes."""
    hand = signs_in(page, newcomer.email)
    hand.follow("Open a project")
    page.get_by_label("Name", exact=True).fill("Claims portal")
    page.get_by_role("textbox", name="Vendor").fill("Kelp & Sons")
    page.get_by_role("textbox", name="Cap in hours").fill("320")
    hand.press("Open the project")
    expect(page.get_by_text("2 of 7 done")).to_be_visible()

    # The people come from the timesheet: they are skipped, and so is when one works.
    hand.follow("Next: Agree the rates")
    page.get_by_label("Rate per hour").fill("100")
    page.get_by_label("First day").fill("2026-01-01")
    hand.press("Agree the rate")
    hand.follow("Next: Add the work and its estimates")
    page.locator("input[type=file]").set_input_files(estimate())
    hand.press("Look at the file")
    expect(page.get_by_text("the sum of the rows below it").first).to_be_visible()
    hand.press("Take these work items")
    expect(page.get_by_role("heading", level=1)).to_contain_text("300")
    hand.follow("Next: Bring in the first hours")
    page.locator("input[type=file]").set_input_files(timesheet(dt.date.today()))  # noqa: DTZ011  (the export's own day)
    hand.press("Look at the file")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 people in the file are not known")
    hand.press("Go on")
    hand.press("Take 29 time entries")
    hand.follow("Claims portal")

    # The worker judges; the page asks by itself until that is done.
    alert = page.locator("#alerts").get_by_role("heading", level=3)
    expect(alert.first).to_be_visible(timeout=60_000)
    answer = " ".join(page.locator("h1.answer, .answer-more").all_inner_texts()).replace("\u00a0", " ")
    assert answer.startswith("290 h of 300 h are used for work worth 174 h. Nobody has reported progress yet"), answer
    assert f"EUR {Decimal(29000):,.2f} are spent so far." in answer
    assert "First steps" not in page.locator("main").inner_text()
    assert hand.clicks <= CLICKS
    return Project.objects.get(name="Claims portal")


def somebody_confirms_by_link(client: Page, ann: Page, project: Project) -> str:
    """Asked by mail about her hours: the answer is Ann's, and the client cannot give it. Where it was asked."""
    client.goto(f"/p/{project.slug}/confirmations/")
    Hand(client).follow("Ask the first time")
    client.get_by_label("Who is asked").select_option(label="Ann Lee (no mail address yet)")
    client.get_by_label("Mail address").fill(ANNS_ADDRESS)
    Hand(client).press("Ask")
    expect(client.get_by_role("heading", level=1)).to_contain_text("Ann Lee has not yet confirmed")
    asked = client.url
    link = follow_newest_mail(ann, ANNS_ADDRESS)
    assert link not in client.content()
    client.goto(link)
    expect(client.get_by_text("Only Ann Lee can answer here")).to_be_visible()
    Hand(ann).press("Confirm")
    expect(ann.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    client.goto(asked)
    expect(client.get_by_text(f"by the link mailed to {ANNS_ADDRESS}")).to_be_visible()
    return asked


def manager_joins(client: Page, manager: Page, project: Project) -> None:
    """The vendor's manager is invited by mail, opens an account by its link and speaks for the organisation."""
    client.goto(f"/p/{project.slug}/people/")
    Hand(client).follow("Invite its manager")
    dialog = client.get_by_role("dialog")
    dialog.get_by_label("Mail address").fill(MANAGERS_ADDRESS)
    dialog.get_by_role("button", name="Send the invitation").click()
    expect(client.get_by_role("row").filter(has_text=MANAGERS_ADDRESS)).to_be_visible()
    invitation = follow_newest_mail(manager, MANAGERS_ADDRESS)
    assert invitation not in client.content()
    expect(manager.get_by_role("heading", level=1)).to_contain_text("Clara Manager invites you to Claims portal")
    manager.get_by_label("Your name").fill("Mo Kelp")
    manager.get_by_label("Password").fill("lanterns-at-the-quay-9")
    Hand(manager).press("Accept the invitation")
    expect(manager.get_by_text("You take part in Claims portal now.")).to_be_visible()
    assert Organisation.objects.get(name="Kelp & Sons").kept_by is None
    # From now on the vendor says who takes part for it.
    client.reload()
    expect(client.get_by_role("link", name="Invite its manager")).to_have_count(0)
    # Everything that the client wrote down for the vendor says so.
    manager.goto(f"/p/{project.slug}/activity/")
    offer = manager.get_by_role("row").filter(has_text="Offer 2026-117 Kelp.xlsx")
    expect(offer.get_by_text("recorded by the client")).to_be_visible()


def manager_confirms_the_estimate(client: Page, manager: Page, project: Project) -> None:
    """The client asks for what it recorded; the vendor's manager finds what waits, and answers for the vendor."""
    client.goto(f"/p/{project.slug}/confirmations/ask/")
    client.get_by_label("the estimate").check()
    client.get_by_label("Who is asked").select_option(index=1)
    Hand(client).press("Ask")
    expect(client.get_by_role("heading", level=1)).to_contain_text("has not yet confirmed the estimate")
    manager.goto("/")
    manager.locator("main").get_by_role("link", name=re.compile("[Cc]onfirm")).first.click()
    Hand(manager).press("Confirm")
    expect(manager.get_by_role("heading", level=1)).to_contain_text("Mo Kelp confirmed the estimate")
    client.goto(f"/p/{project.slug}/confirmations/")
    expect(client.get_by_role("heading", level=1)).to_contain_text("Everything that was asked is answered")


def manager_objects_to_what_the_link_confirmed(manager: Page, asked: str) -> None:
    manager.goto(asked)
    manager.get_by_text("Was this confirmed by somebody who should not have?").click()
    manager.get_by_label("What is not right").fill("Tuesday is missing.")
    Hand(manager).press("Object")
    expect(manager.get_by_role("heading", level=1)).to_contain_text("Mo Kelp objects")


def viewer_reads_and_changes_nothing(tab: Page, project: Project, newcomer: User) -> None:
    """A viewer reads amounts and no rates."""
    viewer = a_user("viola@example.com", "Viola Viewer")
    add_member(actor=newcomer, project=project, user=viewer, side="client", role="viewer")
    signs_in(tab, viewer.email)
    tab.goto(f"/p/{project.slug}/")
    expect(tab.locator("main")).to_contain_text("29,000")
    assert "Rates" not in tab.get_by_role("navigation").get_by_role("link").all_inner_texts()
    expect(tab.get_by_text("Write a comment")).to_have_count(0)
    for page in ("rates/", "terms/edit/", "work-items/add/", "time/import/", "confirmations/ask/"):
        assert tab.request.get(f"/p/{project.slug}/{page}").status == 403, page


def manager_leaves(manager: Page, project: Project) -> None:
    """Whoever leaves is told what that means before."""
    manager.goto(f"/p/{project.slug}/people/")
    manager.get_by_role("row").filter(has_text="Mo Kelp").get_by_role("link", name="End").click()
    ending = manager.get_by_role("dialog")
    expect(ending.get_by_text("You lose access to Claims portal at once.")).to_be_visible()
    ending.get_by_role("button", name="End the membership").click()
    expect(manager.get_by_role("link", name="Claims portal")).to_have_count(0)
    assert Membership.objects.filter(ended_at=None, side="vendor").count() == 0


def sees_nothing(tab: Page, project: Project) -> None:
    """Neither the project nor a trace of it, in any of the places that tell of many."""
    for path in ("", "terms/", "work-items/", "comments/", "confirmations/"):
        assert tab.request.get(f"/p/{project.slug}/{path}").status == 404, path
    for path in ("/", "/portfolio/", "/search/?q=claims", "/inbox/", f"/live/?p={project.slug}&topics=comments,time"):
        answer = tab.request.get(path)
        assert (answer.status, "Claims portal" in answer.text()) == (200, False), path
