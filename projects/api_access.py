"""Who may do what through the API: a token acts as its user, within its scopes, by the rules of ``projects.access``."""

from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.access import SIGNED_IN
from accounts.models import ApiToken, User
from accounts.request_limits import WRONG_TOKENS_PER_MINUTE, seconds_to_wait
from accounts.tokens import token_for
from projects.access import require, standing_in

SCHEME: Final = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer ovs_…``. Sessions are not taken: a page elsewhere could use a reader's."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, *rest = get_authorization_header(request).split() or [b""]
        if scheme.lower() != SCHEME.lower().encode():
            return None
        token = token_for(rest[0].decode("ascii", "replace")) if len(rest) == 1 else None
        if token is None:
            if wait := seconds_to_wait("token", request, WRONG_TOKENS_PER_MINUTE):
                raise Throttled(wait)
            raise AuthenticationFailed(_("This token is unknown, expired or revoked."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="api"'


class SignedInPermission(BasePermission):
    """Anyone who is signed in, by token or session: for the reference alone."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated)


class CapabilityPermission(BasePermission):
    """The capability that the action names, in the project that the address names. No name, no access."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if view.action is None:
            return True  # no such method here: 405 follows
        wanted = view.capabilities.get(view.action)
        if wanted is None:
            return False
        if request.method not in SAFE_METHODS and ApiToken.Scope.WRITE not in request.auth.scopes:
            raise PermissionDenied(_("This token may only read."), code="scope")
        if wanted != SIGNED_IN:
            view.standing = standing_in(request.user, view.kwargs["slug"])
            require(view.standing, wanted, while_closed=view.action in view.while_closed)
            request.standing = view.standing  # filters read it, as they do on pages
        return True
