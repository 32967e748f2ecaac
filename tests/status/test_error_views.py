"""What a reader sees when a page is not there, not theirs, or refuses."""

from collections.abc import Callable

from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from accounts.models import User
from core.errors import DomainError
from core.middleware import DomainErrorMiddleware
from projects.models import Project


def test_stranger_reads_the_same_as_at_an_address_that_leads_nowhere(
    other_client: User, project: Project, sign_in: Callable[[User], Client]
) -> None:
    client = sign_in(other_client)
    theirs = client.get(f"/p/{project.slug}/")
    nothing = client.get("/p/no-such-project/")
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert _without_tokens(theirs.content) == _without_tokens(nothing.content)


def _without_tokens(content: bytes) -> list[bytes]:
    """The page without the lines whose CSRF token differs at each request."""
    return [line for line in content.splitlines() if b"csrf" not in line.lower()]


def test_refused_act_says_what_happened_and_that_nothing_changed(client_viewer: User) -> None:
    request = RequestFactory().post("/p/one/")
    request.user = client_viewer
    answer = DomainErrorMiddleware(lambda _: None).process_exception(request, DomainError("This project is closed."))  # type: ignore[arg-type, return-value]
    assert answer is not None
    page = answer.content.decode()
    assert (answer.status_code, page.count("This project is closed."), page.count("Nothing was changed.")) == (
        409,
        1,
        1,
    )


def test_page_for_a_crash_needs_neither_context_nor_database() -> None:
    assert render_to_string("500.html").count("<h1>Something broke on our side</h1>") == 1
