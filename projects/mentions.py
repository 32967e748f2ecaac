"""Who is called by name in a comment: "@Vera Manager" among those who may read it."""

import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from projects.audience import Side, is_seen_by
from projects.models import Membership, Project
from projects.roles import ROLES


def readers_of(project: Project, audience: str) -> QuerySet[User]:
    """The members who may read a comment for ``audience`` today, by name."""
    reading = Q(pk__in=())
    for side in Side:
        if is_seen_by(audience, side):
            roles = [role for (of_side, role), held in ROLES.items() if of_side == side and "view_project" in held]
            reading |= Q(side=side, role__in=roles)
    members = Membership.objects.active_on(timezone.now().date()).filter(reading, project=project)
    return User.objects.filter(is_active=True, pk__in=members.values("user")).order_by("name", "pk")


def mentioned_in(text: str, people: Iterable[User]) -> list[User]:
    """Those of ``people`` whose whole name follows an @; of two names that begin alike the longer one counts."""
    by_name: dict[str, list[User]] = {}
    for person in people:
        if person.name:
            by_name.setdefault(person.name.casefold(), []).append(person)
    if not by_name:
        return []
    names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    found = re.findall(rf"(?<!\w)@({names})(?!\w)", text.casefold())
    return [person for name in dict.fromkeys(found) for person in by_name[name]]
