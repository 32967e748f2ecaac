"""How each kind of message reads. Apps register their kinds; the outbox words them when they are sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from projects.access import Standing
from projects.models import Project


@dataclass(frozen=True)
class Wording:
    """A message in the reader's language. ``path`` is where it leads, below the site's address."""

    subject: str
    text: str
    html: str
    path: str


Writer = Callable[[Project, Mapping[str, Any], Standing], Wording | None]


@dataclass(frozen=True)
class MessageKind:
    """How a kind is worded, and the capability that its reader must still hold when it is sent."""

    write: Writer
    capability: str


KINDS: dict[str, MessageKind] = {}


def register_message(kind: str, write: Writer, *, capability: str = "view_project") -> None:
    """Teach a kind of message. The writer runs inside the reader's language and time zone and answers None
    when there is nothing left that the reader may see."""
    KINDS[kind] = MessageKind(write, capability)
