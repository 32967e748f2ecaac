"""Structured logs: one JSON object a line, with the request's id and without what opens something."""

import re
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

# Addresses whose last part is a secret: whoever reads the logs must not be able to use it.
SECRET_ADDRESS: Final = re.compile(r"/(l|invitations)/[\w-]{20,}")


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The line without the tokens of links; the request, the message and an exception's text may hold one."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = SECRET_ADDRESS.sub(r"/\1/…", value)
    return event


shared_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    without_secrets,
]
render_json = structlog.processors.JSONRenderer()
