"""Every page that there is, in a real browser: accessible, quiet, light, never too wide, and fit for paper.

The pages come from the walk of tests/site, as the site answered them; the browser shows them with the real styles and
scripts. `make test` looks at what the client's manager can open in a busy project; the long run at everything else.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Route
from pytest_django import Settings

from launch.postgres import Urls
from tests.processes import Site
from tests.site import pages, scenes
from tests.site.scenes import Scene

pytestmark = pytest.mark.browser

AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Another theme changes colours and nothing else.
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
WEIGHT = 100_000
NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1366, "height": 900}
# What the browser says when something is wrong; its hints to developers are no complaint about the page.
COMPLAINTS = ("error", "warning")
# The browser itself reports each answer with an error's status.
STATUS = "Failed to load resource: the server responded with a status of 4"
WEIGHED = """() => performance.getEntriesByType('resource')
    .filter(one => ['link', 'script', 'img', 'css'].includes(one.initiatorType))
    .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
# Scripts that measure have had their turn two frames later.
WIDTH = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
    () => done(document.documentElement.scrollWidth))))"""
ON_PAPER = """() => [...document.querySelectorAll('button, input, select, textarea, nav, dialog, summary')]
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().height > 0)
    .map(one => one.outerHTML.slice(0, 80))"""


@dataclass
class Tab:
    """A tab that shows answers of the site as if it had just asked for them."""

    page: Page
    said: list[str] = field(default_factory=list)
    shown: pages.Page | None = None

    def listen(self) -> None:
        self.page.route("**/*", self._answer)
        self.page.on("console", lambda message: self._complain(message.type, message.text))
        self.page.on("pageerror", lambda error: self._complain("error", str(error)))

    def show(self, page: pages.Page) -> None:
        self.shown = page
        self.page.goto(page.path, wait_until="load")

    def _answer(self, route: Route) -> None:
        request = route.request
        if self.shown is None or not request.is_navigation_request() or request.frame != self.page.main_frame:
            route.continue_()
            return
        headers = {name: value for name, value in self.shown.response.headers.items() if name != "Content-Length"}
        # A status of an error would be reported by the browser as one.
        route.fulfill(status=200, headers=headers, body=self.shown.response.content)

    def _complain(self, kind: str, text: str) -> None:
        if kind in COMPLAINTS and not text.startswith(STATUS):
            self.said.append(f"{self.shown}: {text}")


@pytest.fixture
def tab(page: Page) -> Tab:
    found = Tab(page)
    found.listen()
    return found


@pytest.fixture
def files(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("files"))


def sign_in(context: BrowserContext, scene: Scene, side: str, web_server: Site) -> None:
    """What a page asks for by itself, such as what is new, it gets."""
    if side in scene.readers:
        session = scenes.signed_in(scene.readers[side]).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": web_server.url}])


def look_at(tab: Tab, page: pages.Page, *, thorough: bool) -> list[str]:
    """What is wrong with the page."""
    window = tab.page
    window.set_viewport_size(WIDE)  # type: ignore[arg-type]
    window.emulate_media(color_scheme="light", media="screen", contrast="no-preference", forced_colors="none")
    tab.show(page)
    wrong = [f"light: {one}" for one in _found(Axe().run(window, options=AXE).response)]
    weight = window.evaluate(WEIGHED) + len(gzip.compress(page.response.content))
    if weight > WEIGHT:
        wrong.append(f"{weight} bytes to load")
    window.emulate_media(color_scheme="dark")
    wrong += [f"dark: {one}" for one in _again(window, AXE if thorough else CONTRAST)]
    if thorough:
        window.emulate_media(contrast="more")
        wrong += [f"dark, more contrast: {one}" for one in _again(window, CONTRAST)]
        window.emulate_media(color_scheme="light")
        wrong += [f"light, more contrast: {one}" for one in _again(window, CONTRAST)]
    window.set_viewport_size(NARROW)  # type: ignore[arg-type]
    width = window.evaluate(WIDTH)
    if width > NARROW["width"]:
        wrong.append(f"narrow: {width} px wide")
    if thorough:
        wrong += [f"narrow: {one}" for one in _again(window, AXE)]
    window.emulate_media(media="print", color_scheme="light")
    wrong += [f"on paper: {one}" for one in window.evaluate(ON_PAPER)]
    return wrong


def _again(window: Page, options: dict[str, Any]) -> list[str]:
    """axe is in the page since it ran first."""
    return list(_found(window.evaluate("options => axe.run(document, options)", options)))


def _found(response: dict[str, Any]) -> Iterator[str]:
    """What axe finds: the rule and where."""
    for one in response["violations"]:
        yield from (f"{one['id']} at {node['target']}" for node in one["nodes"][:3])


def _walk(name: str) -> tuple[Scene, str, Iterator[pages.Page]]:
    made, side = name.split(", ")
    scene: Scene = getattr(scenes, made)()
    found = pages.pages_without_account(scene) if side == "nobody" else pages.pages_of(scene, side)
    return scene, side, found


def _told(wrong: dict[str, list[str]], said: list[str]) -> str:
    lines = [f"{page}:\n    " + "\n    ".join(here) for page, here in wrong.items()]
    return "\n".join(["", *lines, *said])


WALKS = ("busy, client", "busy, vendor", "busy, nobody", "new, client", "new, vendor", "long_named, client")


def _look(walk: str, tab: Tab, web_server: Site, *, thorough: bool) -> dict[str, list[str]]:
    scene, side, found = _walk(walk)
    sign_in(tab.page.context, scene, side, web_server)
    wrong: dict[str, list[str]] = {}
    for page in found:
        if thorough or page.is_asked_for:
            here = look_at(tab, page, thorough=thorough)
            if here:
                wrong[str(page)] = here
    return wrong


def test_pages_are_accessible_quiet_light_and_fit(
    fresh_database: Urls, files: None, tab: Tab, web_server: Site
) -> None:
    wrong = _look("busy, client", tab, web_server, thorough=False)
    assert not [*wrong, *tab.said], _told(wrong, tab.said)


@pytest.mark.long
@pytest.mark.parametrize("walk", WALKS)
def test_every_page_is_accessible_quiet_light_and_fits(
    walk: str, fresh_database: Urls, files: None, tab: Tab, web_server: Site
) -> None:
    wrong = _look(walk, tab, web_server, thorough=True)
    assert not [*wrong, *tab.said], _told(wrong, tab.said)
