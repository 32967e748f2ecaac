"""What somebody may not see changes nothing that they read: no number, no order, no version, no gap.

Words that leak are found by the canaries. A count leaks without a word: so everything that a reader can ask for is
asked twice, before and after the other side or another tenant has done things of its own, and has to be the same.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from accounts.models import User
from alerts.models import Alert, RuleState
from projects.audience import Side
from projects.models import ObjectRef, Project
from projects.outbox import put_in_outbox
from projects.topics import INBOX, TOPICS
from tests.access.test_canaries import everything_said_to, of_side, plant
from tests.access.test_every_route import NUMBERS

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.usefixtures("vendor_viewer")]

# What differs between two answers to the same question: keys against forgery, and cookies.
OF_THE_MOMENT: Final = re.compile(
    r'csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken(?:"|&quot;): (?:"|&quot;)\w*|' + r"'ETag': '[^']*'"
)

# What is made anew each time, or goes by the clock of the database.
OWN: Final = {
    reverse_lazy(name)
    for name in ("accounts:token_list", "mfa_activate_totp", "status:health_alerts", "status:machine", "style_guide")
}


def told(
    reader: User, sign_in: Callable[[Any], Client], ids: list[dict[str, Any]], project: Project
) -> Mapping[str, str]:
    """By address, everything that is said to the reader, with the versions that open pages follow."""
    topics = ",".join([*sorted(TOPICS), INBOX])
    with transaction.atomic():
        answers = {path: OF_THE_MOMENT.sub("", text) for path, text in everything_said_to(reader, sign_in, ids)}
        live = sign_in(reader).get(reverse("projects:live"), {"p": project.slug, "topics": topics}).json()
        transaction.set_rollback(True)
    answers = {path: text for path, text in answers.items() if path.startswith("/") and path not in OWN}
    return {**answers, "live": str(live)}


@pytest.mark.parametrize(
    ("part", "side"),
    [
        ("vendor_manager", Side.CLIENT),
        ("client_manager", Side.VENDOR),
        ("other_client", Side.CLIENT),
        ("other_vendor", Side.VENDOR),
    ],
)
def test_what_a_side_keeps_to_itself_moves_nothing_for_anybody_else(
    part: str,
    side: Side,
    project: Project,
    other_project: Project,
    client_manager: User,
    vendor_manager: User,
    request: pytest.FixtureRequest,
    sign_in: Callable[[Any], Client],
) -> None:
    reader: User = request.getfixturevalue(part)
    elsewhere = {"slug": {"": other_project.slug}, "side": {"": "client"}}
    ids = plant(project, client_manager, vendor_manager, lambda name: _word("first", name), Decimal("8731.17"))
    ids.append(elsewhere)
    actor = client_manager if side is Side.CLIENT else vendor_manager
    with time_machine.travel(timezone.now(), tick=False):
        before = told(reader, sign_in, ids, project)
        keep(project, side, actor, ids)
        after = told(reader, sign_in, ids, project)
    assert len(before) > 100
    assert [path for path in before if before[path] != after[path]] == []
    assert after.keys() == before.keys()


def _word(beginning: str, name: str) -> str:
    return beginning + re.sub(r"\W", "", name)


def keep(project: Project, side: Side, actor: User, ids: list[dict[str, Any]]) -> None:
    """Things that only ``side`` may know of: said, filed, imported, invited, raised and told."""
    ref = ObjectRef.objects.get(uuid=ids[0]["ref_uuid"][""])
    of_side(project, side, actor, ref, lambda name: _word("kept", name))
    put_in_outbox(
        project=project,
        recipients=[actor],
        kind="figures_drifted",
        data={"count": 1},
        channels=["in_app", "mail"],
        audience=side,
        dedupe=f"kept {side}",
    )
    if side is Side.CLIENT:
        stands: dict[str, Any] = {
            "project": project,
            "rule": "B7",
            "level": "critical",
            "episode": 7,
            "numbers": NUMBERS,
        }
        RuleState.objects.create(**stands, since=timezone.now())
        Alert.objects.create(**stands, raised_at=timezone.now())
