"""The people of the tests, by the part they play.

All stand on ``project`` unless their docstring says otherwise. A test asks for those it needs; nobody else exists.
"""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, OrganisationRole, Person, User
from projects.actions import add_member, add_person, open_project
from projects.audience import Side
from projects.models import Membership, Project

Role = Membership.Role
HOURS = 60


def new_user(name: str) -> User:
    """A user called ``name`` whose address says the same."""
    return User.objects.create_user(email=f"{name.lower().replace(' ', '.')}@example.com", name=name)


def new_project(*, name: str, manager: User, client: Organisation, vendor: Organisation) -> Project:
    """An active project of two organisations that both use Oversight: 400 agreed hours, capped at 480."""
    project = open_project(
        actor=manager,
        client=client,
        name=name,
        terms={"budget_minutes": 400 * HOURS, "cap_minutes": 480 * HOURS, "budget_amount": 40_000},
    )
    project.vendor = vendor
    project.save(update_fields=["vendor"])
    return Project.objects.select_related("client", "vendor", "terms").get(pk=project.pk)


@pytest.fixture
def client_organisation(database: None) -> Organisation:
    return Organisation.objects.create(name="Harbour Authority")


@pytest.fixture
def vendor_organisation(database: None) -> Organisation:
    return Organisation.objects.create(name="Northwind Software")


@pytest.fixture
def other_client_organisation(database: None) -> Organisation:
    return Organisation.objects.create(name="Meadow Clinics")


@pytest.fixture
def other_vendor_organisation(database: None) -> Organisation:
    return Organisation.objects.create(name="Tidewater Labs")


@pytest.fixture
def project(client_organisation: Organisation, vendor_organisation: Organisation) -> Project:
    """The project on which everybody stands."""
    return new_project(
        name="Berth booking",
        manager=new_user("Clara Manager"),
        client=client_organisation,
        vendor=vendor_organisation,
    )


@pytest.fixture
def other_project(other_client_organisation: Organisation, other_vendor_organisation: Organisation) -> Project:
    """A project of which nobody of ``project`` may learn anything."""
    return new_project(
        name="Patient letters",
        manager=new_user("Otto Other"),
        client=other_client_organisation,
        vendor=other_vendor_organisation,
    )


def _member(name: str, project: Project, side: Side, role: Role) -> User:
    user = new_user(name)
    add_member(actor=project.created_by, project=project, user=user, side=side, role=role)
    return user


@pytest.fixture
def client_manager(project: Project) -> User:
    return project.created_by


@pytest.fixture
def client_approver(project: Project) -> User:
    return _member("Cato Approver", project, Side.CLIENT, Role.APPROVER)


@pytest.fixture
def client_team_lead(project: Project) -> User:
    return _member("Cecil Lead", project, Side.CLIENT, Role.TEAM_LEAD)


@pytest.fixture
def client_finance(project: Project) -> User:
    return _member("Coral Finance", project, Side.CLIENT, Role.FINANCE)


@pytest.fixture
def client_member(project: Project) -> User:
    return _member("Cyril Member", project, Side.CLIENT, Role.MEMBER)


@pytest.fixture
def client_viewer(project: Project) -> User:
    return _member("Celia Viewer", project, Side.CLIENT, Role.VIEWER)


@pytest.fixture
def vendor_manager(project: Project) -> User:
    return _member("Vera Manager", project, Side.VENDOR, Role.MANAGER)


@pytest.fixture
def vendor_analyst(project: Project) -> User:
    return _member("Viktor Analyst", project, Side.VENDOR, Role.ANALYST)


@pytest.fixture
def vendor_member(project: Project) -> User:
    return _member("Vito Member", project, Side.VENDOR, Role.MEMBER)


@pytest.fixture
def vendor_viewer(project: Project) -> User:
    return _member("Viola Viewer", project, Side.VENDOR, Role.VIEWER)


@pytest.fixture
def organisation_admin(client_organisation: Organisation) -> User:
    """Looks after the client's people; no membership in any project."""
    admin = new_user("Ada Admin")
    OrganisationRole.objects.create(organisation=client_organisation, user=admin, role=OrganisationRole.Role.ADMIN)
    return admin


@pytest.fixture
def portfolio_viewer(client_organisation: Organisation) -> User:
    """Reads every project of the client's organisation; no membership in any of them."""
    viewer = new_user("Paul Portfolio")
    OrganisationRole.objects.create(
        organisation=client_organisation, user=viewer, role=OrganisationRole.Role.PORTFOLIO_VIEWER
    )
    return viewer


@pytest.fixture
def revoked_member(project: Project) -> User:
    """Was the vendor's manager until a moment ago."""
    user = _member("Rita Revoked", project, Side.VENDOR, Role.MANAGER)
    Membership.objects.filter(project=project, user=user).update(ended_at=timezone.now())
    return user


@pytest.fixture
def two_sided_person(project: Project, other_project: Project) -> User:
    """Of a client and of a vendor organisation: reads ``project`` as the client and ``other_project`` as the vendor."""
    user = new_user("Tara Twosided")
    for organisation in (project.client, other_project.vendor):
        OrganisationRole.objects.create(
            organisation=organisation, user=user, role=OrganisationRole.Role.PORTFOLIO_VIEWER
        )
    return user


@pytest.fixture
def other_client(other_project: Project) -> User:
    """Manager of ``other_project``; a stranger to ``project``."""
    return other_project.created_by


@pytest.fixture
def other_vendor(other_project: Project) -> User:
    """The vendor's manager of ``other_project``; a stranger to ``project``."""
    return _member("Olga Other", other_project, Side.VENDOR, Role.MANAGER)


@pytest.fixture
def anonymous() -> AnonymousUser:
    return AnonymousUser()


@pytest.fixture
def developer(project: Project) -> Person:
    """Somebody of the vendor whose hours are booked on ``project``; not a user, but with an address."""
    person = add_person(
        actor=project.created_by, project=project, name="Dora Developer", side=Side.VENDOR, job_role="Developer"
    ).person
    person.email = "dora@example.com"
    person.save(update_fields=["email"])
    return person


@pytest.fixture
def sign_in() -> Callable[[User | AnonymousUser], Client]:
    """A test client, signed in as the user; for ``anonymous`` one that is not."""

    def signed_in(user: User | AnonymousUser) -> Client:
        client = Client()
        if isinstance(user, User):
            client.force_login(user)
        return client

    return signed_in
