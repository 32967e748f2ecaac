"""Every page of the site is looked at, and no word of a page, a message or a mail is said without gettext."""

import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

import holidays
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from pytest_django import DjangoDbBlocker

from core.models import Letter
from core.money import CURRENCIES
from projects.actions.webhooks import host_of
from projects.messages import KINDS
from projects.models import OutboxMessage, Webhook, WebhookDelivery
from projects.outbox import word as wording_of
from projects.places import countries, subdivisions
from projects.webhook_sending import event_name
from tests.access.routes import every_route
from tests.own_database import own_database
from tests.site.markup import Markup
from tests.site.pages import CONFLICT, NO_PAGES, Page, pages_of, pages_without_account
from tests.site.pseudo import spoken_strangely
from tests.site.scenes import ESTIMATES, TIMESHEETS, busy, new

# What people wrote, or gave a thing as its name: the fields, of whatever model.
TYPED = frozenset(
    {"name", "title", "email", "note", "reason", "filename", "job_role", "outside_key", "answer", "prefix"}
)
# Names and units that are the same in every language.
SAME_EVERYWHERE = frozenset({"Oversight", "CSV", "XLSX", "UTC", *(code for code, _name in CURRENCIES)})
# The short names of earned value, by which the literature of every language calls its figures.
SAME_EVERYWHERE |= {"BAC", "PV", "EV", "AC", "CV", "SV", "CPI", "SPI", "ETC", "EAC", "IEAC", "VAC", "TCPI", "TSPI"}
SAME_EVERYWHERE |= {"PD", "AT", "ES"}
ADDRESS = re.compile(r"https?://\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WORD = re.compile(r"[A-Za-z]{2,}")
# In English on purpose, with the reason.
ENGLISH: dict[str, str] = {
    "500": "shown when nothing else works, languages included",
    "api:reference": "for those who write programs; it quotes the code",
    "style_guide": "for those who build pages; no visitor of an installation sees it",
}


@dataclass(frozen=True)
class Walk:
    """Everything that was said: pages, and texts that are sent."""

    pages: list[Page]
    sent: list[tuple[str, str]]
    typed: re.Pattern[str]


@pytest.fixture(scope="module")
def walk(
    template_database: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    """Both sides and a stranger walk through a busy project and a new one, in the language that nobody speaks."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), own_database(template_database):
        patch.setattr(settings, "MEDIA_ROOT", str(tmp_path_factory.mktemp("files")))
        with spoken_strangely():
            pages = list(_walked())
            sent = list(_sent())
        yield Walk(pages, sent, _typed())


def _walked() -> Iterator[Page]:
    working, beginning = busy(), new()
    for scene in (working, beginning):
        for side in scene.readers:
            yield from pages_of(scene, side)
    yield from pages_without_account(working)


def _sent() -> Iterator[tuple[str, str]]:
    for message in OutboxMessage.objects.all():
        wording = wording_of(message)
        if wording:
            yield f"message {message.kind}", f"{wording.subject}\n{wording.text}"
            yield f"message {message.kind} as html", "\n".join(Markup(wording.html).words)
    for letter in Letter.objects.all():
        yield f"letter {letter.subject}", f"{letter.subject}\n{letter.text}"
        yield f"letter {letter.subject} as html", "\n".join(Markup(letter.html).words)


def _typed() -> re.Pattern[str]:
    """What people typed, the longest first."""
    values = set()
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.name in TYPED and isinstance(field, models.CharField | models.TextField) and not field.choices:
                values |= set(model._base_manager.values_list(field.name, flat=True).distinct())
    values |= {"Hello", *_named_places(), *_cells(), *_programs()}
    ordered = sorted((value for value in values if value), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)")


def _named_places() -> Iterator[str]:
    """Zones, countries and their parts, and holidays: names, of which the library knows those of some languages."""
    for name in zoneinfo.available_timezones():
        yield from (name, name.replace("_", " "), name.split("/")[0])
    for code, name in countries():
        yield name
        yield from (part for _code, part in subdivisions(code))
    for code in ("CH", "SE"):
        yield from holidays.country_holidays(code, years=range(2024, 2032), language="en_US").values()


def _programs() -> Iterator[str]:
    """The machines that messages are posted to, and the names of events, which programs read."""
    for url in Webhook.objects.values_list("url", flat=True):
        yield host_of(url)
    yield from (event_name(kind) for kind in {*KINDS, *WebhookDelivery.objects.values_list("kind", flat=True)})


def _cells() -> Iterator[str]:
    """What stands in the files that are brought in."""
    for text in (*TIMESHEETS.values(), *ESTIMATES.values()):
        yield from (cell for line in text.splitlines() for cell in line.split(","))


def raw_words(text: str, walk: Walk) -> list[str]:
    """Words in plain letters that nobody typed."""
    left = walk.typed.sub(" ", ADDRESS.sub(" ", text))
    return [word for word in WORD.findall(left) if word not in SAME_EVERYWHERE]


def test_no_word_of_a_page_is_said_without_gettext(walk: Walk) -> None:
    raw: dict[str, str] = {}
    for page in walk.pages:
        if page.route in ENGLISH:
            continue
        for text in page.markup.words:
            for word in raw_words(text, walk):
                raw.setdefault(word, f"{page}: {text[:80]}")
    assert not raw, "\n".join(f"{word}: {place}" for word, place in raw.items())


def test_no_word_of_a_mail_is_said_without_gettext(walk: Walk) -> None:
    raw: dict[str, str] = {}
    for name, text in walk.sent:
        for word in raw_words(text, walk):
            raw.setdefault(word, name)
    assert not raw, "\n".join(f"{word}: {place}" for word, place in raw.items())


def test_every_route_is_a_page_that_was_looked_at_or_says_why_not(walk: Walk) -> None:
    seen = {page.route for page in walk.pages if page.response.status_code == 200}
    routes = {route.name for route in every_route() if not route.is_api and "GET" in route.needs}
    assert (routes - seen - NO_PAGES.keys(), NO_PAGES.keys() & seen, NO_PAGES.keys() - routes) == (set(), set(), set())


def test_every_form_with_a_version_shows_both_texts_when_somebody_was_faster(walk: Walk) -> None:
    versioned = {
        page.route for page in walk.pages if page.is_asked_for and page.markup.form and page.markup.form.version
    }
    # A rule that nobody set yet is nobody's: tests/alerts/test_rule_settings.py shows two who set one.
    unset = {"alerts:rule_edit", "alerts:organisation_rule_edit"}
    assert versioned - {page.route for page in walk.pages if page.how == CONFLICT} == {"style_guide", *unset}
