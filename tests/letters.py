"""What stands in mails that nobody but their reader gets."""

import re
from uuid import UUID

from django.conf import settings

from core.models import Letter


def path_in_letter(about: UUID) -> str:
    """The link of the mail about something, below the site's address, as its reader would follow it."""
    letter = Letter.objects.filter(about=about, state=Letter.State.WAITING).latest("pk")
    found = re.search(rf"{re.escape(settings.SITE_URL)}(/\S+)", letter.text)
    assert found is not None, letter.text
    return found[1]
