"""A page elsewhere cannot act with its reader's sign-in."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from projects.models import Project
from requirements_app.models import WorkItem

pytestmark = pytest.mark.django_db


def test_a_post_without_the_pages_token_changes_nothing(project: Project, client_manager: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(client_manager)
    response = browser.post(reverse("requirements:work_item_add", args=[project.slug]), {"title": "Forged"})
    assert (response.status_code, WorkItem.objects.count()) == (403, 0)


def test_a_program_is_not_known_by_a_readers_sign_in(project: Project, client_manager: User) -> None:
    """The API takes tokens alone, so that it needs no token of a page."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(client_manager)
    path = f"/api/v1/projects/{project.slug}/work-items/"
    response = browser.post(path, {"title": "Forged"}, content_type="application/json")
    assert (response.status_code, WorkItem.objects.count()) == (401, 0)
