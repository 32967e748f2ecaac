"""The reference page tells every operation of the schema, and what it shows can be sent."""

import json
import re
import shlex
from collections.abc import Callable

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from status.api_reference import resources

pytestmark = pytest.mark.django_db


def test_reference_tells_every_operation() -> None:
    told = {(one.method.lower(), one.path) for resource in resources() for one in resource.operations}
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    assert told == {(method, path) for path, methods in schema["paths"].items() for method in methods}


def test_reference_says_what_each_operation_needs_takes_and_answers() -> None:
    by_key = {one.key: one for resource in resources() for one in resource.operations}
    create = by_key["projects_time_entries_create"]
    assert create.needs == "record time entries of the people of the project"
    assert {field.name: field.is_required for field in create.body} == {
        "person": True,
        "worked_on": True,
        "minutes": True,
        "work_item": False,
        "billable": False,
        "note": False,
        "source_id": False,
        "recorded_from": False,
    }
    listed = by_key["projects_time_entries_list"]
    assert listed.is_list
    assert {"cursor", "limit", "since", "until", "person", "order"} <= {field.name for field in listed.parameters}
    assert "person.name" in {field.name for field in listed.answer}


def test_every_example_is_a_command_with_json_that_can_be_read() -> None:
    for resource in resources():
        for one in resource.operations:
            words = shlex.split(one.example.replace("\\\n", " "))
            assert words[:3] == ["curl", "-X", one.method]
            if "-d" in words:
                assert json.loads(words[words.index("-d") + 1]) != {}


def test_reference_is_a_page_of_the_site(sign_in: Callable[[User], Client], client_member: User) -> None:
    page = sign_in(client_member).get("/api/v1/").content.decode()
    assert len(re.findall(r'<details class="operation"', page)) == sum(len(one.operations) for one in resources())
    assert 'aria-label="Main"' in page
