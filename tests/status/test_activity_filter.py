"""By what a project's activity can be narrowed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from projects.activity import VERBS
from projects.models import Project
from status.filters import SUBJECTS, ActivityFilter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("reader", "missing"),
    [
        ("client_manager", set()),
        ("client_viewer", {"rates", "programs"}),
        ("client_member", {"rates", "alerts", "programs"}),
        ("vendor_manager", set()),
        ("vendor_viewer", {"rates", "alerts", "programs"}),
    ],
)
def test_only_subjects_are_offered_of_which_the_reader_reads(
    project: Project,
    reader: str,
    missing: set[str],
    request: pytest.FixtureRequest,
    sign_in: Callable[[Any], Client],
) -> None:
    """What is never shown is not named either, and asked for it is as good as any wrong word."""
    # Whoever describes the filter, as the reference of the API does, leaves nothing of it to readers.
    assert ActivityFilter.base_filters["about"].field is not None
    client, url = sign_in(request.getfixturevalue(reader)), reverse("status:activity_list", args=[project.slug])

    def asked_for(about: str) -> Any:
        return client.get(url, {"about": about}).context["filter"].form

    offered = {value for value, _label in asked_for("").fields["about"].choices if value}
    assert offered == SUBJECTS.keys() - missing
    refused = {str(asked_for(about).errors["about"]).replace(about, "…") for about in {"weather", *missing}}
    assert len(refused) == 1
    assert all(not asked_for(about).errors for about in offered)


def test_every_deed_has_one_subject() -> None:
    subjects = {verb: [one for one, (_label, words) in SUBJECTS.items() if verb.startswith(words)] for verb in VERBS}
    assert {verb: found for verb, found in subjects.items() if len(found) != 1} == {}
