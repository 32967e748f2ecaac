"""The language that nobody speaks leaves nothing behind for what is said after it."""

from django.utils import translation
from django.utils.translation import gettext

from tests.site.pseudo import spoken_strangely


def test_everyone_hears_it_while_it_is_spoken_and_nobody_after() -> None:
    translation.activate("en")
    with spoken_strangely():
        assert gettext("Used") == "Úśéđ"
        translation.activate("en")
        assert gettext("Used") == "Úśéđ"
    assert gettext("Used") == "Used"
