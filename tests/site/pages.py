"""Every page there is, as a reader gets it: those that are asked for, and those that answer something sent wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import reverse

from accounts.models import User
from budget.confirmations import ask_confirmation
from core.demo_post import DemoPost
from core.models import Letter
from projects.invitation_links import token_of
from projects.models import Invitation
from status.demo.accounts import PASSWORD
from status.error_views import server_error
from tests.access.routes import Route, every_route
from tests.access.test_every_route import TODAY, Ids
from tests.letters import path_in_letter
from tests.site.markup import Form, Markup
from tests.site.scenes import Scene, signed_in, value_in, with_second_factor

# Addresses that answer with something else than a page. What is no page and not here fails the test.
NO_PAGES: Mapping[str, str] = {
    "alerts:alert_acknowledge": "an act: it takes a POST alone",
    "alerts:alert_keep": "an act: it takes a POST alone",
    "alerts:alert_unmute": "an act: it takes a POST alone",
    "budget:time_import_problems": "a file",
    "budget:time_import_template": "a file",
    "mfa_download_recovery_codes": "a file",
    "projects:attachment": "a file",
    "projects:attachment_restore": "an act: it takes a POST alone",
    "projects:attachment_withdraw": "an act: it takes a POST alone",
    "projects:comment_mentions": "a part: what the script offers after an @",
    "projects:comment_restore": "an act: it takes a POST alone",
    "projects:comment_withdraw": "an act: it takes a POST alone",
    "projects:day_off_remove": "an act: it takes a POST alone",
    "projects:delivery_send": "an act: it takes a POST alone",
    "projects:inbox_read": "an act: it takes a POST alone",
    "projects:live": "data for the script",
    "projects:message_read": "leads on to what the message is about",
    "projects:outbox_message_html": "the html of a mail, in a frame",
    "projects:undelivered_send": "an act: it takes a POST alone",
    "projects:webhook_switch": "an act: it takes a POST alone",
    "projects:webhook_test": "an act: it takes a POST alone",
    "requirements:work_item_choices": "a part: what the script offers for a work item",
    "requirements:work_item_import_problems": "a file",
    "requirements:work_item_import_template": "a file",
    "status:earned_value_days": "a file",
    "status:earned_value_indices": "a file",
    "status:health_alerts": "data for a monitor",
    "status:health_live": "data for a monitor",
    "status:health_ready": "data for a monitor",
    "status:own_mail_send": "an act: it takes a POST alone",
}
# What somebody gets who is not signed in; pages_without_account() brings them.
WITHOUT_ACCOUNT: Mapping[str, str] = {
    "account_inactive": "the account is shut",
    "account_login": "the way in",
    "account_reset_password": "a new password",
    "account_reset_password_done": "a new password",
    "account_reset_password_from_key": "a new password",
    "account_reset_password_from_key_done": "a new password",
    "account_set_password": "a first password",
    "account_signup": "closed",
    "accounts:join": "a link",
    "demo_post": "the demo’s mails",
    "demo_post_mail": "the demo’s mails",
    "mfa_authenticate": "the second step of the way in",
    "projects:act_link": "a link",
    "projects:invitation": "a link",
}
# What a form shows once instead of leading on: the route, and what is sent.
SHOWN_ONCE: Mapping[str, Mapping[str, Any]] = {
    "accounts:token_add": {"name": "Build server", "scopes": ["read"], "days": "90"},
    "projects:webhook_add": {"url": "https://client.example/told", "kinds": ["terms_changed"]},
    "projects:webhook_secret": {},
}


CONFLICT = "conflict"


@dataclass(frozen=True)
class Page:
    """An answer of the site: of which route, how it came about, and what it was."""

    route: str
    how: str
    path: str
    response: HttpResponse

    def __str__(self) -> str:
        return f"{self.route} {self.path}" + (f" ({self.how})" if self.how else "")

    @property
    def is_asked_for(self) -> bool:
        """Whether the address alone brings it."""
        return not self.how

    @property
    def html(self) -> str:
        return self.response.content.decode()

    @property
    def markup(self) -> Markup:
        return Markup(self.html)


def pages_of(scene: Scene, side: str) -> Iterator[Page]:
    """What the reader of that side gets: each page, then what its form answers to an empty and to a stale one."""
    reader = scene.readers[side]
    browser = with_second_factor(reader) if side == "vendor" and reader.has_usable_password() else signed_in(reader)
    seen = set()
    for route in every_route():
        if route.is_api or route.name in WITHOUT_ACCOUNT:
            continue
        for ids in scene.ids[side]:
            path = _address(route, ids, side)
            if path is None or path in seen:
                continue
            seen.add(path)
            response = browser.get(path)
            if not _is_page(response):
                continue
            page = Page(route.name, "", path, response)
            yield page
            yield from _answers_of_its_form(browser, page)
    yield from errors(browser, scene)


def _address(route: Route, ids: Ids, side: str) -> str | None:
    values = {name: value_in(ids, name, route.name, side) for name in route.parameters}
    return None if None in values.values() else reverse(route.name, kwargs=values)


def _is_page(response: Any) -> bool:
    is_html = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
    return is_html and b"<main" in response.content


def _answers_of_its_form(browser: Client, page: Page) -> Iterator[Page]:
    if page.route in SHOWN_ONCE:
        yield from _sent(browser, page, SHOWN_ONCE[page.route], "done", 200)
    form = page.markup.form
    # The style guide's form saves nothing and leaves a message for the next page.
    if form is None or page.route == "style_guide":
        return
    yield from _sent(browser, page, _emptied(form), "refused input", 422)
    if form.version:
        yield from _sent(browser, page, _stale(form), CONFLICT, 409)


def _sent(browser: Client, page: Page, data: Mapping[str, Any], how: str, status: int) -> Iterator[Page]:
    """What comes back, and nothing has changed afterwards."""
    form = page.markup.form
    path = (form.action if form else "") or page.path
    with transaction.atomic():
        response = browser.post(path, data)
        transaction.set_rollback(True)
    if response.status_code == status:
        yield Page(page.route, how, path, response)


def _emptied(form: Form) -> dict[str, list[str]]:
    return {name: values if name in form.hidden else [""] for name, values in form.values.items()}


def _stale(form: Form) -> dict[str, list[str]]:
    """What stands in the form, as somebody sends it who wrote a word more and began before the other one saved."""
    sent = {**form.values, "version": ["0"], **{name: [TODAY.isoformat()] for name in form.days_to_fill}}
    for name in ("title", "name", "text"):
        if name in sent:
            sent[name] = [f"{sent[name][0]} ✓"]
    return sent


def errors(browser: Client, scene: Scene) -> Iterator[Page]:
    """What is shown when something is not there, not allowed, refused or broken."""
    nowhere = "/nothing-is-here/"
    yield Page("404", "not there", nowhere, browser.get(nowhere))
    rates = reverse("projects:rate_add", args=[scene.project.slug])
    viewer = scene.project.memberships.filter(role="viewer").first()
    if viewer is not None:
        yield Page("403", "not allowed", rates, signed_in(viewer.user).get(rates))
    strict = Client(enforce_csrf_checks=True)
    yield Page("403_csrf", "no token", "/sign-in/", strict.post("/sign-in/", {}))
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    yield Page("500", "broken", "/broken/", server_error(request))


def pages_without_account(scene: Scene) -> Iterator[Page]:
    """What somebody gets who is not signed in: sign-in, links, and what they answer."""
    nobody = Client()
    for name in ("account_login", "account_reset_password", "account_set_password", "account_signup"):
        yield from _opened(name, reverse(name), nobody)
    for name in ("account_inactive", "account_reset_password_done", "account_reset_password_from_key_done"):
        yield Page(name, "", reverse(name), nobody.get(reverse(name)))
    yield from _signing_in(scene.readers["vendor"])
    yield from _links(scene)
    yield from _post()


def _signing_in(reader: User) -> Iterator[Page]:
    """The steps of signing in that no address alone brings: the code after the password, the new password by a link."""
    wrong = Client().post(reverse("account_login"), {"login": reader.email, "password": "not this one"})
    yield Page("account_login", "refused input", reverse("account_login"), wrong)
    browser = Client()
    code = browser.post(reverse("account_login"), {"login": reader.email, "password": PASSWORD})["Location"]
    yield Page("mfa_authenticate", "after the password", code, browser.get(code))
    yield Page("mfa_authenticate", "refused input", code, browser.post(code, {"code": "000000"}))
    reader.refresh_from_db()
    key = user_pk_to_url_str(reader), default_token_generator.make_token(reader)
    path = reverse("account_reset_password_from_key", kwargs=dict(zip(("uidb36", "key"), key, strict=True)))
    first = browser.get(path)
    choosing = first["Location"]
    yield Page("account_reset_password_from_key", "by a link", choosing, browser.get(choosing))
    yield Page("account_reset_password_from_key", "refused input", choosing, browser.post(choosing, {"password1": "a"}))
    dead = reverse("account_reset_password_from_key", args=["1", "dead-link"])
    yield Page("account_reset_password_from_key", "dead", dead, Client().get(dead))


def _links(scene: Scene) -> Iterator[Page]:
    """The pages behind links that are keys: alive, answered and dead."""
    project, client = scene.project, scene.readers["client"]
    person = project.people.filter(side="vendor").exclude(person__email="")[0].person
    asked = ask_confirmation(
        actor=client,
        project=project,
        person=person,
        subject="hours",
        first_day=TODAY,
        last_day=TODAY,
    )
    assert asked.link is not None
    link = path_in_letter(asked.link.uuid)
    yield from _opened("projects:act_link", link, Client())
    yield Page("projects:act_link", "the asker’s own", link, signed_in(client).get(link))
    for answer in ("object", "confirm"):
        yield Page("projects:act_link", f"answered: {answer}", link, Client().post(link, {"answer": answer}))
    for route, dead in (
        ("projects:act_link", "/l/dead/"),
        ("projects:invitation", "/invitations/dead/"),
        ("accounts:join", "/join/dead/"),
    ):
        yield Page(route, "dead", dead, Client().get(dead))
    invited = reverse("projects:invitation", args=[token_of(Invitation.objects.filter(project=project).latest("pk"))])
    yield from _opened("projects:invitation", invited, Client())
    yield Page("projects:invitation", "somebody else’s", invited, signed_in(client).get(invited))
    for letter in Letter.objects.filter(text__contains="/join/"):
        joining = "/join/" + letter.text.split("/join/", 1)[1].split("/", 1)[0] + "/"
        yield from _opened("accounts:join", joining, Client())


def _opened(route: str, path: str, browser: Client) -> Iterator[Page]:
    page = Page(route, "", path, browser.get(path))
    yield page
    yield from _answers_of_its_form(browser, page)


def _post() -> Iterator[Page]:
    """The demo's mails."""
    with TemporaryDirectory() as folder, override_settings(DATA_DIR=folder, DEMO_POST_KEY="k" * 64, DEMO=True):
        listed = reverse("demo_post", args=["k" * 64])
        yield Page("demo_post", "nothing sent", listed, Client().get(listed))
        DemoPost().send_messages([EmailMessage("✓", "✓", to=["asked@example.com"])])
        yield Page("demo_post", "with the key", listed, Client().get(listed))
        (mail,) = (path.stem for path in (Path(folder) / "post").iterdir())
        one = reverse("demo_post_mail", args=["k" * 64, mail])
        yield Page("demo_post_mail", "with the key", one, Client().get(one))
