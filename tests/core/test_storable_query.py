"""A NUL, which no text in the database can hold, is asked for and found nowhere; it is no error of the site."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from projects.models import Project
from tests.api_client import Program

pytestmark = pytest.mark.django_db

PAGES = ("projects:comment_mentions", "requirements:work_item_choices")


@pytest.mark.parametrize("name", ["q", "near"])
def test_a_search_for_a_nul_finds_nothing(name: str, client_manager: User, sign_in: Callable[[Any], Client]) -> None:
    assert sign_in(client_manager).get(f"{reverse('projects:search')}?q=Port&{name}=%00").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_project_that_is_asked_for_a_nul_answers(
    page: str, project: Project, client_manager: User, sign_in: Callable[[Any], Client]
) -> None:
    assert sign_in(client_manager).get(f"{reverse(page, args=[project.slug])}?q=%00").status_code == 200


def test_a_program_that_searches_a_project_that_no_name_can_be_finds_nothing(
    client_manager: User, program: Program
) -> None:
    answer = program(client_manager).get("search/?q=User&project=%00%C3%9B")

    assert (answer.status_code, answer.json()) == (200, {"results": []})
