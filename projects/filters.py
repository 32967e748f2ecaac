"""How what people said and added is filtered in the API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from projects.audience import Audience
from projects.models import Attachment, Comment

PROJECT = "project"


class AboutFilter(django_filters.CharFilter):
    """``W-40``: about the thing with this number; ``project``: about the project itself."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        if value == PROJECT:
            return qs.filter(ref=None)
        series, _dash, number = value.upper().partition("-")
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            return qs.none()
        return qs.filter(ref__series=series, ref__number=int(number))


class WordsFilter(django_filters.FilterSet):
    about = AboutFilter(label=_("About the thing with this number, such as W-40; “project”: about the project itself"))
    audience = django_filters.ChoiceFilter(label=_("Who reads it"), choices=Audience.choices)


class CommentFilter(WordsFilter):
    class Meta:
        model = Comment
        fields: list[str] = []


class FileFilter(WordsFilter):
    class Meta:
        model = Attachment
        fields: list[str] = []
