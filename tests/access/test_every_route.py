"""Every address × everybody: what each may open, and that a refused request changes nothing.

The cast's parts are written down here and not asked of the code under test. A stranger gets 404, a member without the
capability 403; with an id of another project everybody gets 404.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.template.base import Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, Organisation, OrganisationRole, User
from accounts.organisations import invite_to_organisation
from accounts.tokens import create_token
from alerts.actions import mute
from alerts.models import Alert
from budget.confirmations import ask_confirmation
from budget.time_entries import record_time
from projects.actions import add_comment, add_day_off, add_person, add_webhook, agree_rate, invite_member
from projects.audience import Side
from projects.models import ImportBatch, Membership, OutboxMessage, Project, SideCalendar, WebhookDelivery
from projects.outbox import put_in_outbox
from projects.roles import CAPABILITIES, ROLES
from requirements_app.actions import add_work_item
from tests.access.routes import BY_SIGN_IN, PUBLIC, SIGNED_IN, Route, every_route

pytestmark = pytest.mark.django_db

# Side and role of each on the project; None: a stranger to it.
CAST: dict[str, tuple[str, str] | None] = {
    "client_manager": ("client", "manager"),
    "client_approver": ("client", "approver"),
    "client_team_lead": ("client", "team_lead"),
    "client_finance": ("client", "finance"),
    "client_member": ("client", "member"),
    "client_viewer": ("client", "viewer"),
    "vendor_manager": ("vendor", "manager"),
    "vendor_analyst": ("vendor", "analyst"),
    "vendor_member": ("vendor", "member"),
    "vendor_viewer": ("vendor", "viewer"),
    "portfolio_viewer": ("client", "viewer"),
    "two_sided_person": ("client", "viewer"),
    "organisation_admin": None,
    "revoked_member": None,
    "other_client": None,
    "other_vendor": None,
    "anonymous": None,
}
TODAY = dt.date(2026, 9, 17)
ROUTES = every_route()
Ids = dict[str, dict[str, Any]]


def things_of(project: Project, manager: User) -> Ids:
    """One of everything that an address can name, in ``project``: by route name, else by parameter."""
    person = add_person(actor=manager, project=project, name="Nadia Named", side="vendor", job_role="Tester").person
    person.email = f"nadia@{project.slug}.example"
    person.save(update_fields=["email"])
    item = add_work_item(actor=manager, project=project, title="Something", estimate_minutes=600)
    entry = record_time(
        actor=manager, project=project, person=person, worked_on=TODAY, minutes=60, today=TODAY, work_item=item
    )
    rate = agree_rate(actor=manager, project=project, hourly_rate=80, first_day=TODAY)
    calendar = SideCalendar.objects.get(project=project, side="client")
    add_day_off(actor=manager, calendar=calendar, on=TODAY, name="Harbour day")
    comment = add_comment(
        actor=manager, project=project, side="client", text="Hello", files=[ContentFile(b"plan", name="plan.txt")]
    )
    alert = Alert.objects.create(
        project=project,
        rule="B2",
        level="warning",
        episode=99,
        raised_at=timezone.now(),
        vendor_told_at=timezone.now(),
        numbers=NUMBERS,
    )
    muted = mute(
        actor=manager, alert=alert, side="client", reason="Agreed", until=timezone.now() + dt.timedelta(days=1)
    )
    muted_by_vendor = mute(
        actor=manager, alert=alert, side="vendor", reason="Agreed", until=timezone.now() + dt.timedelta(days=1)
    )
    for channel in ("in_app", "mail"):
        put_in_outbox(
            project=project,
            recipients=[manager],
            kind="alerts_raised",
            data={"alerts": [str(alert.uuid)]},
            channels=[channel],
            audience="client",
            dedupe=f"access:{project.pk}",
        )
    of_vendor = Membership.objects.filter(project=project, side="vendor").first()
    undelivered = {
        name: OutboxMessage.objects.create(
            project=of_project,
            recipient=recipient,
            channel="mail",
            audience="both",
            kind=kind,
            data=data,
            dedupe_key=f"{name}:{project.pk}",
            state=OutboxMessage.State.DEAD,
            due_at=timezone.now(),
        ).uuid
        for name, of_project, recipient, kind, data in (
            ("undelivered", project, manager, *TERMS),
            ("undelivered vendor", project, of_vendor.user if of_vendor else manager, *TERMS),
            ("own_mail", None, manager, "alerts_daily", {"alerts": []}),
        )
    }
    looked_after = Organisation.objects.create(name=f"Looked after by {manager.name}")
    OrganisationRole.objects.create(organisation=looked_after, user=manager, role="admin")
    organisation_link = invite_to_organisation(
        actor=manager, organisation=looked_after, email="named@example.com", role="portfolio_viewer"
    )
    token, _text = create_token(user=manager, name="Build", scopes=["read"])
    confirmation = ask_confirmation(actor=manager, project=project, person=person, subject="estimate")
    batches = {
        f"{KIND_IN_ROUTES[kind]} {side}".strip(): ImportBatch.objects.create(
            project=project,
            kind=kind,
            file=ContentFile(b"Date,Person,Hours\n2026-09-17,Nadia Named,1\n", name="hours.csv"),
            filename="hours.csv",
            sha256="0" * 64,
            recorded_by_side=side,
            created_by=manager,
        ).uuid
        for kind in ImportBatch.Kind
        for side in Side
    }
    webhooks, deliveries = {}, {}
    for side in Side:
        webhook, _secret = add_webhook(
            actor=manager if side == Side.CLIENT or not of_vendor else of_vendor.user,
            project=project,
            side=side,
            url=f"https://{side}.example/told",
            kinds=["terms_changed"],
        )
        webhooks[side.value] = webhook.uuid
        deliveries[side.value] = WebhookDelivery.objects.create(
            project=project, webhook=webhook, kind="terms_changed", data=TERMS[1], dedupe_key="access", attempts=1
        ).uuid
    messages = {
        message.channel: message.uuid for message in OutboxMessage.objects.filter(project=project, recipient=manager)
    }
    members = dict(Membership.objects.filter(project=project).order_by("-pk").values_list("side", "uuid"))
    return {
        "slug": {"": project.slug},
        "side": {"": "client"},
        "on": {"": TODAY},
        "extension": {"": "csv"},
        "number": {"": item.ref.number},
        "person_uuid": {"": person.uuid},
        "ref_uuid": {"": item.ref.uuid},
        "comment_uuid": {"": comment.uuid},
        "attachment_uuid": {"": comment.attachments.get().uuid},
        "member_uuid": {"": members["client"], **members},
        "rate_uuid": {"": rate.uuid},
        "alert_uuid": {"": alert.uuid},
        "mute_uuid": {"": muted.uuid, "vendor": muted_by_vendor.uuid},
        "entry_uuid": {"": entry.uuid},
        "confirmation_uuid": {"": confirmation.uuid},
        "token_uuid": {"": token.uuid},
        "organisation_uuid": {"": looked_after.uuid},
        "scale": {"": "B2"},
        "cooperation": {"": "project"},
        "billing": {"": "time_and_material"},
        "user_uuid": {"": manager.uuid},
        "role": {"": "admin"},
        "link_uuid": {"": organisation_link.uuid},
        "invitation_uuid": {
            "": invite_member(
                actor=manager, project=project, email="named@example.com", side="client", role="viewer"
            ).uuid,
            "vendor": invite_member(
                actor=manager, project=project, email="vendor@example.com", side="vendor", role="viewer"
            ).uuid,
        },
        "message_uuid": {"": messages["in_app"], "outbox": messages["mail"], **undelivered},
        "batch_uuid": batches,
        "webhook_uuid": {"": webhooks["client"], **webhooks},
        "delivery_uuid": {"": deliveries["client"], **deliveries},
    }


TERMS: tuple[str, dict[str, Any]] = ("terms_changed", {"fields": [], "by": "Nadia Named"})
NUMBERS = {
    "hours_through": "2026-09-17",
    "progress_through": "2026-09-17",
    "compared_on": "2026-09-17",
    "from": "0.1000",
    "clears_at": "0.0800",
    "used_ratio": "0.5000",
    "earned_ratio": "0.3500",
    "ahead": "0.1500",
    "budget_minutes": 24000,
    "budget_source": "agreed",
}
# How the routes of each kind of import are called.
KIND_IN_ROUTES = {ImportBatch.Kind.WORK_ITEMS: "work_item", ImportBatch.Kind.TIME_ENTRIES: "time"}
# Personal addresses that name a thing: whose it is. The client's manager has one, and sees the client's mails.
OWNED_BY_THE_MANAGER = "client_manager"


def value_for(ids: Ids, parameter: str, route: Route, side: str) -> Any:
    """The id that stands for ``parameter`` in this route; a new kind of thing has to be added to things_of().

    Of what the sides have apart it is the asking side's.
    """
    fitting = [key for key in ids[parameter] if all(part == side or part in route.name for part in key.split())]
    return ids[parameter][max(fitting, key=len)]


@pytest.fixture
def scene(project: Project, other_project: Project, vendor_viewer: User) -> tuple[Ids, Ids]:
    return things_of(project, project.created_by), things_of(other_project, other_project.created_by)


@pytest.fixture(params=CAST)
def part(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def actor(part: str, request: pytest.FixtureRequest) -> User | AnonymousUser:
    found: User | AnonymousUser = request.getfixturevalue(part)
    return found


@pytest.fixture
def ask(
    part: str, actor: User | AnonymousUser, sign_in: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Route, str, Ids], int]:
    """Ask an address and undo what it did. The status, and for what was refused, the certainty that nothing changed."""
    # Who is let in is decided before a page is written, and writing thousands of pages takes half of the time. What
    # the pages say is looked at by tests/site.
    monkeypatch.setattr(Template, "render", lambda _page, _context: "")
    browser = sign_in(actor)
    headers: dict[str, str] = {}
    if isinstance(actor, User):
        _token, text = create_token(user=actor, name="Everything", scopes=ApiToken.Scope.values)
        headers = {"Authorization": f"Bearer {text}", "If-Match": '"v1"'}
    program = Client(headers=headers)
    side = (CAST[part] or ("client", ""))[0]

    def asked(route: Route, method: str, ids: Ids) -> int:
        path = reverse(route.name, kwargs={name: value_for(ids, name, route, side) for name in route.parameters})
        with transaction.atomic():
            before = changes() if method != "GET" else {}
            client = program if route.is_api else browser
            body = {"content_type": "application/json", "data": json.dumps({})} if route.is_api else {}
            status = client.generic(method, path, **{**body, "data": body.get("data", "")}).status_code
            if before and status in (401, 403, 404):
                assert changes() == before, f"{method} {path} was refused with {status} and changed something"
            transaction.set_rollback(True)
        return int(status)

    return asked


def changes() -> dict[str, int]:
    """How many rows of each table this transaction has inserted, updated or deleted so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)",
            [BOOKKEEPING],
        )
        return dict(cursor.fetchall())


# What a request writes of itself: that it came, when its token was used last, and the session that it came with.
BOOKKEEPING = ["accounts_apitoken", "core_requestcount", "core_cache", "django_session", "usersessions_usersession"]


def closed_routes() -> Iterator[tuple[Route, str, str]]:
    """Each closed route with each of its methods and what it needs."""
    for route in ROUTES:
        if route.name in PUBLIC | BY_SIGN_IN:
            continue
        for method, capability in route.capabilities:
            assert capability is not None, f"{method} {route.name} names no capability"
            yield route, method, capability


def test_every_route_is_public_by_name_or_names_its_capability() -> None:
    unnamed = [
        f"{method} {route.name}"
        for route in ROUTES
        for method, capability in route.capabilities
        if capability not in CAPABILITIES and capability != SIGNED_IN and route.name not in PUBLIC | BY_SIGN_IN
    ]
    assert unnamed == []


def test_the_public_routes_exist() -> None:
    assert {route.name for route in ROUTES} >= PUBLIC | BY_SIGN_IN


def test_every_capability_is_denied_to_somebody() -> None:
    denied_to_nobody = [
        capability
        for capability in CAPABILITIES
        if all(capability in ROLES[standing] for standing in CAST.values() if standing is not None)
    ]
    assert denied_to_nobody == []


def test_every_role_is_in_the_cast() -> None:
    assert {(str(side), role) for side, role in ROLES} == {standing for standing in CAST.values() if standing}


def test_what_each_may_open(part: str, scene: tuple[Ids, Ids], ask: Callable[[Route, str, Ids], int]) -> None:
    """With ids of the project: as the role says, and for strangers as if there were nothing."""
    own, _foreign = scene
    wrong = []
    for route, method, capability in closed_routes():
        if not route.is_of_a_project:
            continue
        status = ask(route, method, own)
        if not _is_as_it_should(part, capability, status, is_api=route.is_api):
            wrong.append(f"{method} {route.name}: {status}")
    assert wrong == []


def _is_as_it_should(part: str, capability: str, status: int, *, is_api: bool) -> bool:
    if status == 405:
        # The method is not offered, whatever the address names: it tells nothing.
        return True
    if part == "anonymous":
        return status == (401 if is_api else 302)
    standing = CAST[part]
    if standing is None:
        return status == 404
    if capability not in ROLES[standing]:
        return status == 403
    return status not in (401, 403, 404) and status < 500


@pytest.mark.parametrize("part", ["client_manager", "vendor_manager"], indirect=True)
def test_nobody_reaches_into_another_project(
    part: str, scene: tuple[Ids, Ids], ask: Callable[[Route, str, Ids], int]
) -> None:
    """The own project's address with the id of a thing of another one: not there, also for those who may do all."""
    own, foreign = scene
    places = ("slug", "side", "on", "extension", "scale")
    mixed = {**foreign, **{name: own[name] for name in places}, "number": {"": 99_999}}
    wrong = []
    for route, method, capability in closed_routes():
        if not route.is_of_a_project or not route.parameters & set(mixed) - set(places):
            continue
        status = ask(route, method, mixed)
        if status != (404 if capability in ROLES[CAST[part]] else 403) and status != 405:
            wrong.append(f"{method} {route.name}: {status}")
    assert wrong == []


@pytest.mark.parametrize("part", ["client_manager", "vendor_manager"], indirect=True)
def test_a_foreign_project_is_not_there(
    part: str, scene: tuple[Ids, Ids], ask: Callable[[Route, str, Ids], int]
) -> None:
    """Those who may do most on this project ask for the other one, with its real ids."""
    _own, foreign = scene
    wrong = [
        f"{method} {route.name}: {status}"
        for route, method, _capability in closed_routes()
        if route.is_of_a_project and (status := ask(route, method, foreign)) not in (404, 405)
    ]
    assert wrong == []


@pytest.mark.parametrize("part", ["two_sided_person"], indirect=True)
def test_who_belongs_to_two_organisations_stands_in_each_project_as_its_side(
    part: str, scene: tuple[Ids, Ids], ask: Callable[[Route, str, Ids], int]
) -> None:
    """The client's viewer in one project reads the other one as the vendor's viewer, and no more of it."""
    _own, foreign = scene
    wrong = [
        f"{method} {route.name}: {status}"
        for route, method, capability in closed_routes()
        if route.is_of_a_project
        and (status := ask(route, method, foreign)) != 405
        and (status == 403) == (capability in ROLES["vendor", "viewer"])
    ]
    assert wrong == []


def test_a_personal_page_shows_ones_own(
    part: str, scene: tuple[Ids, Ids], ask: Callable[[Route, str, Ids], int]
) -> None:
    """Personal addresses open for whoever is signed in; a thing that somebody else owns is not there."""
    own, _foreign = scene
    wrong = []
    for route, method, capability in closed_routes():
        if route.is_of_a_project or capability != SIGNED_IN:
            continue
        status = ask(route, method, own)
        if status == 405:
            is_right = True
        elif part == "anonymous":
            # A script is told that nobody is signed in, a person is led to the page for it.
            is_right = status == (401 if route.is_api or route.name in settings.SHORT_WAY else 302)
        elif not route.parameters or part == OWNED_BY_THE_MANAGER:
            is_right = status not in (401, 404) and status < 500
        elif "outbox_message" in route.name:
            # The demo shows the mails of a side to those of that side who may read what they tell.
            standing = CAST[part]
            sees = standing is not None and standing[0] == "client" and "view_alerts" in ROLES[standing]
            is_right = (status != 404) == sees
        else:
            is_right = status == 404
        if not is_right:
            wrong.append(f"{method} {route.name}: {status}")
    assert wrong == []


@pytest.mark.parametrize("page", sorted(BY_SIGN_IN))
def test_sign_in_guards_its_own_pages(page: str, sign_in: Callable[[Any], Client]) -> None:
    response = sign_in(AnonymousUser()).get(reverse(page))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("account_login"))


def test_a_stranger_and_nothing_there_get_the_same_answer(
    project: Project, other_client: User, sign_in: Callable[[Any], Client]
) -> None:
    """Neither text nor headers tell a project that exists from one that does not."""
    browser = sign_in(other_client)
    there, nothing = (
        browser.get(reverse("status:project_detail", args=[slug])) for slug in (project.slug, "nothing-0a0a0a")
    )
    assert there.status_code == nothing.status_code == 404
    assert _without(there.content, project.slug) == _without(nothing.content, "nothing-0a0a0a")


def _without(content: bytes, slug: str) -> str:
    """A page without the asked address and without what is random in it anyway."""
    return re.sub(r"\b\w{64}\b", "", content.decode()).replace(slug, "-")
