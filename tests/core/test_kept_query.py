"""Kept SQL: the same answers as the query it was made of, and nothing of one question left in the next."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from core.kept_query import Columns, KeptQuery
from projects.actions import open_project
from projects.activity import record
from projects.models import Activity, Project

MOMENT = dt.datetime(2026, 3, 14, 9, tzinfo=dt.UTC)


def joined(user_id: int, since: dt.datetime) -> QuerySet[User, tuple[str]]:
    return User.objects.filter(pk=user_id, date_joined__gte=since).values_list("name")


@pytest.mark.django_db
def test_kept_sql_answers_for_the_values_that_are_given_each_time(client_manager: User, vendor_manager: User) -> None:
    kept = KeptQuery(joined, user_id=int, since=dt.datetime)
    long_ago, tomorrow = MOMENT - dt.timedelta(days=9999), timezone.now() + dt.timedelta(days=1)
    assert kept.rows(user_id=client_manager.pk, since=long_ago) == [(client_manager.name,)]
    assert kept.rows(user_id=vendor_manager.pk, since=long_ago) == [(vendor_manager.name,)]
    assert kept.rows(user_id=vendor_manager.pk, since=tomorrow) == []


def test_a_moment_that_would_be_kept_for_ever_is_refused() -> None:
    def joined_lately(user_id: int) -> QuerySet[User, tuple[str]]:
        return joined(user_id, MOMENT)

    with pytest.raises(TypeError, match="would be kept for ever"):
        KeptQuery(joined_lately, user_id=int).rows(user_id=1)


def test_a_value_that_is_missing_or_unknown_is_refused() -> None:
    kept = KeptQuery(joined, user_id=int, since=dt.datetime)
    with pytest.raises(KeyError):
        kept.rows(user_id=1)


PROJECT = Columns(Project, "client", "vendor", "terms")


@pytest.mark.django_db
def test_a_row_of_columns_makes_the_model_with_what_it_is_joined_with(project: Project) -> None:
    (row,) = Project.objects.filter(pk=project.pk).values_list(*PROJECT.names())
    with CaptureQueriesContext(connection) as asked:
        made = PROJECT.instance(row)
        assert (made, made.client, made.vendor, made.terms.project) == (project, project.client, project.vendor, made)
        assert (made.name, made.client.name, made.terms.budget_minutes) == (
            project.name,
            project.client.name,
            project.terms.budget_minutes,
        )
    assert len(asked) == 0


@pytest.mark.django_db
def test_what_a_row_is_not_joined_with_is_none(client_manager: User, client_organisation: Organisation) -> None:
    opened = open_project(actor=client_manager, client=client_organisation, name="Without a vendor")
    (row,) = Project.objects.filter(pk=opened.pk).values_list(*PROJECT.names())
    assert PROJECT.instance(row).vendor is None


@pytest.mark.django_db
def test_json_comes_as_the_model_has_it_and_what_is_left_out_is_read_when_asked_for(project: Project) -> None:
    entry = record(project, "project_opened", actor=project.created_by, filename="a.csv")
    columns = Columns(Activity, "actor", without=("verb",))
    kept = KeptQuery(lambda key: Activity.objects.filter(pk=key).values_list(*columns.names()), key=int)
    (row,) = kept.rows(key=entry.pk)
    made = columns.instance(row)
    assert (made.data, made.actor, made.get_deferred_fields()) == (
        {"filename": "a.csv"},
        project.created_by,
        {"verb"},
    )
    assert made.verb == "project_opened"
