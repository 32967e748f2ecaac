"""How raised alerts are filtered, on the page and in the API alike."""

import django_filters
from django.utils.translation import gettext_lazy as _

from alerts.models import Alert, Level


class AlertFilter(django_filters.FilterSet):
    level = django_filters.ChoiceFilter(
        label=_("Level"), choices=[choice for choice in Level.choices if choice[0] != Level.NONE]
    )
    waiting = django_filters.BooleanFilter(label=_("Waiting to be acknowledged"), field_name="waits")

    class Meta:
        model = Alert
        fields: list[str] = []
