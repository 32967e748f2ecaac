"""Every page that can be read, in a real browser, with the demo's data: accessible, quiet, light and never too wide."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Response

from accounts.models import ApiToken, User
from accounts.tokens import create_token
from budget.models import TimeEntry
from launch.postgres import Urls
from projects.models import OutboxMessage, Project
from status.demo.load import load_demo
from tests.access.routes import PUBLIC, Route, every_route
from tests.processes import Process

pytestmark = pytest.mark.browser

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WEIGHT = 100_000
NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1366, "height": 900}
READERS = {"client": "mara@alpenrose.example", "vendor": "jonas@nordhaven.example"}
# What the browser says when something is wrong; its hints to developers are no complaint about the page.
COMPLAINTS = ("error", "warning")

# What answers with something else than a page of its own: downloads, parts, and addresses that only take a POST.
NO_PAGES = frozenset(
    {
        "projects:outbox_message_html",
        "projects:comment_mentions",
        "requirements:work_item_choices",
    }
)


def pages_of(reader: User, project: Project) -> list[str]:
    """The addresses of the pages that the reader may open on the project, and the personal ones."""
    browser = Client()
    browser.force_login(reader)
    found = []
    for route in every_route():
        if route.is_api or route.name in PUBLIC | NO_PAGES:
            continue
        path = _address(route, project, reader)
        if path is None:
            continue
        response = browser.get(path)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            found.append(path)
    return found


def _address(route: Route, project: Project, reader: User) -> str | None:
    message = OutboxMessage.objects.filter(recipient=reader, project=project, channel="mail").first()
    known: dict[str, object] = {
        "slug": project.slug,
        "side": "client",
        "number": 12,
        "person_uuid": project.people.get(person__name="Anneli Saar").person.uuid,
        "rate_uuid": project.rates.all()[0].uuid,
        "member_uuid": project.memberships.get(user__name="Elif Demir").uuid,
        "message_uuid": message.uuid if message else None,
        "token_uuid": ApiToken.objects.get(user=reader).uuid,
    }
    if "entry_uuid" in route.parameters:
        known["entry_uuid"] = TimeEntry.objects.filter(project=project).latest("pk").uuid
    if not route.parameters <= set(known) or any(known[name] is None for name in route.parameters):
        return None
    return reverse(route.name, kwargs={name: known[name] for name in route.parameters})


@pytest.fixture
def demo(fresh_database: Urls) -> Project:
    load_demo(timezone.now().date())
    for address in READERS.values():
        create_token(user=User.objects.get(email=address), name="Build server", scopes=["read"])
    return Project.objects.get(name="Claims portal")


@pytest.fixture(params=["client", pytest.param("vendor", marks=pytest.mark.long)])
def reader(request: pytest.FixtureRequest, demo: Project) -> User:
    return User.objects.get(email=READERS[request.param])


@pytest.fixture
def signed_in(reader: User, page: Page, web_server: Process) -> Iterator[Page]:
    """A tab of the reader. Ends with the browser having said nothing: no error, no blocked style or script."""
    browser = Client()
    browser.force_login(reader)
    cookie = {"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": web_server.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    said: list[str] = []
    page.on(
        "console",
        lambda message: said.append(f"{page.url}: {message.text}") if message.type in COMPLAINTS else None,
    )
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    yield page
    assert said == []


def test_pages_are_accessible_quiet_and_fit(signed_in: Page, reader: User, demo: Project) -> None:
    found: dict[str, list[str]] = {}
    paths = pages_of(reader, demo)
    assert len(paths) > 15
    for path in paths:
        wrong = []
        signed_in.set_viewport_size(WIDE)  # type: ignore[arg-type]
        signed_in.emulate_media(color_scheme="light")
        signed_in.goto(path)
        wrong += [f"light: {one}" for one in violations(signed_in)]
        signed_in.emulate_media(color_scheme="dark")
        wrong += [f"dark: {one}" for one in violations(signed_in)]
        signed_in.set_viewport_size(NARROW)  # type: ignore[arg-type]
        width = signed_in.evaluate("document.documentElement.scrollWidth")
        if width > NARROW["width"]:
            wrong.append(f"narrow: {width} px wide")
        if wrong:
            found[path] = wrong
    assert found == {}


def violations(page: Page) -> list[str]:
    """What axe finds: the rule and where."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']} at {node['target']}" for one in found for node in one["nodes"][:3]]


def test_pages_are_light(signed_in: Page, reader: User, demo: Project) -> None:
    """The first load of any page: everything that comes over the wire, at most 100 kB."""
    sizes: list[int] = []

    def weigh(response: Response) -> None:
        sizes.append(int(response.request.sizes()["responseBodySize"]))

    signed_in.on("response", weigh)
    heavy = {}
    session = signed_in.context.new_cdp_session(signed_in)
    for path in pages_of(reader, demo):
        sizes.clear()
        session.send("Network.clearBrowserCache")
        signed_in.goto(path, wait_until="load")
        if sum(sizes) > WEIGHT:
            heavy[path] = sum(sizes)
    assert heavy == {}
