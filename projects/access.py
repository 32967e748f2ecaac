"""The one place that reads memberships to decide: which projects a user sees and what they may do there.

A stranger gets the same 404 as for something that does not exist; a member without the capability gets 403; a
wrong state is a DomainError of the action, not a matter of access.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, OrganisationRole, User
from core.errors import DomainError
from core.kept_query import Columns, KeptQuery
from projects.audience import Side, audiences_seen_by
from projects.models import Membership, Project
from projects.roles import CAPABILITIES, ORGANISATION_ROLES, ROLES, WRITING, capabilities_of

P = ParamSpec("P")


@dataclass(frozen=True)
class Standing:
    """Where a user stands in one project: the side, the role and what follows from them."""

    user: User
    project: Project
    side: str
    role: str
    capabilities: frozenset[str]

    def can(self, capability: str) -> bool:
        """Whether the capability is held; an unknown name is a programming error, never a silent no."""
        if capability not in CAPABILITIES:
            raise KeyError(capability)
        return capability in self.capabilities

    def may_record_people_of(self, side: str) -> bool:
        """Whether people of ``side`` may be added and changed: one's own; the client records the vendor's too."""
        return self.can("edit_people") and (self.side == side or self.is_client)

    @property
    def audiences(self) -> tuple[str, str]:
        """The audiences whose things may be shown."""
        return audiences_seen_by(self.side)

    @property
    def is_client(self) -> bool:
        return self.side == Side.CLIENT


def projects_visible_to(user: Any, today: dt.date | None = None) -> QuerySet[Project]:
    """Projects in which the user takes part today, directly or through an organisation's role."""
    if not user.is_authenticated:
        return Project.objects.none()
    organisations = OrganisationRole.objects.filter(user=user, role__in=ORGANISATION_ROLES).values("organisation")
    return Project.objects.filter(
        Q(pk__in=Membership.objects.active_on(today or timezone.now().date()).filter(user=user).values("project"))
        | Q(client__in=organisations)
        | Q(vendor__in=organisations)
    )


PROJECT: Final = Columns(Project, "client", "vendor", "terms")
PROJECT_ROW: Final = KeptQuery(lambda key: Project.objects.filter(pk=key).values_list(*PROJECT.names()), key=int)
VISIBLE_ROWS: Final = KeptQuery(
    lambda user_id, today: projects_visible_to(User(pk=user_id), today).order_by().values_list(*PROJECT.names()),
    user_id=int,
    today=dt.date,
)
MEMBERSHIPS: Final = KeptQuery(
    lambda user_id, today: (
        Membership.objects.active_on(today).filter(user=user_id).order_by().values_list("project", "side", "role")
    ),
    user_id=int,
    today=dt.date,
)


def standings_of(user: Any, projects: QuerySet[Project] | None = None) -> dict[int, Standing]:
    """The user's standing in each visible project, by the project's key. Three queries at most, however many."""
    if not user.is_authenticated:
        return {}
    today = timezone.now().date()
    rows = (
        VISIBLE_ROWS.rows(user_id=user.pk, today=today) if projects is None else projects.values_list(*PROJECT.names())
    )
    found = [PROJECT.instance(row) for row in rows]
    memberships = {key: (side, role) for key, side, role in MEMBERSHIPS.rows(user_id=user.pk, today=today)}
    roles = dict(
        OrganisationRole.objects.filter(user=user, role__in=ORGANISATION_ROLES).values_list("organisation", "role")
        if any(project.pk not in memberships for project in found)
        else ()
    )
    standings = {}
    for project in found:
        if project.pk in memberships:
            side, role = memberships[project.pk]
        elif project.client_id in roles:
            side, role = Side.CLIENT, ORGANISATION_ROLES[roles[project.client_id]]
        elif project.vendor_id in roles:
            side, role = Side.VENDOR, ORGANISATION_ROLES[roles[project.vendor_id]]
        else:
            continue
        standings[project.pk] = Standing(user, project, side, role, capabilities_of(side, role))
    return standings


def projects_where_member_can(
    user: User, side: str, capability: str, today: dt.date | None = None
) -> QuerySet[Project]:
    """Projects in which a membership on ``side`` gives the user ``capability`` today: for counting in one query."""
    roles = [role for (of_side, role), held in ROLES.items() if of_side == side and capability in held]
    active = Membership.objects.active_on(today or timezone.now().date())
    memberships = active.filter(user=user, side=side, role__in=roles)
    found = Project.objects.filter(pk__in=memberships.values("project"))
    return found.exclude(status=Project.Status.CLOSED) if capability in WRITING else found


def projects_where_one_can(user: User, side: str, capability: str, today: dt.date) -> QuerySet[Project]:
    """Projects in which the user stands on ``side`` and holds ``capability`` today, as ``standings_of`` says: by a
    membership, or else by an organisation's role. For a condition within a query."""
    by_role = [name for name, as_role in ORGANISATION_ROLES.items() if capability in capabilities_of(side, as_role)]
    members = projects_where_member_can(user, side, capability, today)
    if not by_role:
        return members
    organisations = OrganisationRole.objects.filter(user=user, role__in=by_role).values("organisation")
    own = Membership.objects.active_on(today).filter(user=user).values("project")
    return Project.objects.filter(
        Q(pk__in=members.values("pk")) | (Q(**{f"{side}__in": organisations}) & ~Q(pk__in=own))
    )


def told_to(user: User, kinds: Mapping[str, Iterable[str]], today: dt.date | None = None) -> Q:
    """The condition on messages to ``user`` that they may still be told, by ``kinds``: capability → kinds of messages.

    As ``Standing.can`` and ``Standing.audiences`` say, of a membership before an organisation's role: two subqueries.
    """
    active = Membership.objects.active_on(today or timezone.now().date()).filter(
        user=user, project=OuterRef("project_id")
    )
    parts, by_role = Q(pk__in=()), Q(pk__in=())
    for (side, role), held in ROLES.items():
        readable = [kind for capability, named in kinds.items() if capability in held for kind in named]
        told = Q(told_kind__in=readable, told_audience__in=audiences_seen_by(side))
        parts |= Q(side=side, role=role) & told
        for name in (name for name, as_role in ORGANISATION_ROLES.items() if as_role == role):
            place = "organisation__projects_as_client" if side == Side.CLIENT else "organisation__projects_as_vendor"
            by_role |= Q(role=name, **{place: OuterRef("project_id")}) & told
    told_of = {
        "told_kind": ExpressionWrapper(OuterRef("kind"), CharField()),
        "told_audience": ExpressionWrapper(OuterRef("audience"), CharField()),
    }
    roles = OrganisationRole.objects.filter(user=user)
    return Exists(active.annotate(**told_of).filter(parts)) | (
        ~Exists(active) & Exists(roles.annotate(**told_of).filter(by_role))
    )


# Where a user stands in a project, of a membership before an organisation's role: what every page asks first, and open
# ones every few seconds. One row or none; ``by_role`` names the organisation's role, if it is one.
PART_IN: Final = """
    SELECT project_id, side, role, by_role FROM (
        SELECT 1 AS nearest, project.id AS project_id, membership.side, membership.role, FALSE AS by_role
        FROM projects_project project JOIN projects_membership membership ON membership.project_id = project.id
        WHERE project.slug = %(slug)s AND membership.user_id = %(user)s AND membership.ended_at IS NULL
          AND (membership.starts_on IS NULL OR membership.starts_on <= %(today)s)
          AND (membership.ends_on IS NULL OR membership.ends_on >= %(today)s)
        UNION ALL
        SELECT 2, project.id, 'client', held.role, TRUE
        FROM projects_project project JOIN accounts_organisationrole held ON held.organisation_id = project.client_id
        WHERE project.slug = %(slug)s AND held.user_id = %(user)s AND held.role = ANY(%(roles)s)
        UNION ALL
        SELECT 3, project.id, 'vendor', held.role, TRUE
        FROM projects_project project JOIN accounts_organisationrole held ON held.organisation_id = project.vendor_id
        WHERE project.slug = %(slug)s AND held.user_id = %(user)s AND held.role = ANY(%(roles)s)
    ) parts ORDER BY nearest LIMIT 1
"""


def part_parameters(user: User, slug: str) -> dict[str, Any]:
    """What ``PART_IN`` takes."""
    return {"user": user.pk, "slug": slug, "today": timezone.now().date(), "roles": list(ORGANISATION_ROLES)}


def capabilities_of_part(side: str, role: str, *, by_role: bool) -> frozenset[str]:
    """What follows from a row of ``PART_IN``."""
    return capabilities_of(side, ORGANISATION_ROLES[role] if by_role else role)


def standing_in(user: Any, slug: str) -> Standing:
    """The user's standing in the project with this slug; Http404 for a stranger and for no such project alike."""
    part = _part_of(user, slug) if user.is_authenticated else None
    if part is None:
        raise Http404("no such project")
    key, side, role = part
    (row,) = PROJECT_ROW.rows(key=key)
    return Standing(user, PROJECT.instance(row), side, role, capabilities_of(side, role))


def _part_of(user: User, slug: str) -> tuple[int, str, str] | None:
    with connection.cursor() as cursor:
        cursor.execute(PART_IN, part_parameters(user, slug))
        row = cursor.fetchone()
    if row is None:
        return None
    key, side, role, by_role = row
    return key, side, ORGANISATION_ROLES[role] if by_role else role


def require(standing: Standing, capability: str, *, while_closed: bool = False) -> None:
    """403 without the capability; a closed project refuses every change but the one that opens it again."""
    if not standing.can(capability):
        raise PermissionDenied(capability)
    if capability in WRITING and standing.project.is_read_only and not while_closed:
        raise DomainError(_("This project is closed: it can be read and no longer changed."), code="project_closed")


def project_view(
    capability: str, *, capability_to_post: str = "", while_closed: bool = False
) -> Callable[
    [Callable[Concatenate[HttpRequest, Standing, P], HttpResponseBase]],
    Callable[..., HttpResponseBase],
]:
    """A page of one project: ``view(request, standing, …)`` for whoever holds ``capability``.

    The URL names the project by ``slug``. ``capability_to_post`` asks for another one when the page writes.
    ``while_closed`` is for the one page that opens a closed project again.
    """
    for name in filter(None, (capability, capability_to_post)):
        if name not in CAPABILITIES:
            raise KeyError(name)

    def decorate(
        view: Callable[Concatenate[HttpRequest, Standing, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            standing = standing_in(request.user, slug)
            wanted = capability_to_post if capability_to_post and request.method == "POST" else capability
            require(standing, wanted, while_closed=while_closed)
            request.standing = standing  # type: ignore[attr-defined]  # the project header reads it
            return view(request, standing, *args, **kwargs)

        guarded.capability = capability  # type: ignore[attr-defined]  # the access test reads both
        guarded.capability_to_post = capability_to_post or capability  # type: ignore[attr-defined]
        return guarded

    return decorate


def organisations_that_may_open_projects(user: User) -> QuerySet[Organisation]:
    """Where the user may open a project as the client: administered organisations, and those they manage for."""
    managed = Membership.objects.active_on(timezone.now().date()).filter(
        user=user, side=Side.CLIENT, role=Membership.Role.MANAGER
    )
    return Organisation.objects.filter(
        Q(roles__user=user, roles__role=OrganisationRole.Role.ADMIN) | Q(pk__in=managed.values("project__client")),
        kept_by__isnull=True,
    ).distinct()


def recipients(project: Project, side: str, roles: tuple[str, ...]) -> QuerySet[User]:
    """The users who hold one of ``roles`` on ``side`` today and can sign in."""
    memberships = Membership.objects.active_on(timezone.now().date()).filter(project=project, side=side, role__in=roles)
    return User.objects.filter(is_active=True, pk__in=memberships.values("user")).order_by("pk")


def portfolio_viewers(project: Project, side: str) -> QuerySet[User]:
    """The users who read all projects of the organisation on ``side`` and can sign in."""
    roles = OrganisationRole.objects.filter(organisation=project.organisation_of(side), role__in=ORGANISATION_ROLES)
    return User.objects.filter(is_active=True, pk__in=roles.values("user")).order_by("pk")


def sides_of_everybody(today: dt.date) -> Iterator[tuple[int, int, str]]:
    """Everybody who can sign in with each project that goes on and the side on which they see it, as keys.

    A membership comes before an organisation's role, as in ``standings_of``. Three queries.
    """
    members = Membership.objects.active_on(today).filter(user__is_active=True).order_by()
    members = members.exclude(project__status=Project.Status.CLOSED)
    seen = set()
    for user, project, side in members.values_list("user", "project", "side"):
        seen.add((user, project))
        yield user, project, side
    roles = OrganisationRole.objects.filter(role__in=ORGANISATION_ROLES, user__is_active=True)
    for side, place in ((Side.CLIENT, "projects_as_client"), (Side.VENDOR, "projects_as_vendor")):
        path = f"organisation__{place}"
        rows = roles.filter(**{f"{path}__isnull": False}).exclude(**{f"{path}__status": Project.Status.CLOSED})
        for user, project in rows.order_by().values_list("user", path):
            if project is not None and (user, project) not in seen:
                yield user, project, side


def standings_to_be_told(user: User, projects: set[int]) -> dict[int, Standing]:
    """Where the user stands in those of ``projects`` (keys) of which they may still be told anything."""
    return standings_of(user, projects_visible_to(user).filter(pk__in=projects)) if user.is_active else {}


def standings_of_whoever_left(user: User, projects: set[int]) -> dict[int, Standing]:
    """Where the user stood in those of ``projects`` (keys) that they take no part in any more, without a capability."""
    left = Membership.objects.filter(user=user, project__in=projects, ended_at__isnull=False)
    return {
        membership.project_id: Standing(user, membership.project, membership.side, membership.role, frozenset())
        for membership in left.select_related("project__client", "project__vendor", "project__terms")
    }


def sides_to_name_members_of(standing: Standing) -> tuple[Side, ...]:
    """The sides to which members may be added: one's own, and the vendor's as long as nobody manages it there.

    So the client brings the vendor's first manager in, and from then on the vendor says who takes part for it.
    """
    if not standing.can("edit_people"):
        return ()
    own = Side(standing.side)
    if not standing.is_client or recipients(standing.project, Side.VENDOR, (Membership.Role.MANAGER,)).exists():
        return (own,)
    return (own, own.other)


def places_to_offer(standing: Standing) -> list[tuple[Side, str]]:
    """The roles to which the reader may invite; of the other side its first manager, who chooses everybody else."""
    sides = sides_to_name_members_of(standing)
    return [
        (side, role)
        for of_side, role in ROLES
        for side in sides
        if of_side == side and (side == standing.side or role == Membership.Role.MANAGER)
    ]
