"""A client's project manager, alone in an empty organisation, gets from sign-in to a page that speaks.

One estimate as spreadsheets look when people make them, one export of a timesheet tool, and no vendor who uses
Oversight. The clicks are counted: one more needs a reason.
"""

import datetime as dt
import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.styles import Font  # type: ignore[import-untyped]
from playwright.sync_api import FilePayload, Page, expect

from accounts.models import Organisation, OrganisationRole, User
from projects.actions import add_member, end_membership
from projects.invitation_links import token_of
from projects.models import Invitation, Membership, Project
from tests.processes import Process

pytestmark = pytest.mark.browser

PASSWORD = "harbour-lights-at-night"
VENDORS_ADDRESS = "jo@kelp.example"
CLICKS = 15
# What was offered, by chapters that hold the sums of their rows: 300 h in all.
OFFER = (
    ("1", "Claim intake", None, 180),
    ("1.1", "Intake service", "Back-end", 120),
    ("1.2", "Claim form", "Front-end", 60),
    ("2", "Search and reports", None, 80),
    ("2.1", "Claim search", "Full-stack", 50),
    ("2.2", "Monthly report", "Back-end", 30),
    ("3", "Project management", "Management", 40),
)
# Tasks in the timesheet tool carry the titles of the offer. Ann and Ben worked 290 h on two of them.
WORKED = (("Ann", "Lee", "Intake service", 160), ("Ben", "Ode", "Claim form", 130))
HARVEST = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Hours Rounded,Billable?,Invoiced?,Approved?,"
    "First Name,Last Name,Employee Id,Roles,Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,"
    "Currency,External Reference URL"
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def estimate() -> FilePayload:
    """A title over merged cells, who made it, a blank line, the table in chapters, its total, and a note below."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Effort"
    sheet.append(["Claims portal – offer 2026-117, effort by work package"])
    sheet.append(["Kelp & Sons Ltd., valid for 60 days, all figures in hours"])
    sheet.append([])
    for row in (1, 2):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=5)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.append(["No.", "Work package", "Role", "Estimate (h)", "Remarks"])
    for number, title, role, hours in OFFER:
        sheet.append([number, title, role, hours, "without attachments" if title == "Claim form" else None])
        if role is None:
            for cell in sheet[sheet.max_row]:
                cell.font = Font(bold=True)
    sheet.append([None, "Total", None, 300, None])
    sheet.append([])
    sheet.append(["Prepared by J. Kelp. Prices exclude VAT."])
    content = BytesIO()
    book.save(content)
    return {"name": "Offer 2026-117 Kelp.xlsx", "mimeType": XLSX, "buffer": content.getvalue()}


def timesheet(today: dt.date) -> FilePayload:
    """Harvest's detailed time export of the days up to today: ten hours a day and person."""
    lines = [HARVEST]
    for first, last, task, hours in WORKED:
        for back in range(hours // 10):
            on = today - dt.timedelta(days=back)
            what = f'Harbour Authority,Claims portal,CP,{task},"{task}, as planned",10.0,10.0,Yes,No,No'
            lines.append(f'{on},{what},{first},{last},,Developer,Yes,100.0,1000.0,,,"Euro - EUR",')
    name = f"harvest_time_report_from{today - dt.timedelta(days=15)}to{today}.csv"
    return {"name": name, "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode()}


class Hand:
    """Clicks on what a person sees, and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def press(self, name: str) -> None:
        self._click("button", name)

    def follow(self, name: str) -> None:
        self._click("link", name)

    def _click(self, role: str, name: str) -> None:
        self.clicks += 1
        link = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        # What the page says instead is worth more than that something was not found.
        expect(link, self.page.locator("main").inner_text()).to_be_visible()
        link.click()


def a_user(email: str, name: str) -> User:
    """Somebody who can sign in on the server, which knows the hashers of production alone."""
    user = User.objects.create_user(email=email, name=name)
    hasher = PBKDF2PasswordHasher()
    user.password = hasher.encode(PASSWORD, hasher.salt())
    user.save(update_fields=["password"])
    return user


@pytest.fixture
def newcomer(fresh_database: object) -> User:
    user = a_user("clara@example.com", "Clara Manager")
    organisation = Organisation.objects.create(name="Harbour Authority")
    OrganisationRole.objects.create(organisation=organisation, user=user, role=OrganisationRole.Role.ADMIN)
    return user


def test_newcomer_gets_from_sign_in_to_a_page_that_speaks_and_the_vendor_joins(
    newcomer: User, web_server: Process, celery_worker: Process, page: Page
) -> None:
    project = opens_a_project_from_two_files(page, newcomer)
    asks_the_vendor(page, project)
    vendor = another_browser(page)
    joins_and_confirms(vendor, project)
    page.goto(f"/p/{project.slug}/confirmations/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Everything that was asked is answered")
    others_see_what_they_may(page, project, newcomer)
    member = Membership.objects.get(project=project, user__email=VENDORS_ADDRESS)
    page.goto(f"/p/{project.slug}/people/")
    end_membership(actor=member.user, membership=member)
    shows_nothing(vendor, project)


def opens_a_project_from_two_files(page: Page, newcomer: User) -> Project:
    """Without a vendor who takes part: an offer and a timesheet, and the clicks that it takes."""
    hand = Hand(page)
    signs_in(page, newcomer.email, hand)
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
    expect(alert.first).to_be_visible(timeout=30_000)
    answer = " ".join(page.locator("h1.answer, .answer-more").all_inner_texts()).replace("\u00a0", " ")
    assert answer.startswith("290 h of 300 h are used for work worth 212 h. Nobody has reported progress yet"), answer
    assert f"That is EUR {Decimal(29000):,.2f} so far." in answer
    assert "First steps" not in page.locator("main").inner_text()
    assert hand.clicks <= CLICKS
    return Project.objects.get(name="Claims portal")


def asks_the_vendor(page: Page, project: Project) -> None:
    """The client invites the vendor's manager by mail, and asks for a confirmation of what it recorded itself."""
    page.goto(f"/p/{project.slug}/people/")
    page.get_by_role("link", name="Invite somebody").click()
    invite = page.get_by_role("dialog")
    invite.get_by_label("Mail address").fill(VENDORS_ADDRESS)
    invite.get_by_label("Role").select_option("vendor:manager")
    invite.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text(f"{VENDORS_ADDRESS} is invited.")).to_be_visible()
    page.goto(f"/p/{project.slug}/confirmations/")
    page.get_by_role("link", name="Ask the first time").click()
    page.get_by_label("estimate").check()
    page.get_by_label("Who is asked").select_option(index=1)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", level=1), page.locator("main").inner_text()).to_contain_text("300.0 h")


def joins_and_confirms(vendor: Page, project: Project) -> None:
    """The vendor's manager opens an account by the link, finds what waits, and answers for the vendor."""
    link = token_of(Invitation.objects.get(email=VENDORS_ADDRESS))
    vendor.goto(f"/invitations/{link}/")
    expect(vendor.get_by_role("heading", level=1)).to_contain_text("Clara Manager invites you to Claims portal")
    vendor.get_by_label("Your name").or_(vendor.get_by_label("Name", exact=True)).first.fill("Jo Kelp")
    vendor.locator("[name=password]").fill(PASSWORD)
    vendor.get_by_role("button", name="Accept the invitation").click()
    expect(vendor.get_by_text("You take part in Claims portal now.")).to_be_visible()
    # Everything that the client wrote down for the vendor says so.
    vendor.goto(f"/p/{project.slug}/activity/")
    expect(vendor.get_by_text("recorded by the client from Offer 2026-117 Kelp.xlsx").first).to_be_visible()
    vendor.goto("/")
    vendor.locator(".turns, main").get_by_role("link", name=re.compile("onfirm")).first.click()
    vendor.get_by_role("button", name="Confirm").click()
    expect(vendor.get_by_role("heading", level=1)).to_contain_text("Jo Kelp confirmed the estimate")


def others_see_what_they_may(page: Page, project: Project, newcomer: User) -> None:
    """A viewer reads amounts, no rates, and changes nothing; a stranger finds nothing at all."""
    viewer = a_user("viola@example.com", "Viola Viewer")
    add_member(actor=newcomer, project=project, user=viewer, side="client", role="viewer")
    tab = another_browser(page)
    signs_in(tab, viewer.email)
    tab.goto(f"/p/{project.slug}/")
    expect(tab.get_by_role("heading", level=1)).to_contain_text("29,000")
    tabs = tab.get_by_role("navigation").get_by_role("link")
    assert "Rates" not in tabs.all_inner_texts()
    expect(tab.get_by_text("Write a comment")).to_have_count(0)
    assert tab.request.get(f"/p/{project.slug}/rates/").status == 403
    stranger = another_browser(page)
    signs_in(stranger, a_user("sten@example.com", "Sten Stranger").email)
    shows_nothing(stranger, project)


def shows_nothing(tab: Page, project: Project) -> None:
    """Neither the project nor a trace of it, in any of the places that tell of many."""
    for path in ("", "terms/", "work-items/", "comments/"):
        assert tab.request.get(f"/p/{project.slug}/{path}").status == 404
    for path in ("/", "/portfolio/", "/search/?q=claims", "/inbox/", f"/live/?p={project.slug}&topics=comments,time"):
        answer = tab.request.get(path)
        assert (answer.status, "Claims portal" in answer.text()) == (200, False), path


def signs_in(page: Page, email: str, hand: "Hand | None" = None) -> None:
    page.goto("/portfolio/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    (hand or Hand(page)).press("Sign in")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def another_browser(page: Page) -> Page:
    """A tab of somebody else's browser, on the same server."""
    browser = page.context.browser
    assert browser is not None
    base = re.match(r"https?://[^/]+", page.url)
    assert base
    return browser.new_context(base_url=base[0]).new_page()
