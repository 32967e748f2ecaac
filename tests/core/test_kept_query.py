"""Kept SQL: the same answers as the query it was made of, and nothing of one question left in the next."""

import datetime as dt

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from core.kept_query import KeptQuery

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
