"""Two transactions that wait for each other: one begins anew, both end well."""

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts.models import Organisation
from core.deadlocks import retry_deadlocks
from core.idempotency import once
from core.models import IdempotencyKey


class Crosswise:
    """Two threads that lock the same two rows in opposite order. At their first attempt each holds one row before
    either asks for the other."""

    def __init__(self) -> None:
        self.one, self.two = (Organisation.objects.create(name=name).pk for name in ("one", "two"))
        self.both_hold_one = threading.Barrier(2)
        self.attempts: list[int] = []
        self.failures: list[type[Exception]] = []

    def lock_both(self, first: int, second: int) -> None:
        is_first_attempt = first not in self.attempts
        self.attempts.append(first)
        with transaction.atomic():
            Organisation.objects.select_for_update().get(pk=first)
            if is_first_attempt:
                self.both_hold_one.wait(10)
            Organisation.objects.select_for_update().get(pk=second)

    def run(self, act: Callable[[int, int], None]) -> None:
        def in_thread(first: int, second: int) -> None:
            try:
                act(first, second)
            except Exception as error:  # noqa: BLE001  (what it was is what the test asks)
                self.failures.append(type(error))
            finally:
                connection.close()

        orders = ((self.one, self.two), (self.two, self.one))
        threads = [threading.Thread(target=in_thread, args=order) for order in orders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)


def test_a_deadlock_ends_one_of_the_two(fresh_database: object) -> None:
    crosswise = Crosswise()
    crosswise.run(crosswise.lock_both)
    assert (crosswise.failures, len(crosswise.attempts)) == ([OperationalError], 2)


def test_who_was_ended_by_a_deadlock_begins_anew(fresh_database: object) -> None:
    crosswise = Crosswise()
    crosswise.run(retry_deadlocks(crosswise.lock_both))
    assert (crosswise.failures, len(crosswise.attempts)) == ([], 3)


def test_a_post_with_a_key_begins_anew_too(fresh_database: object) -> None:
    """Its transaction is around the act's own, which cannot begin anew by itself."""
    crosswise = Crosswise()

    def post(first: int, second: int) -> None:
        def act(_request: Request) -> Response:
            retry_deadlocks(crosswise.lock_both)(first, second)
            return Response({"locked": [first, second]}, status=201)

        request = Request(APIRequestFactory().post("/", {}, format="json"), parsers=[JSONParser()])
        once(act, client_id="a program", key=f"order-{first}")(request)

    crosswise.run(post)
    assert (crosswise.failures, len(crosswise.attempts)) == ([], 3)
    assert IdempotencyKey.objects.filter(status=201).count() == 2


def test_another_failure_is_not_repeated(fresh_database: object) -> None:
    calls = []

    @retry_deadlocks
    def fails() -> None:
        calls.append(1)
        raise OperationalError("the server is gone")

    with pytest.raises(OperationalError):
        fails()
    assert len(calls) == 1
