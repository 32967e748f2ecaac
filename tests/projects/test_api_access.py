"""Tokens: whom they let in, what their scopes allow, and that nothing is open by oversight."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.viewsets import ViewSetMixin

from accounts.access import SIGNED_IN
from accounts.models import ApiToken, User
from accounts.tokens import create_token, revoke_token
from core.api_views import ApiViewSet
from oversight.api_urls import urlpatterns
from projects.api.people import MemberViewSet
from projects.models import Activity, Project
from projects.roles import CAPABILITIES
from requirements_app.models import WorkItem
from tests.api_client import ApiClient, Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/"


def client_with(user: User, **fields: object) -> tuple[ApiToken, ApiClient]:
    token, text = create_token(user=user, name="Sync", scopes=ApiToken.Scope.values)
    if fields:
        ApiToken.objects.filter(pk=token.pk).update(**fields)
    return token, ApiClient(text)


def test_token_acts_as_its_user(program: Program, path: str, client_manager: User) -> None:
    program(client_manager).post(f"{path}work-items/", {"title": "Quay"})
    assert Activity.objects.get(verb="work_item_added").actor == client_manager


def test_without_a_token_nothing_is_said(path: str, client_manager: User, sign_in: Callable[[User], Client]) -> None:
    """A session does not count either: another site's page could use it."""
    asked = sign_in(client_manager).get(f"/api/v1/{path}")
    assert (asked.status_code, asked["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert asked.json()["code"] == "not_authenticated"
    for header in ("Bearer", "Bearer ovs_nothing", "Bearer ovs_a b", "Basic dXNlcjpwYXNz", "Bearer ö"):
        assert Client(headers={"Authorization": header}).get(f"/api/v1/{path}").status_code == 401


def test_token_ends_with_its_day_its_revocation_and_its_user(path: str, client_manager: User) -> None:
    now = timezone.now()
    _expired, expired = client_with(client_manager, expires_at=now - dt.timedelta(seconds=1))
    _lasting, lasting = client_with(client_manager, expires_at=now + dt.timedelta(hours=1))
    token, revoked = client_with(client_manager)
    assert [api.get(path).status_code for api in (expired, lasting, revoked)] == [401, 200, 200]
    revoke_token(token=token)
    assert revoked.get(path).status_code == 401
    User.objects.filter(pk=client_manager.pk).update(is_active=False)
    assert lasting.get(path).status_code == 401


def test_token_remembers_the_day_of_its_last_use(path: str, client_manager: User) -> None:
    token, api = client_with(client_manager)
    api.get(path)
    token.refresh_from_db()
    assert token.last_used_on == timezone.now().date()


def test_token_to_read_writes_nothing(program: Program, path: str, client_manager: User) -> None:
    reader = program(client_manager, ["read"])
    assert reader.get(f"{path}work-items/").status_code == 200
    refused = reader.post(f"{path}work-items/", {"title": "Quay"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    assert reader.patch(path, {"name": "Mine"}, If_Match='"v1"').status_code == 403
    assert WorkItem.objects.count() == 0


def test_token_follows_the_rights_of_its_user(
    program: Program, path: str, project: Project, vendor_manager: User
) -> None:
    api = program(vendor_manager)
    assert api.get(f"{path}rates/").status_code == 200
    project.memberships.filter(user=vendor_manager).update(role="viewer")
    assert api.get(f"{path}rates/").status_code == 403
    project.memberships.filter(user=vendor_manager).update(ended_at=timezone.now())
    assert api.get(f"{path}rates/").status_code == 404


def viewsets(*, only_changing: bool = False) -> list[tuple[str, str, type[ApiViewSet]]]:
    """Each action of each address; those that answer a GET read."""
    views: list[tuple[str, Any]] = [(str(route.name), route.callback) for route in urlpatterns]
    return [
        (name, action, view.cls)
        for name, view in views
        if issubclass(getattr(view, "cls", object), ViewSetMixin)
        for method, action in view.actions.items()
        if not only_changing or method not in ("get", "head")
    ]


def test_every_action_names_a_capability() -> None:
    assert len(viewsets()) > 30
    unnamed = [
        f"{name}: {action}"
        for name, action, viewset in viewsets()
        if viewset.capabilities.get(action) not in {*CAPABILITIES, SIGNED_IN}
    ]
    assert unnamed == []


def test_every_changing_action_needs_a_capability_that_writes() -> None:
    lax = [
        f"{name}: {action}"
        for name, action, viewset in viewsets(only_changing=True)
        if viewset.capabilities[action].startswith("view_")
    ]
    assert lax == []


def test_action_without_a_capability_is_refused(
    program: Program, path: str, client_manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemberViewSet, "capabilities", {})
    assert program(client_manager).get(f"{path}members/").status_code == 403
