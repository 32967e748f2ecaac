"""What can be done by a single-purpose link. Apps register their acts; one page frame serves them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise

from projects.models import ActLink
from projects.roles import CAPABILITIES


@dataclass(frozen=True)
class ActPage:
    """What the page of a link shows: the template's part ``template`` with ``context``, and the ``answer`` above it."""

    answer: str
    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """One thing that somebody without an account may do, once.

    ``capability`` is what the maker of the link needs. ``show`` answers None when there is nothing left to do: the
    link is then as dead as one that never was. ``perform`` runs in the transaction that uses the link up; it takes
    what the form cleaned and returns the sentence that thanks.
    """

    name: str
    title: str | Promise
    capability: str
    form: type[forms.Form]
    form_template: str
    subject: Callable[[ActLink], str]
    show: Callable[[ActLink], ActPage | None]
    perform: Callable[..., str]


ACTS: dict[str, Act] = {}


def register_act(act: Act) -> None:
    """Teach an act; its capability has to exist."""
    if act.capability not in CAPABILITIES:
        raise KeyError(act.capability)
    ACTS[act.name] = act
