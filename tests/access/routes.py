"""Every address of the site, read from the resolver, with what it asks of its reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

SIGNED_IN = "signed_in"

# Whoever asks gets these. Everything else is closed.
PUBLIC = frozenset(
    {
        "account_inactive",
        "account_login",
        "account_logout",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_set_password",
        "account_signup",
        # Between password and code; without a password given it leads back to sign-in.
        "mfa_authenticate",
        # The links are the keys: 256 random bits, for one person and one answer.
        "projects:act_link",
        # The links are the keys: 256 random bits, mailed or given to the one who is invited.
        "accounts:join",
        "projects:invitation",
        # The demo's mails; the key is known to whoever started it.
        "demo_post",
        "demo_post_mail",
        "status:health_live",
        "status:health_ready",
        "status:health_alerts",
    }
)
# Closed by the sign-in library and by nobody's capability.
BY_SIGN_IN = frozenset(
    {
        "account_change_password",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_view_recovery_codes",
        "usersessions_list",
    }
)


@dataclass(frozen=True)
class Route:
    """One address: its name, the names of what stands in it, and the capability that each method needs."""

    name: str
    parameters: frozenset[str]
    capabilities: tuple[tuple[str, str | None], ...]
    is_api: bool

    def __str__(self) -> str:
        return self.name

    @property
    def needs(self) -> dict[str, str | None]:
        return dict(self.capabilities)

    @property
    def is_of_a_project(self) -> bool:
        return "slug" in self.parameters


def every_route() -> list[Route]:
    return sorted(_walk(get_resolver(), "", frozenset()), key=lambda route: route.name)


def _walk(resolver: URLResolver, namespace: str, above: frozenset[str]) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        parameters = above | frozenset(pattern.pattern.converters) | frozenset(_groups(pattern.pattern))
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, inner, parameters)
        elif isinstance(pattern, URLPattern):
            yield Route(
                name=f"{namespace}{pattern.name or pattern.pattern}",
                parameters=parameters,
                capabilities=tuple(sorted(_needs(pattern.callback).items())),
                is_api=hasattr(pattern.callback, "cls"),
            )


def _groups(pattern: Any) -> dict[str, int]:
    regex = getattr(pattern, "regex", None)
    return dict(regex.groupindex) if regex is not None else {}


def _needs(view: Any) -> dict[str, str | None]:
    """The capability by method: of a page from its decorator, of the API from its viewset's table."""
    actions = getattr(view, "actions", None)
    if actions is not None:
        return {method.upper(): view.cls.capabilities.get(action) for method, action in actions.items()}
    capability = getattr(view, "capability", None)
    return {"GET": capability, "POST": getattr(view, "capability_to_post", capability)}
