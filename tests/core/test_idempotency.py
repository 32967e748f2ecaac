"""A POST that is sent twice acts once, also when both arrive at the same moment."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from core.idempotency import forget_expired
from core.models import IdempotencyKey
from launch.postgres import Urls
from projects.actions import add_webhook
from projects.models import Project
from requirements_app.models import WorkItem
from tests.api_client import Program

KEY = "order-66"


@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/work-items/"


@pytest.mark.django_db
def test_repeat_acts_once_and_gets_the_first_answer(program: Program, path: str, client_manager: User) -> None:
    api = program(client_manager)
    first = api.post(path, {"title": "Quay"}, Idempotency_Key=KEY)
    again = api.post(path, {"title": "Quay"}, Idempotency_Key=KEY)
    assert WorkItem.objects.count() == 1
    assert (first.status_code, "Idempotency-Replayed" in first) == (201, False)
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert again.json() == first.json()
    assert [again[name] for name in ("ETag", "Location")] == [first[name] for name in ("ETag", "Location")]


@pytest.mark.django_db
def test_an_answer_without_content_is_repeated_as_such(
    program: Program, project: Project, client_manager: User
) -> None:
    """Whoever removed something and lost the answer is not told that it was never there."""
    api = program(client_manager)
    url = "https://receiver.example/hook"
    webhook, _secret = add_webhook(
        actor=client_manager, project=project, side="client", url=url, kinds=["alerts_raised"]
    )
    path = f"projects/{project.slug}/webhooks/{webhook.uuid}/end/"
    first, again = (api.post(path, {}, Idempotency_Key=KEY) for _time in range(2))
    assert (first.status_code, first.content) == (204, b"")
    assert (again.status_code, again.content, again["Idempotency-Replayed"]) == (204, b"", "true")


@pytest.mark.django_db
def test_without_a_key_every_post_acts(program: Program, path: str, client_manager: User) -> None:
    api = program(client_manager)
    for _time in range(2):
        api.post(path, {"title": "Quay"})
    assert WorkItem.objects.count() == 2


@pytest.mark.django_db
def test_another_body_under_the_same_key_is_refused(program: Program, path: str, client_manager: User) -> None:
    api = program(client_manager)
    api.post(path, {"title": "Quay", "category": "design"}, Idempotency_Key=KEY)
    spaced = api.http.post(
        api.full(path),
        b'{ "category":"design",  "title":"Quay" }',
        content_type="application/json",
        headers={"Idempotency-Key": KEY},
    )
    assert spaced["Idempotency-Replayed"] == "true"
    other = api.post(path, {"title": "Crane"}, Idempotency_Key=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert WorkItem.objects.count() == 1


@pytest.mark.django_db
def test_what_was_refused_may_be_sent_again_mended(program: Program, path: str, client_manager: User) -> None:
    api = program(client_manager)
    assert api.post(path, {"title": ""}, Idempotency_Key=KEY).status_code == 422
    assert IdempotencyKey.objects.count() == 0
    assert api.post(path, {"title": "Quay"}, Idempotency_Key=KEY).status_code == 201


@pytest.mark.django_db
def test_keys_of_two_users_are_apart(program: Program, path: str, client_manager: User, vendor_manager: User) -> None:
    program(client_manager).post(path, {"title": "Quay"}, Idempotency_Key=KEY)
    assert program(vendor_manager).post(path, {"title": "Crane"}, Idempotency_Key=KEY).status_code == 201


@pytest.mark.django_db
def test_repeat_asks_for_access_again(program: Program, path: str, vendor_manager: User, project: Project) -> None:
    api = program(vendor_manager)
    api.post(path, {"title": "Quay"}, Idempotency_Key=KEY)
    project.memberships.filter(user=vendor_manager).update(ended_at=timezone.now())
    assert api.post(path, {"title": "Quay"}, Idempotency_Key=KEY).status_code == 404


@pytest.mark.django_db
def test_key_is_forgotten_after_a_day(program: Program, path: str, client_manager: User) -> None:
    api = program(client_manager)
    now = timezone.now()
    api.post(path, {"title": "Quay"}, Idempotency_Key=KEY)
    with time_machine.travel(now + dt.timedelta(hours=23), tick=False):
        assert forget_expired() == 0
    with time_machine.travel(now + dt.timedelta(hours=25), tick=False):
        assert api.post(path, {"title": "Crane"}, Idempotency_Key=KEY).status_code == 201
        assert forget_expired() == 0
    with time_machine.travel(now + dt.timedelta(hours=50), tick=False):
        assert forget_expired() == 1
    assert WorkItem.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 201, "tab\tbed"])
def test_unusable_key_is_refused(program: Program, path: str, client_manager: User, key: str) -> None:
    refused = program(client_manager).post(path, {"title": "Quay"}, Idempotency_Key=key)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key")
    assert WorkItem.objects.count() == 0


def test_two_at_once_act_once(fresh_database: Urls, program: Program, path: str, client_manager: User) -> None:
    """Real commits: the second waits for the first and gets its answer."""
    apis = [program(client_manager) for _thread in range(4)]
    start = Barrier(len(apis))

    def post(api: Any) -> tuple[int, str, str]:
        try:
            start.wait()
            answer = api.post(path, {"title": "Quay"}, Idempotency_Key=KEY)
            return answer.status_code, answer.json()["label"], answer.get("Idempotency-Replayed", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(apis)) as threads:
        answers = sorted(threads.map(post, apis))
    assert answers == [(201, "W-1", "")] + [(201, "W-1", "true")] * 3
    assert WorkItem.objects.count() == 1


def test_second_acts_when_the_first_rolls_back(
    fresh_database: Urls, program: Program, path: str, client_manager: User
) -> None:
    """The key is claimed by a transaction that fails: nobody is answered with what never happened."""
    api = program(client_manager)
    connection.set_autocommit(False)
    IdempotencyKey.objects.create(client_id=str(client_manager.uuid), key=KEY, fingerprint="of something else")

    def post() -> int:
        try:
            return int(api.post(path, {"title": "Quay"}, Idempotency_Key=KEY).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(post)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.7)
        connection.rollback()
        connection.set_autocommit(True)
        assert waiting.result(timeout=10) == 201
    assert WorkItem.objects.count() == 1
