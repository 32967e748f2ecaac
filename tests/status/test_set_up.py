"""The first steps as a line above the pages on which they are taken."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person, User
from projects.audience import Side
from projects.models import Project, SideCalendar, Terms

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]


def frame(client: Client, name: str, project: Project, *args: str) -> list[str]:
    """The step, whether it is done, and the page it sends on to; empty without a frame."""
    html = client.get(reverse(name, args=[project.slug, *args])).content.decode()
    found = re.search(r'<section class="set-up".*?</section>', html, re.DOTALL)
    if found is None:
        return []
    step, onward = re.search(r"<b>(.*?)</b>", found[0]), re.search(r'href="(.*?)"', found[0])
    assert step
    assert onward
    return [step[1], "done" if "✓" in found[0] else "open", onward[1]]


def test_each_step_sends_on_to_the_next_one_that_is_open(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)

    def address(name: str, *args: str) -> str:
        return reverse(name, args=[project.slug, *args])

    # People and calendar are optional: whoever goes on is not led through them.
    rates, estimate = address("projects:rate_add"), address("requirements:work_item_import_new")
    hours = address("budget:time_import_new")
    assert frame(client, "projects:terms_edit", project) == ["Step 2 of 7", "done", rates]
    assert frame(client, "projects:person_add", project) == ["Step 3 of 7", "open", rates]
    assert frame(client, "projects:calendar_edit", project, Side.CLIENT) == ["Step 4 of 7", "open", rates]
    assert frame(client, "projects:rate_list", project) == ["Step 5 of 7", "open", estimate]
    assert frame(client, "requirements:work_item_import_new", project) == ["Step 6 of 7", "open", hours]
    # What was skipped on the way comes after the last step.
    assert frame(client, "budget:time_import_new", project) == ["Step 7 of 7", "open", rates]
    assert frame(client, "alerts:alert_list", project) == []


def test_a_step_that_was_taken_is_done_on_its_page(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)
    SideCalendar.objects.filter(project=project, side=Side.CLIENT).update(country="DE")
    rates = reverse("projects:rate_add", args=[project.slug])
    assert frame(client, "projects:person_list", project) == ["Step 3 of 7", "done", rates]
    Terms.objects.filter(project=project).update(billing_model="fixed_price")
    estimate = reverse("requirements:work_item_import_new", args=[project.slug])
    assert frame(client, "projects:person_list", project) == ["Step 3 of 6", "done", estimate]


def test_nobody_is_led_through_steps_that_are_not_theirs(
    project: Project, vendor_manager: User, client_member: User, sign_in: SignIn
) -> None:
    assert frame(sign_in(client_member), "projects:person_list", project) == []
    assert frame(sign_in(vendor_manager), "projects:terms_detail", project) == []
    Project.objects.update(status="closed")
    assert frame(sign_in(vendor_manager), "budget:time_entry_list", project) == []
