"""Planted words: whoever may not see one finds it nowhere, and whoever may finds it.

Each thing that a tenant, a side or a role keeps to itself carries a word that stands nowhere else. Then each reader
opens everything there is: every page, every answer of the API, downloads, search, inbox and the mails to them, with
ids of their own project and of another one. What they found has to equal what is written down here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import ApiToken, Person, User
from accounts.tokens import create_token
from alerts.models import Alert, RuleState
from budget.time_entries import record_time
from core.models import Letter
from projects.actions import add_comment, add_person, agree_rate, change_comment, invite_member
from projects.actions.attachments import add_files
from projects.activity import record
from projects.audience import Side
from projects.import_files import store_file
from projects.models import ImportBatch, OutboxMessage, Project
from projects.outbox import put_in_outbox, word
from projects.topics import versions_for
from requirements_app.actions import add_work_item
from tests.access.routes import PUBLIC, Route, every_route
from tests.access.test_every_route import NUMBERS, TODAY, things_of, value_for

pytestmark = pytest.mark.django_db

WORD = "zqcanary"
# The word of each thing, and how it may be written.
CANARIES: Mapping[str, str] = {
    "item": "zqcanaryitem",
    "person": "zqcanaryperson",
    "note of an entry": "zqcanaryentrynote",
    "comment for both": "zqcanarycommentboth",
    "client's comment": "zqcanarycommentclient",
    "vendor's comment": "zqcanarycommentvendor",
    "client's earlier words": "zqcanaryearlierclient",
    "vendor's earlier words": "zqcanaryearliervendor",
    "client's attachment": "zqcanaryattachmentclient",
    "vendor's attachment": "zqcanaryattachmentvendor",
    "client's activity": "zqcanaryactivityclient",
    "vendor's activity": "zqcanaryactivityvendor",
    "client's import": "zqcanaryimportclient",
    "vendor's import": "zqcanaryimportvendor",
    "client's invitation": "zqcanaryinvitationclient",
    "vendor's invitation": "zqcanaryinvitationvendor",
    "manager's token": "zqcanarytoken",
    "rate": r"8,?731\.17",
    "what a rate is for": "zqcanaryratename",
    "budget in money": r"7,?654,?321\.98",
    "alert that the vendor is not told": r"41\.4 points|0\.4137",
}
OTHERS = "zqforeign"

BOTH = {"item", "person", "note of an entry", "comment for both"}
OF_THE_CLIENT = {"client's comment", "client's earlier words", "client's attachment", "client's activity"}
OF_THE_VENDOR = {"vendor's comment", "vendor's earlier words", "vendor's attachment", "vendor's activity"}
MONEY = {"budget in money"}
RATES = {"rate", "what a rate is for"}
ALERTS = {"alert that the vendor is not told"}
SEEN: Mapping[str, set[str]] = {
    "client_manager": BOTH
    | OF_THE_CLIENT
    | MONEY
    | RATES
    | ALERTS
    | {"client's import", "client's invitation", "manager's token"},
    "client_approver": BOTH | OF_THE_CLIENT | MONEY | RATES | ALERTS,
    "client_team_lead": BOTH | OF_THE_CLIENT | ALERTS,
    "client_member": BOTH | OF_THE_CLIENT,
    "client_viewer": BOTH | OF_THE_CLIENT | MONEY | ALERTS,
    "client_finance": set(),
    "vendor_manager": BOTH | OF_THE_VENDOR | MONEY | RATES | {"vendor's import", "vendor's invitation"},
    "vendor_analyst": BOTH | OF_THE_VENDOR,
    "vendor_member": BOTH | OF_THE_VENDOR,
    "vendor_viewer": BOTH | OF_THE_VENDOR,
    "portfolio_viewer": BOTH | OF_THE_CLIENT | MONEY | ALERTS,
    "two_sided_person": BOTH | OF_THE_CLIENT | MONEY | ALERTS,
    "organisation_admin": set(),
    "revoked_member": set(),
    "other_client": set(),
    "other_vendor": set(),
    "anonymous": set(),
}
# What of the other project may be found: by whoever stands in it, on the side on which they stand.
SEEN_ELSEWHERE: Mapping[str, set[str]] = {
    "two_sided_person": BOTH | OF_THE_VENDOR,
    "other_vendor": SEEN["vendor_manager"],
    "other_client": SEEN["client_manager"],
}


@pytest.fixture
def own(project: Project, vendor_manager: User, vendor_viewer: User) -> list[dict[str, Any]]:
    """Everything in the project that carries a word, as ids for the addresses: once for each side."""
    return plant(project, project.created_by, vendor_manager, lambda name: CANARIES[name], Decimal("8731.17"))


@pytest.fixture
def foreign(other_project: Project, other_vendor: User) -> list[dict[str, Any]]:
    """The same in a project of other organisations, under words of its own."""
    return plant(
        other_project,
        other_project.created_by,
        other_vendor,
        foreign_word,
        Decimal("9842.28"),
    )


def foreign_word(name: str) -> str:
    """The word of the thing in the other project; it ends, so that none is found in another one."""
    return OTHERS + re.sub(r"\W", "", name) + "zq"


def plant(
    project: Project, client: User, vendor: User, called: Callable[[str], str], rate: Decimal
) -> list[dict[str, Any]]:
    ids = things_of(project, client)
    is_ours = rate == Decimal("8731.17")
    project.terms.budget_amount = Decimal("7654321.98" if is_ours else "6543210.87")
    project.terms.save(update_fields=["budget_amount"])
    item = add_work_item(actor=client, project=project, title=called("item"), estimate_minutes=600)
    person: Person = add_person(
        actor=client, project=project, name=called("person"), side="vendor", job_role="Tester"
    ).person
    record_time(
        actor=client,
        project=project,
        person=person,
        worked_on=TODAY,
        minutes=60,
        today=TODAY,
        work_item=item,
        note=called("note of an entry"),
    )
    agree_rate(actor=client, project=project, hourly_rate=rate, first_day=TODAY, person=person)
    role = called("what a rate is for")
    agree_rate(actor=client, project=project, hourly_rate=Decimal(70), first_day=TODAY, job_role=role)
    add_comment(actor=client, project=project, side="client", text=called("comment for both"), ref=item.ref)
    create_token(user=client, name=called("manager's token"), scopes=["read"])
    alert = Alert.objects.create(
        project=project,
        rule="B2",
        level="warning",
        episode=2,
        raised_at=timezone.now(),
        numbers={**NUMBERS, "ahead": "0.4137" if is_ours else "0.2846"},
    )
    RuleState.objects.create(
        project=project, rule="B2", level="warning", episode=2, since=timezone.now(), numbers=alert.numbers
    )
    put_in_outbox(
        project=project,
        recipients=[client],
        kind="alerts_raised",
        data={"alerts": [str(alert.uuid)]},
        channels=["in_app", "mail"],
        audience="client",
        dedupe=f"canary:{project.pk}",
    )
    return [
        {**ids, "alert_uuid": {"": alert.uuid}, **of_side(project, side, user, item.ref, called)}
        for side, user in ((Side.CLIENT, client), (Side.VENDOR, vendor))
    ]


def of_side(project: Project, side: Side, user: User, ref: Any, called: Callable[[str], str]) -> dict[str, Any]:
    """What one side keeps to itself."""
    comment = add_comment(
        actor=user, project=project, side=side, text=called(f"{side}'s earlier words"), audience=side, ref=ref
    )
    change_comment(actor=user, comment=comment, text=called(f"{side}'s comment"), expected_version=1)
    (attachment,) = add_files(
        actor=user,
        project=project,
        side=side,
        audience=side,
        ref=ref,
        files=[ContentFile(b"words", name=called(f"{side}'s attachment") + ".txt")],
    )
    record(
        project,
        "person_added",
        actor=user,
        audience=side,
        name=called(f"{side}'s activity"),
        side=side,
    )
    batch = store_file(
        actor=user,
        project=project,
        side=side,
        kind=ImportBatch.Kind.TIME_ENTRIES,
        upload=ContentFile(b"Date,Person,Hours\n", name=called(f"{side}'s import") + ".csv"),
    )
    email = called(f"{side}'s invitation") + "@example.com"
    invitation = invite_member(actor=user, project=project, email=email, side=side, role="viewer")
    return {
        "comment_uuid": {"": comment.uuid},
        "attachment_uuid": {"": attachment.uuid},
        "batch_uuid": {"": batch.uuid},
        "ref_uuid": {"": ref.uuid},
        "number": {"": ref.number},
        "invitation_uuid": {"": invitation.uuid},
    }


def everything_said_to(
    reader: User | AnonymousUser, sign_in: Callable[[Any], Client], ids: list[dict[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Each address with what came back, body and headers; then every message, as if it were sent to the reader."""
    browser = sign_in(reader)
    headers = {}
    if isinstance(reader, User):
        _token, text = create_token(user=reader, name="Everything", scopes=ApiToken.Scope.values)
        headers = {"Authorization": f"Bearer {text}"}
    program = Client(headers=headers)
    asked = set()
    for route in every_route():
        for of_thing in ids:
            path = address(route, of_thing)
            if path is None or path in asked:
                continue
            asked.add(path)
            with transaction.atomic():
                yield path, said(program if route.is_api else browser, path)
                transaction.set_rollback(True)
    for path in ("/search/", "/api/v1/search/"):
        client = program if path.startswith("/api") else browser
        for start in (WORD, OTHERS):
            # The page repeats what was looked for: half of each word finds it and is none of them.
            yield f"{path}?q={start}", said(client, f"{path}?q={start}")
    for message in OutboxMessage.objects.all() if isinstance(reader, User) else ():
        message.recipient = reader
        wording = word(message)
        yield f"message {message.kind}", f"{wording.subject} {wording.text} {wording.html}" if wording else ""


def address(route: Route, ids: Mapping[str, Any]) -> str | None:
    if (route.name in PUBLIC and route.parameters) or not route.parameters <= ids.keys():
        return None
    if "GET" not in route.needs and route.name not in PUBLIC:
        return None
    side = "client"
    try:
        return reverse(route.name, kwargs={name: value_for(ids, name, route, side) for name in route.parameters})
    except (NoReverseMatch, ValueError):
        return None


def said(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code < 500, path
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[arg-type]
    return f"{response.headers} {body.decode(errors='replace')}"


# One of each side and a stranger each time; the others walk in the long run.
OFTEN = {"client_member", "vendor_manager", "other_client"}


@pytest.mark.parametrize(
    "part", [part if part in OFTEN else pytest.param(part, marks=pytest.mark.long) for part in SEEN]
)
def test_each_finds_what_is_theirs_and_nothing_else(
    part: str,
    own: list[dict[str, Any]],
    foreign: list[dict[str, Any]],
    request: pytest.FixtureRequest,
    sign_in: Callable[[Any], Client],
) -> None:
    reader = request.getfixturevalue(part)
    secrets = re.findall(
        r"/(?:l|join|invitations)/([\w-]{43})", " ".join(Letter.objects.values_list("text", flat=True))
    )
    found: dict[str, set[str]] = {}
    elsewhere: dict[str, set[str]] = {}
    for path, text in everything_said_to(reader, sign_in, [*own, foreign[0], *foreign[1:] * (part in SEEN_ELSEWHERE)]):
        assert [secret for secret in secrets if secret in text] == [], path
        for name, pattern in CANARIES.items():
            if re.search(pattern, text):
                found.setdefault(name, set()).add(path)
            if foreign_word(name) in text or re.search(ELSEWHERE_IN_FIGURES.get(name, r"\Zx"), text):
                elsewhere.setdefault(name, set()).add(path)
    assert len(secrets) > 4
    assert {name: sorted(paths)[:3] for name, paths in found.items() if name not in SEEN[part]} == {}
    assert set(found) == SEEN[part]
    allowed = SEEN_ELSEWHERE.get(part, set())
    assert {name: sorted(paths)[:3] for name, paths in elsewhere.items() if name not in allowed} == {}
    assert set(elsewhere) == allowed


ELSEWHERE_IN_FIGURES = {
    "rate": r"9,?842\.28",
    "budget in money": r"6,?543,?210\.87",
    "alert that the vendor is not told": r"28\.5 points|0\.2846",
}


def test_topics_move_for_ones_own_side_alone(project: Project, vendor_manager: User, client_member: User) -> None:
    """A count that rises tells that something happened: what one side keeps moves nothing for the other."""
    before = {
        user: versions_for(user, project.slug, ["comments", "activity"]) for user in (vendor_manager, client_member)
    }
    add_comment(actor=client_member, project=project, side="client", text="Between us", audience="client")
    after = {
        user: versions_for(user, project.slug, ["comments", "activity"]) for user in (vendor_manager, client_member)
    }
    assert after[vendor_manager] == before[vendor_manager]
    assert all(after[client_member][topic] > before[client_member][topic] for topic in before[client_member])
