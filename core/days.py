"""Which days a project can have. A mistyped year is refused where it is typed, and no calculation meets it."""

import datetime as dt
from typing import Final

from django.utils.translation import gettext_lazy as _

FIRST_DAY: Final = dt.date(1970, 1, 1)
LAST_DAY: Final = dt.date(2199, 12, 31)
TOO_FAR: Final = _("A day between 1970 and 2200.")


def is_plausible(day: dt.date) -> bool:
    """Whether a project can have this day."""
    return FIRST_DAY <= day <= LAST_DAY
