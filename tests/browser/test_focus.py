"""The Tab key on a real page: every stop is seen, in the order in which the page is read, and nothing traps it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from projects.models import Project
from requirements_app.actions import add_work_item
from tests.processes import Site

pytestmark = pytest.mark.browser

STOP = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    return {
        name: (one.getAttribute("aria-label") || one.textContent || one.name || one.tagName).trim().slice(0, 40),
        marked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none",
        shown: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
        place: one === document.body ? "end" : one.closest("header, main, footer")?.tagName ?? "",
    };
}"""


@pytest.fixture
def tab(
    fresh_database: object,
    project: Project,
    client_manager: User,
    sign_in: Callable[[User], Client],
    page: Page,
    web_server: Site,
) -> Page:
    """The list of work items, opened by the client's manager."""
    for title in ("Claim form", "Import of claims"):
        add_work_item(actor=client_manager, project=project, title=title, estimate_minutes=600)
    session = sign_in(client_manager).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": web_server.url}])
    page.goto(reverse("requirements:work_item_list", args=[project.slug]))
    return page


def stops(tab: Page, most: int = 80) -> list[dict[str, Any]]:
    """Where the Tab key goes, from the top of the page until it leaves it."""
    found: list[dict[str, Any]] = []
    for _press in range(most):
        tab.keyboard.press("Tab")
        stop = tab.evaluate(STOP)
        if stop["place"] == "end":
            return found
        found.append(stop)
    raise AssertionError(f"the Tab key does not leave the page: {found[-5:]}")


def test_every_stop_is_seen_and_marked_and_the_page_is_left_at_its_end(tab: Page) -> None:
    found = stops(tab)
    assert [stop["name"] for stop in found if not (stop["marked"] and stop["shown"])] == []
    assert found[0]["name"] == "Skip to the content"
    # Bar, page, foot: never back up.
    places = [stop["place"] for stop in found[1:]]
    assert places == sorted(places, key=["HEADER", "MAIN", "FOOTER", ""].index)
    rows = [stop["name"] for stop in found if re.match(r"W-\d", stop["name"])]
    assert rows == ["W-1", "W-2"]


def test_content_is_one_key_away_and_the_menu_is_left_where_it_was_opened(tab: Page) -> None:
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "content"
    button = tab.get_by_role("button", name="Menu of Clara Manager")
    button.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("dark")).to_be_visible()
    tab.keyboard.press("Tab")
    assert tab.evaluate("Boolean(document.activeElement.closest('[popover]'))")
    tab.keyboard.press("Escape")
    expect(tab.get_by_label("dark")).not_to_be_visible()
    expect(button).to_be_focused()


def test_dialog_keeps_the_focus_inside_and_gives_it_back(tab: Page) -> None:
    opener = tab.get_by_role("link", name="Add a work item")
    opener.focus()
    tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog", name="Add a work item")
    expect(dialog.locator("[name=title]")).to_be_focused()
    inside = []
    for _press in range(25):
        tab.keyboard.press("Tab")
        inside.append(
            tab.evaluate(
                "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
            )
        )
    assert all(inside)
    dialog.get_by_role("link", name="Cancel").press("Enter")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_overview_of_keys_names_those_that_lead_somewhere(tab: Page) -> None:
    """What the list promises is bound, and what is bound stands in the list."""
    listed = re.findall(r"<dt>(.*?)</dt>", render_to_string("components/keyboard_help.html"))
    keys = {" ".join(re.findall(r"<kbd>(.*?)</kbd>", one)) for one in listed}
    leading = set(tab.evaluate("[...document.querySelectorAll('[data-key]')].map((one) => one.dataset.key)"))
    assert {key for key in keys if key.startswith("g ")} == leading
    assert keys - leading == {"/", "f", "j k", "Enter", "e", "← →", "Esc", "?"}
