"""The version of an object as HTTP says it: ``ETag: "v4"`` on reading, ``If-Match: "v4"`` on changing."""

from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.api import PreconditionRequired
from core.errors import StaleVersion
from core.versions import Versioned


def tag_of(instance: Versioned) -> str:
    """The strong tag of the version that ``instance`` holds."""
    return f'"v{instance.version}"'


def version_to_change(request: Request, instance: Versioned) -> int:
    """The version that the writer has seen. The write itself compares once more, so that nothing slips in between.

    ``If-Match: *`` would let a writer overwrite what they never saw, so it does not count as naming a version.
    """
    tags = parse_etags(request.headers.get("If-Match", ""))
    if not tags or tags == ["*"]:
        raise PreconditionRequired(
            _("Say which version you are changing: send If-Match with the ETag that you were given.")
        )
    if tag_of(instance) not in tags:
        message = _("Somebody else changed this in the meantime. Read it again, then change it.")
        raise StaleVersion(message, current=instance)
    return instance.version
