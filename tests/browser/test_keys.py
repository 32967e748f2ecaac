"""Without a pointer, on real pages: rows, search, editing, and a focus that is never lost."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from budget.time_entries import record_time
from projects.models import Project
from requirements_app.actions import add_work_item, change_work_item
from requirements_app.models import WorkItem
from tests.processes import Site

pytestmark = pytest.mark.browser

TITLES = ("Claim form", "Import of claims", "Reports")


@pytest.fixture
def items(fresh_database: object, project: Project, client_manager: User) -> list[WorkItem]:
    return [add_work_item(actor=client_manager, project=project, title=title, estimate_minutes=600) for title in TITLES]


@pytest.fixture
def tab(
    items: list[WorkItem],
    client_manager: User,
    sign_in: Callable[[User], Client],
    page: Page,
    web_server: Site,
) -> Page:
    """The list of work items, opened by the client's manager."""
    session = sign_in(client_manager).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": web_server.url}])
    page.goto(f"/p/{items[0].project.slug}/work-items/")
    return page


def focused(tab: Page) -> str:
    """What has the focus: its text, or what it is."""
    return str(tab.evaluate("document.activeElement.textContent.trim() || document.activeElement.tagName"))


def test_rows_are_walked_edited_and_opened(tab: Page) -> None:
    for key, text in (("j", "W-1"), ("j", "W-2"), ("j", "W-3"), ("j", "W-3"), ("k", "W-2")):
        tab.keyboard.press(key)
        assert focused(tab) == text

    tab.keyboard.press("e")
    dialog = tab.get_by_role("dialog", name="Edit W-2")
    expect(dialog.locator("[name=title]")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert focused(tab) == "W-2"

    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("W-2 Import of claims")
    tab.keyboard.press("e")
    expect(tab.get_by_role("dialog", name="Edit W-2").locator("[name=title]")).to_be_focused()
    tab.get_by_role("dialog").locator("[name=title]").fill("Import of all claims")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("W-2 Import of all claims")
    expect(tab.locator(".message")).to_contain_text("W-2 was saved.")


def test_search_and_the_first_pages_are_a_key_away(tab: Page) -> None:
    tab.keyboard.press("/")
    tab.keyboard.type("W-3")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("W-3 Reports")
    for keys, address in (("gp", "/portfolio/"), ("gm", "/"), ("gi", "/inbox/")):
        for key in keys:
            tab.keyboard.press(key)
        tab.wait_for_url(f"**{address}")
    tab.keyboard.press("?")
    overview = tab.get_by_role("dialog", name="Keyboard")
    expect(overview).to_be_visible()
    tab.keyboard.press("j")
    assert focused(tab) != "W-1"
    tab.keyboard.press("Escape")
    expect(overview).not_to_be_visible()


def test_renewed_part_gives_the_focus_to_the_same_row_or_keeps_it_itself(
    tab: Page, items: list[WorkItem], client_manager: User
) -> None:
    """Somebody else changes the list while it is read. The page is rung by hand: nobody waits for a test."""
    tab.wait_for_timeout(300)
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    add_work_item(actor=client_manager, project=items[0].project, title="Letters", estimate_minutes=60)
    tab.evaluate("window.dispatchEvent(new Event('online'))")
    expect(tab.locator("#rows tbody tr")).to_have_count(4)
    assert focused(tab) == "W-2"

    tab.goto(f"{tab.url}?q=Import")
    tab.wait_for_timeout(300)
    tab.keyboard.press("j")
    change_work_item(actor=client_manager, item=items[1], expected_version=1, title="Something else")
    tab.evaluate("window.dispatchEvent(new Event('online'))")
    expect(tab.locator("#rows tbody tr")).to_have_count(0)
    assert tab.evaluate("document.activeElement.id") == "rows"


def test_message_is_closed_by_key_and_the_focus_goes_on_in_the_page(tab: Page) -> None:
    tab.keyboard.press("j")
    tab.keyboard.press("e")
    tab.get_by_role("dialog").get_by_role("button", name="Save").click()
    message = tab.locator(".message")
    expect(message).to_have_css("position", "static")
    assert tab.locator(".messages").evaluate("box => getComputedStyle(box).position") == "fixed"
    tab.get_by_role("button", name="Close this message").focus()
    tab.keyboard.press("Enter")
    expect(message).to_have_count(0)
    assert tab.evaluate("document.activeElement.id") == "content"


def test_table_that_is_too_wide_scrolls_alone_and_keeps_head_and_name(
    tab: Page, project: Project, client_manager: User
) -> None:
    tab.goto(reverse("projects:person_list", args=[project.slug]))
    tab.set_viewport_size({"width": 390, "height": 600})
    box = tab.locator(".table-scroll").first
    expect(box).to_have_class(re.compile("too-wide"))
    name = box.locator("tbody tr").first.locator("td, th").first
    box.evaluate("box => { box.scrollLeft = 400 }")
    assert box.evaluate("box => box.scrollLeft") > 0
    after = name.bounding_box()
    assert after is not None
    assert after["x"] == 0
    assert tab.evaluate("document.documentElement.scrollWidth") == 390

    tab.set_viewport_size({"width": 1366, "height": 600})
    expect(box).to_have_class(re.compile("fits"))
    # Only what scrolls is a stop for the Tab key.
    expect(box).not_to_have_attribute("tabindex", "0")


def test_work_items_are_blocks_on_a_telephone(tab: Page, items: list[WorkItem]) -> None:
    """What is used and left of an item is seen without scrolling sideways."""
    tab.set_viewport_size({"width": 390, "height": 600})
    cells = tab.locator("#rows tbody tr").first.locator("td:visible")
    right = [box["x"] + box["width"] for box in map(Locator.bounding_box, cells.all()) if box is not None]
    assert len(right) >= 4
    assert max(right) <= 390
    assert tab.evaluate("document.documentElement.scrollWidth") == 390


def test_the_tab_that_one_is_on_is_seen_on_a_telephone(tab: Page, project: Project) -> None:
    tab.set_viewport_size({"width": 390, "height": 600})
    tab.goto(reverse("status:activity_list", args=[project.slug]))
    expect(tab.get_by_role("link", name="Activity", exact=True)).to_be_in_viewport(ratio=1)


def test_everything_works_without_scripts(
    items: list[WorkItem],
    client_manager: User,
    developer: object,
    sign_in: Callable[[User], Client],
    page: Page,
    web_server: Site,
) -> None:
    """A form as a page of its own, a filter with its button, a comment: in a browser that runs no script."""
    record_time(
        actor=client_manager,
        project=items[0].project,
        person=developer,  # type: ignore[arg-type]
        worked_on=dt.date(2026, 9, 1),
        minutes=60,
        today=dt.date(2026, 9, 2),
        work_item=items[0],
    )
    context = page.context.browser.new_context(base_url=web_server.url, java_script_enabled=False)  # type: ignore[union-attr]
    session = sign_in(client_manager).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": web_server.url}])
    tab = context.new_page()
    tab.goto(f"/p/{items[0].project.slug}/work-items/")
    tab.locator("main [name=q]").fill("Import")
    tab.get_by_role("button", name="Filter", exact=True).click()
    expect(tab.locator("#rows tbody tr")).to_have_count(1)
    tab.get_by_role("link", name="Import of claims").click()
    tab.get_by_role("link", name="Edit").click()
    tab.locator("main [name=title]").fill("Import of all claims")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("W-2 Import of all claims")
    # What cannot be closed without a script stands in the page instead of above it.
    assert tab.locator(".messages").evaluate("box => getComputedStyle(box).position") == "static"
    tab.get_by_text("Write a comment").click()
    tab.get_by_label("Your comment").fill("Seen.")
    tab.get_by_role("button", name="Add it").click()
    expect(tab.locator(".comments")).to_contain_text("Seen.")
    context.close()
