"""The style guide in a real browser: what cannot be seen in html alone."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Dialog, Page, expect

from accounts.models import User
from tests.processes import Site

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NARROW = {"width": 390, "height": 844}


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe finds: the rule and the first place."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [(one["id"], str(one["nodes"][0]["target"])) for one in found]


def focused(page: Page) -> str:
    """The id of what has the focus, or its text."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


def stay_when_asked(page: Page) -> list[tuple[str, str]]:
    """Answers the browser's next question with no; the list that it gives holds the question then."""
    asked: list[tuple[str, str]] = []

    def answer(question: Dialog) -> None:
        asked.append((question.type, question.message))
        question.dismiss()

    page.once("dialog", answer)
    return asked


@pytest.fixture
def guide(page: Page, web_server: Site, sign_in: Callable[[User], Client]) -> Iterator[Page]:
    """The style guide, opened by somebody who is signed in. Ends with the browser having blocked nothing."""
    reader = User.objects.create_user("reader@example.com", "Rita Reader")
    session = sign_in(reader).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": web_server.url}])
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/styleguide/")
    expect(page.locator("h1")).to_have_text("Style guide")
    yield page
    # The browser itself reports each answer with an error's status, as the dialog's 422 and 409.
    assert [text for text in said if not re.search("status of 4(22|09)", text)] == []


@pytest.mark.browser
def test_style_guide_is_accessible_in_both_themes(guide: Page) -> None:
    found = {}
    for theme in ("light", "dark"):
        guide.emulate_media(color_scheme=theme, contrast="no-preference")
        found[theme] = violations(guide)
        guide.emulate_media(contrast="more")
        found[f"{theme}, more contrast"] = violations(guide)
    guide.get_by_role("link", name="Open the form in a dialog").click()
    expect(guide.get_by_role("dialog")).to_be_visible()
    found["dialog"] = violations(guide)
    assert [places for places in found.items() if places[1]] == []


@pytest.mark.browser
def test_forced_colours_leave_every_edge_and_state_to_be_seen(guide: Page) -> None:
    """With the reader's few colours alone: what was a ground or a hue has a line, and focus is still marked."""
    guide.emulate_media(forced_colors="active")
    assert violations(guide) == []
    widths = {
        place: guide.locator(place).first.evaluate("one => parseFloat(getComputedStyle(one).borderBottomWidth)")
        for place in (
            ".light",
            ".message",
            ".button.first",
            ".tabs [aria-current]",
            "#form [name=title]",
            ".count.mine",
        )
        if guide.locator(place).count()
    }
    assert {place for place, width in widths.items() if width == 0} == set()
    guide.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement)"
    assert guide.evaluate(f"[{style}.outlineStyle, parseFloat({style}.outlineWidth) >= 2]") == ["solid", True]


@pytest.mark.browser
def test_nothing_moves_for_who_wants_no_motion(guide: Page) -> None:
    """Also what a page may bring along one day: the rule stands in the base."""
    guide.emulate_media(reduced_motion="reduce")
    guide.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync("@layer components { .button { transition: color 9s; animation: later 9s } }");
            document.adoptedStyleSheets = [sheet];
            document.querySelector("main").style.scrollBehavior = "smooth";
        }"""
    )
    moving = """[...document.querySelectorAll("*")].map((one) => getComputedStyle(one)).filter((style) =>
        parseFloat(style.transitionDuration) > 0.01 || parseFloat(style.animationDuration) > 0.01
        || style.scrollBehavior === "smooth").length"""
    assert guide.evaluate(moving) == 0
    guide.emulate_media(reduced_motion="no-preference")
    assert guide.evaluate(moving) > 0


@pytest.mark.browser
def test_dialog_shows_both_texts_and_either_can_be_kept(guide: Page) -> None:
    opener = guide.get_by_role("link", name="Edit what somebody else has saved since")
    opener.click()
    dialog = guide.get_by_role("dialog")
    dialog.locator("[name=title]").fill("Import of old claims")
    dialog.locator("[name=category]").select_option("front")
    dialog.get_by_role("button", name="Save").click()
    conflict = dialog.locator(".conflict")
    expect(conflict).to_be_focused()
    expect(conflict.locator("tbody tr").first.locator("td")).to_contain_text(
        ["Import of old claims", "Import of legacy claims"]
    )
    assert dialog.locator("[name=title]").input_value() == "Import of old claims"
    assert violations(guide) == []
    conflict.get_by_role("button", name="Take theirs").nth(1).press("Enter")
    expect(dialog.locator("[name=category]")).to_be_focused()
    assert dialog.locator("[name=category]").input_value() == "back"
    dialog.get_by_role("button", name="Save").click()
    expect(guide.locator(".messages p")).to_have_text("The work item is saved.")


@pytest.mark.browser
def test_question_before_an_act_is_left_by_key_and_answered_by_key(guide: Page) -> None:
    opener = guide.get_by_role("link", name="End the membership…")
    opener.press("Enter")
    dialog = guide.get_by_role("dialog", name="End the membership of Vera Manager?")
    expect(dialog).to_contain_text("Vera loses access at once.")
    guide.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    opener.press("Enter")
    dialog.get_by_role("button", name="End the membership").press("Enter")
    expect(guide.locator(".messages p")).to_have_text("Ended: nothing has changed.")


@pytest.mark.browser
def test_what_went_wrong_stays_until_it_is_closed(guide: Page) -> None:
    guide.clock.install()
    for name, count in (("Say what failed", 1), ("Say that it is done", 0)):
        guide.get_by_role("button", name=name).click()
        message = guide.locator(".messages .message")
        expect(message).to_have_count(1)
        guide.clock.run_for(11_000)
        expect(message).to_have_count(count)


@pytest.mark.browser
def test_narrow_screen_never_scrolls_sideways(guide: Page) -> None:
    guide.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert guide.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    assert violations(guide) == []
    table = guide.locator("#sample-rows .table-scroll")
    table.evaluate("box => { box.scrollLeft = 200 }")
    assert table.locator("tbody tr").first.locator("td").first.bounding_box()["x"] == 0  # type: ignore[index]


@pytest.mark.browser
def test_dialog_keeps_what_was_typed_until_it_is_saved_and_gives_the_focus_back(guide: Page) -> None:
    opener = guide.get_by_role("link", name="Open the form in a dialog")
    opener.click()
    dialog = guide.get_by_role("dialog")
    expect(dialog.locator("[name=title]")).to_be_focused()

    dialog.locator("[name=estimate]").fill("-4")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(".error-summary")).to_be_focused()
    assert dialog.locator("[name=estimate]").input_value() == "-4"
    dialog.get_by_role("link", name="Title: This field is required.").click()
    expect(dialog.locator("[name=title]")).to_be_focused()

    dialog.locator("[name=title]").fill("Import of legacy claims")
    asked = stay_when_asked(guide)
    guide.keyboard.press("Escape")
    assert asked == [("confirm", "What you typed is not saved. Leave it?")]
    expect(dialog).to_be_visible()

    dialog.locator("[name=estimate]").fill("4")
    dialog.get_by_role("button", name="Save").click()
    expect(guide.locator(".messages p")).to_have_text("The work item is saved.")
    guide.locator(".messages").get_by_role("button", name="Undo").click()
    expect(guide.locator(".messages p")).to_have_text("Undone: nothing has changed.")

    opener.click()
    guide.keyboard.press("Escape")
    expect(opener).to_be_focused()


@pytest.mark.browser
def test_changed_form_asks_before_it_is_left(guide: Page) -> None:
    guide.locator("#form [name=title]").fill("Half a word")
    asked = stay_when_asked(guide)
    guide.get_by_role("link", name="Portfolio").click()
    guide.wait_for_timeout(200)
    assert ([kind for kind, _ in asked], guide.url.endswith("/styleguide/")) == (["beforeunload"], True)
    guide.locator("#form [name=title]").evaluate("input => { delete input.form.dataset.changed }")


@pytest.mark.browser
def test_keys_move_search_edit_and_explain_themselves(guide: Page) -> None:
    guide.keyboard.press("j")
    assert focused(guide) == "Q-31 Which claims may be reopened?"
    guide.keyboard.press("j")
    guide.keyboard.press("j")
    guide.keyboard.press("k")
    assert focused(guide) == "D-6 Version 0.6.0 to verify"
    guide.keyboard.press("f")
    assert focused(guide) == "id_q"
    guide.keyboard.press("j")
    assert guide.locator("#id_q").input_value() == "j"
    guide.locator("h1").click()
    guide.keyboard.press("?")
    expect(guide.get_by_role("dialog", name="Keyboard")).to_be_visible()
    guide.keyboard.press("Escape")
    guide.keyboard.press("e")
    expect(guide.get_by_role("dialog", name="Style guide")).to_be_visible()


@pytest.mark.browser
def test_crosshair_reads_the_table_to_pointer_and_arrow_keys(guide: Page) -> None:
    figure = guide.locator("#chart")
    chart = figure.locator("svg[data-crosshair]")
    chart.scroll_into_view_if_needed()
    chart.hover()
    expect(figure.locator(".reading dd")).to_have_text(["8 Feb 2026", "214.0", "188.0"])
    reader = figure.get_by_role("slider", name="Hours used and work earned")
    reader.focus()
    guide.keyboard.press("ArrowLeft")
    expect(reader).to_have_attribute("aria-valuetext", "Week to 1 Feb 2026, Used h 170.0, Earned h 150.0")


@pytest.mark.browser
def test_filter_narrows_while_one_types_and_stands_in_the_address(guide: Page) -> None:
    guide.locator("[data-search]").fill("claims")
    expect(guide.locator(".chips b").first).to_have_text("claims")
    guide.wait_for_url("**/styleguide/?q=claims&state=open")
    guide.locator(".filters [name=state]").select_option("")
    guide.wait_for_url("**/styleguide/?q=claims")


@pytest.mark.browser
def test_theme_and_density_are_remembered(guide: Page) -> None:
    def row_height() -> str:
        return str(guide.evaluate("getComputedStyle(document.querySelector('#sample-rows td')).height"))

    assert row_height() == "36px"
    guide.get_by_role("button", name="Menu of Rita Reader").click()
    guide.get_by_label("dark").check()
    guide.get_by_label("compact").check()
    guide.reload()
    assert guide.evaluate("[document.documentElement.dataset.theme, document.documentElement.dataset.density]") == [
        "dark",
        "compact",
    ]
    assert row_height() == "28px"


@pytest.mark.browser
def test_theirs_can_be_taken_field_by_field(guide: Page) -> None:
    guide.locator("[data-take=id_title]").click()
    expect(guide.locator("#id_title")).to_have_value("Import of legacy claims")
    guide.locator("#form [name=title]").evaluate("input => { delete input.form.dataset.changed }")


# What the guide need not show once more.
ELSEWHERE = {
    "components/charts/earned_value.html": "drawn of the same pieces as the burn-up, which is there",
}


def test_style_guide_shows_every_component(client_viewer: User, sign_in: Callable[[User], Client]) -> None:
    caches["pieces"].clear()
    shown = {template.name for template in sign_in(client_viewer).get(reverse("style_guide")).templates}
    folder = settings.BASE_DIR / "templates"
    components = {str(path.relative_to(folder)) for path in (folder / "components").rglob("*.html")}
    assert components - shown - ELSEWHERE.keys() == set()


def test_style_guide_is_there_in_the_demo_alone(
    client_viewer: User, sign_in: Callable[[User], Client], settings: Any
) -> None:
    client = sign_in(client_viewer)
    assert client.get(reverse("style_guide")).status_code == 200
    settings.DEMO = False
    assert client.get(reverse("style_guide")).status_code == 404


def test_bar_leads_to_the_first_pages_and_marks_none_elsewhere(
    client_viewer: User, sign_in: Callable[[User], Client]
) -> None:
    page = sign_in(client_viewer).get(reverse("style_guide")).content.decode()
    bar = page[page.index('<header class="bar">') : page.index("</header>")]
    names = ("status:my_work", "status:portfolio", "projects:inbox", "projects:outbox")
    links = re.findall(r'<a (?:class="spare" )?href="([^"]*)"[^>]*>', bar[bar.index("<nav") : bar.index("</nav>")])
    assert links == [reverse(name) for name in names]
    assert "aria-current" not in bar
    assert re.findall(r'<form method="post" action="([^"]+)"', bar) == [reverse("account_logout")]
