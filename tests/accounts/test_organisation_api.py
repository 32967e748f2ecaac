"""An organisation's people through the API: for whoever looks after them, and not there for anybody else."""

import pytest

from accounts.models import Organisation, OrganisationLink, OrganisationRole, User
from core.models import Letter
from tests.api_client import Program
from tests.cast import new_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(client_organisation: Organisation) -> str:
    return f"organisations/{client_organisation.uuid}/"


def test_admin_invites_takes_back_and_ends(
    program: Program, path: str, client_organisation: Organisation, organisation_admin: User, portfolio_viewer: User
) -> None:
    api = program(organisation_admin)
    assert [one["name"] for one in api.get("organisations/").json()["results"]] == ["Harbour Authority"]
    assert [(one["name"], one["role"]) for one in api.get(f"{path}people/").json()["results"]] == [
        ("Ada Admin", "admin"),
        ("Paul Portfolio", "portfolio_viewer"),
    ]
    body = {"email": "nils@client.example", "role": "admin"}
    made, twice = api.post(f"{path}invitations/", body), api.post(f"{path}invitations/", body)
    assert (made.status_code, twice.status_code, twice.json()["code"]) == (201, 422, "already_invited")
    token = Letter.objects.get().text.split("/join/")[1].split("/")[0]
    assert token not in made.content.decode() + api.get(f"{path}invitations/").content.decode()
    assert api.post(f"{path}invitations/{made.json()['uuid']}/revoke/").status_code == 200
    assert (OrganisationLink.objects.open().count(), Letter.objects.count()) == (0, 0)
    ended = f"{path}people/{portfolio_viewer.uuid}/portfolio_viewer/end/"
    assert [api.post(ended).status_code for _time in range(2)] == [200, 404]
    last = api.post(f"{path}people/{organisation_admin.uuid}/admin/end/")
    assert (last.status_code, last.json()["code"]) == (409, "last_admin")
    assert OrganisationRole.objects.filter(organisation=client_organisation).count() == 1


def test_for_anybody_else_the_organisation_is_not_there(
    program: Program, path: str, organisation_admin: User, portfolio_viewer: User, client_manager: User
) -> None:
    other = new_user("Olga Admin")
    OrganisationRole.objects.create(organisation=Organisation.objects.create(name="Other"), user=other, role="admin")
    for user in (portfolio_viewer, client_manager, other):
        api = program(user)
        answers = [
            api.get(f"{path}people/"),
            api.get(f"{path}invitations/"),
            api.post(f"{path}invitations/", {"email": "n@x.example", "role": "admin"}),
            api.post(f"{path}people/{organisation_admin.uuid}/admin/end/"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
    assert OrganisationLink.objects.count() == 0
