"""The schema that the API gives of itself is whole, and the API keeps to it whatever is sent."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import ApiToken, OrganisationRole, Person, User
from accounts.organisations import invite_to_organisation
from accounts.tokens import create_token
from alerts.actions import mute
from alerts.models import Alert
from budget.confirmations import ask_confirmation
from budget.time_entries import record_time
from projects.actions import add_comment, add_day_off, add_webhook, agree_rate, invite_member
from projects.actions import test_webhook as send_test_message
from projects.models import ImportBatch, Membership, Project, SideCalendar
from requirements_app.actions import add_work_item, report_progress
from tests.api_client import Program

pytestmark = pytest.mark.django_db

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SEED = 20260901
Hammer = Callable[[int], int]


@schemathesis.serializer("application/x-ndjson")
def as_lines(context: schemathesis.SerializationContext, value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def described() -> dict[str, Any]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_schema_is_valid_and_made_without_a_warning() -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert "openapi: 3.1.0" in out.getvalue()


def test_every_operation_says_what_it_does_and_needs() -> None:
    silent = [f"{method} {path}" for path, method, one in operations() if not one["summary"] or not one["x-capability"]]
    assert silent == []


# The parts of a stream name themselves; what shows a secret keeps no answer for whoever repeats the request.
WITHOUT_KEY = ("/stream/", "/webhooks/", "/secret/")


def test_every_post_takes_an_idempotency_key_and_every_patch_a_version() -> None:
    headers = {
        (method, tuple(one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"))
        for path, method, operation in operations()
        if method != "post" or not path.endswith(WITHOUT_KEY)
    }
    assert headers == {("get", ()), ("post", ("Idempotency-Key",)), ("patch", ("If-Match",))}


def test_only_what_names_its_parts_or_shows_a_secret_takes_no_idempotency_key() -> None:
    posts = [(path, one) for path, method, one in operations() if method == "post"]
    without = [path for path, one in posts if "Idempotency-Key" not in str(one.get("parameters"))]
    project = "/api/v1/projects/{slug}/"
    assert sorted(without) == [
        f"{project}time-entries/stream/",
        f"{project}webhooks/",
        f"{project}webhooks/{{webhook_uuid}}/secret/",
    ]


def test_no_answer_names_a_key_of_the_database() -> None:
    names = {name for schema in described()["components"]["schemas"].values() for name in schema.get("properties", ())}
    assert {name for name in names if name in ("id", "pk") or (name.endswith("_id") and name != "source_id")} == set()


def test_schema_is_for_who_is_signed_in(
    program: Program, sign_in: Callable[[User], Client], client_member: User, client: Client
) -> None:
    assert client.get("/api/v1/schema/").status_code == 401
    assert program(client_member).get("schema/").status_code == 200
    assert sign_in(client_member).get("/api/v1/schema/", headers={"Accept": "application/json"}).status_code == 200


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests see the test's transaction: they leave its connection open, as Django's own test client has it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def hammer(one_connection: None, project: Project, client_manager: User, developer: Person) -> Hammer:
    """Sends generated requests with real ids to every operation, each undone; says to how many."""
    day = timezone.localdate()
    item = add_work_item(actor=client_manager, project=project, title="Quay", estimate_minutes=600)
    report_progress(actor=client_manager, item=item, on=day, remaining_minutes=300)
    entry = record_time(
        actor=client_manager, project=project, person=developer, worked_on=day, minutes=60, today=day, work_item=item
    )
    rate = agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(80), first_day=day)
    alert = Alert.objects.create(
        project=project, rule="B2", level="notice", episode=1, raised_at=timezone.now(), numbers=AHEAD
    )
    muted = mute(
        actor=client_manager,
        alert=alert,
        side="client",
        reason="Agreed",
        until=timezone.now() + dt.timedelta(days=1),
    )
    confirmation = ask_confirmation(actor=client_manager, project=project, person=developer, subject="estimate")
    comment = add_comment(
        actor=client_manager, project=project, side="client", text="Look", files=[ContentFile(b"plan", name="plan.txt")]
    )
    batches = {
        kind: ImportBatch.objects.create(
            project=project, kind=kind, created_by=client_manager, recorded_by_side="client", filename="a.csv"
        )
        for kind in ("work_items", "time_entries")
    }
    ids = {
        "slug": project.slug,
        "scale": "B2",
        "number": item.ref.number,
        "entry_uuid": str(entry.uuid),
        "rate_uuid": str(rate.uuid),
        "alert_uuid": str(alert.uuid),
        "mute_uuid": str(muted.uuid),
        "message_uuid": "00000000-0000-4000-8000-000000000000",
        "confirmation_uuid": str(confirmation.uuid),
        "comment_uuid": str(comment.uuid),
        "attachment_uuid": str(comment.attachments.get().uuid),
        **ids_of_people(project, client_manager, developer),
        **ids_of_programs(project, client_manager),
    }
    _token, text = create_token(user=client_manager, name="Hammer", scopes=ApiToken.Scope.values)
    headers = {"Authorization": f"Bearer {text}", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/schema/", get_wsgi_application(), headers={**headers, "Accept": "application/json"}
    )

    def check(case: Any) -> None:
        kind = "work_items" if "work-item-imports" in case.operation.path else "time_entries"
        known = {**ids, "batch_uuid": str(batches[kind].uuid)}
        case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    def send(examples: int) -> int:
        limits = hypothesis.settings(
            max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        sent: list[Any] = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
        for operation in sent:
            hypothesis.seed(SEED)(limits(hypothesis.given(case=operation.as_strategy())(check)))()
        return len(sent)

    return send


def ids_of_people(project: Project, manager: User, developer: Person) -> dict[str, str]:
    """Of who takes part, is invited and looks after the organisation; and a calendar with a day off."""
    organisation = project.client
    OrganisationRole.objects.create(organisation=organisation, user=manager, role="admin")
    link = invite_to_organisation(
        actor=manager, organisation=organisation, email="ada@client.example", role="portfolio_viewer"
    )
    invitation = invite_member(
        actor=manager, project=project, email="nils@client.example", side="client", role="viewer"
    )
    day = timezone.localdate()
    add_day_off(actor=manager, calendar=SideCalendar.objects.get(project=project, side="client"), on=day)
    return {
        "person_uuid": str(developer.uuid),
        "member_uuid": str(Membership.objects.get(project=project, user=manager).uuid),
        "invitation_uuid": str(invitation.uuid),
        "side": "client",
        "on": day.isoformat(),
        "organisation_uuid": str(organisation.uuid),
        "user_uuid": str(manager.uuid),
        "role": "admin",
        "link_uuid": str(link.uuid),
    }


def ids_of_programs(project: Project, manager: User) -> dict[str, str]:
    """Of a program that is told what happens, and of a message to it."""
    webhook, _secret = add_webhook(
        actor=manager, project=project, side="client", url="https://receiver.example/hook", kinds=["alerts_raised"]
    )
    delivery = send_test_message(actor=manager, webhook=webhook)
    return {"webhook_uuid": str(webhook.uuid), "delivery_uuid": str(delivery.uuid)}


AHEAD = {
    "compared_on": "2026-09-17",
    "from": "0.20",
    "clears_at": "0.18",
    "used_ratio": "0.76",
    "earned_ratio": "0.52",
    "ahead": "0.24",
}


def test_api_keeps_to_its_schema(hammer: Hammer, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    assert hammer(3) == len(list(operations()))


@pytest.mark.long
def test_api_keeps_to_its_schema_whatever_is_sent(hammer: Hammer, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    assert hammer(150) == len(list(operations()))
