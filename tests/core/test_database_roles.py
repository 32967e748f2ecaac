"""The application's role reads and writes, and owns nothing."""

import pytest
from django.db import ProgrammingError, connection

from accounts.models import User
from core.database_roles import narrowed_models
from launch.postgres import Urls
from projects.models import Project


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE accounts_user CASCADE",
        "DROP TABLE accounts_user CASCADE",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "DELETE FROM django_migrations",
        "CREATE TABLE stowaway (id int)",
    ],
)
def test_app_role_cannot_change_what_guards_the_data(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute(statement)


@pytest.mark.django_db
def test_app_role_holds_exactly_the_narrowed_rights_of_each_model() -> None:
    with connection.cursor() as cursor:
        for model in narrowed_models():
            cursor.execute(
                "SELECT privilege_type FROM information_schema.role_table_grants "
                "WHERE table_name = %s AND grantee = current_user ORDER BY 1",
                [model._meta.db_table],
            )
            assert [right for (right,) in cursor.fetchall()] == sorted(model.app_role_privileges), model


def test_fresh_database_commits_and_is_gone_afterwards(fresh_database: Urls, project: Project) -> None:
    connection.close()
    assert connection.settings_dict["NAME"] == fresh_database.app.rpartition("/")[2]
    assert [user.name for user in User.objects.all()] == ["Clara Manager"]
    assert connection.settings_dict["USER"] != fresh_database.owner.partition("//")[2].partition(":")[0]
