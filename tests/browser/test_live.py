"""What keeps an open page up to date, with a clock that the test turns: hidden, without a connection, signed out."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from projects.models import Project
from projects.outbox import put_in_outbox
from tests.processes import Site

pytestmark = pytest.mark.browser

OFTEN, MINUTE = 15_000, 60_000
# What the browser says of itself, as a test may set it.
HIDDEN = "Object.defineProperty(document, 'hidden', { get: () => Boolean(window.isHidden) })"


class Watched:
    """A page whose clock stands until it is turned, and how often it has asked what moved."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked = 0
        page.on("request", self._count)

    def _count(self, request: object) -> None:
        self.asked += "/live/" in str(getattr(request, "url", ""))

    def questions_in(self, milliseconds: int) -> int:
        """How often it asks in that time, each answer taken in before the clock goes on."""
        before = self.asked
        for _step in range(milliseconds // OFTEN):
            self.page.clock.run_for(OFTEN)
            self.page.wait_for_timeout(60)
        return self.asked - before

    def hide(self, *, is_hidden: bool) -> None:
        self.page.evaluate(
            "(hidden) => { window.isHidden = hidden; document.dispatchEvent(new Event('visibilitychange')) }", is_hidden
        )
        self.page.wait_for_timeout(60)


@pytest.fixture
def watched(
    project: Project, client_manager: User, sign_in: Callable[[User], Client], page: Page, web_server: Site
) -> Watched:
    """The inbox: what it shows moves by itself."""
    session = sign_in(client_manager).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": web_server.url}])
    page.add_init_script(HIDDEN)
    page.clock.install()
    found = Watched(page)
    page.goto("/inbox/")
    page.wait_for_timeout(300)
    return found


def test_hidden_page_asks_nothing_and_catches_up_when_it_is_seen_again(
    watched: Watched, project: Project, client_manager: User
) -> None:
    count = watched.page.locator("#inbox-count")
    assert watched.questions_in(MINUTE) == 4
    watched.hide(is_hidden=True)
    put_in_outbox(
        project=project,
        recipients=[client_manager],
        kind="figures_drifted",
        data={"count": 1},
        channels=["in_app"],
        audience="client",
        dedupe="while nobody looks",
    )
    assert watched.questions_in(10 * MINUTE) == 0
    expect(count).to_be_empty()
    watched.hide(is_hidden=False)
    expect(count).to_have_text("1 unread")
    assert watched.questions_in(MINUTE) == 4


def test_without_a_connection_it_says_so_asks_less_and_less_and_takes_the_word_back(watched: Watched) -> None:
    note = watched.page.locator("#connection")
    watched.page.route("**/live/**", lambda route: route.abort())
    # One question that is lost is no reason to alarm anybody.
    assert watched.questions_in(OFTEN) == 1
    expect(note).to_be_empty()
    assert watched.questions_in(MINUTE) == 1
    expect(note).to_have_text("No connection. This page shows what it last heard.")
    assert watched.questions_in(10 * MINUTE) <= 6
    watched.page.unroute("**/live/**")
    watched.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(note).to_be_empty()
    assert watched.questions_in(MINUTE) == 4


def test_whoever_is_signed_out_meanwhile_is_told_and_asked_for_no_more(watched: Watched) -> None:
    watched.page.context.clear_cookies()
    assert watched.questions_in(OFTEN) == 1
    expect(watched.page.locator("#connection")).to_have_text("You are signed out. This page shows what it last heard.")
    assert watched.questions_in(5 * MINUTE) == 0
