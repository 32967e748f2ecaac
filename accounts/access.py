"""Pages and resources of the signed-in user alone: they show what is theirs and ask access for everything else."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

SIGNED_IN: Final = "signed_in"


class SignedInRequest(HttpRequest):
    """A request behind LoginRequiredMiddleware, for the types: somebody is signed in."""

    user: User


def personal_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page that needs no capability but to be signed in. The access test reads the mark."""
    view.capability = SIGNED_IN  # type: ignore[attr-defined]
    return view
