"""A client's project manager, alone in an empty organisation, gets from sign-in to a page that speaks.

One estimate as spreadsheets look when people make them, one export of a timesheet tool, and no vendor who uses
Oversight. The clicks are counted: one more needs a reason.
"""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.styles import Font  # type: ignore[import-untyped]
from playwright.sync_api import FilePayload, Page, expect

from accounts.models import Organisation, OrganisationRole, User
from tests.processes import Process

pytestmark = pytest.mark.browser

PASSWORD = "harbour-lights-at-night"
CLICKS = 15
# What was estimated, in hours; 300 in all. Ann and Ben worked 290 of them on the first two items.
ESTIMATE = (("CL-1", "Import of legacy claims", 120), ("CL-2", "Claim form", 100), ("CL-3", "Reports", 80))
WORKED = (("Ann", "Lee", "CL-1", 160), ("Ben", "Ode", "CL-2", 130))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def estimate() -> FilePayload:
    """A title over merged cells, who made it and when, a blank line, the table, and its total."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Estimate"
    sheet.append(["Claims portal – estimate of the work packages"])
    sheet.append(["Kelp & Sons, offer 2026-117, all figures in hours"])
    sheet.append([])
    for row in (1, 2):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=4)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.append(["Key", "Title", "Category", "Estimate (h)"])
    for key, title, hours in ESTIMATE:
        sheet.append([key, title, "back-end", hours])
    content = BytesIO()
    book.save(content)
    return {"name": "Estimate Kelp.xlsx", "mimeType": XLSX, "buffer": content.getvalue()}


def timesheet(today: dt.date) -> FilePayload:
    """Harvest's detailed export of the working days up to today: ten hours a day and person."""
    lines = ["Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,First Name,Last Name,Employee?"]
    for first, last, key, hours in WORKED:
        for back in range(hours // 10):
            on = today - dt.timedelta(days=back)
            lines.append(f"{on},Harbour,Claims,CL,{key},,10.0,Yes,{first},{last},Yes")
    return {"name": "harvest_time_report.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


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


@pytest.fixture
def newcomer(fresh_database: object) -> User:
    user = User.objects.create_user(email="clara@example.com", name="Clara Manager")
    # The server knows the hashers of production alone, not the quick one of the tests.
    hasher = PBKDF2PasswordHasher()
    user.password = hasher.encode(PASSWORD, hasher.salt())
    user.save(update_fields=["password"])
    organisation = Organisation.objects.create(name="Harbour Authority")
    OrganisationRole.objects.create(organisation=organisation, user=user, role=OrganisationRole.Role.ADMIN)
    return user


def test_newcomer_gets_from_sign_in_to_a_page_that_speaks(
    newcomer: User, web_server: Process, celery_worker: Process, page: Page
) -> None:
    hand = Hand(page)
    page.goto("/portfolio/")
    page.locator("[name=login]").fill(newcomer.email)
    page.locator("[name=password]").fill(PASSWORD)
    hand.press("Sign in")

    hand.follow("Open a project")
    page.get_by_label("Name", exact=True).fill("Claims portal")
    page.get_by_role("textbox", name="Vendor").fill("Kelp & Sons")
    page.get_by_role("textbox", name="Cap in hours").fill("320")
    hand.press("Open the project")
    expect(page.get_by_text("2 of 7 done")).to_be_visible()

    # The people come from the timesheet: they are skipped, and so is when one works.
    hand.follow("Next: Add the people whose hours count")
    hand.follow("Later; on to: Say when you work")
    hand.follow("Later; on to: Agree the rates")
    page.get_by_label("Rate per hour").fill("100")
    page.get_by_label("First day").fill("2026-01-01")
    hand.press("Agree the rate")
    hand.follow("Next: Add the work and its estimates")
    page.locator("input[type=file]").set_input_files(estimate())
    hand.press("Look at the file")
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
    assert hand.clicks == CLICKS
