"""Structured logs: one JSON object a line, with the request's id and without what opens something."""

import re
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

# Addresses whose last part is a secret: whoever reads the logs must not be able to use it.
SECRET_ADDRESS: Final = re.compile(r"/(l|invitations|join|post)/[\w-]{20,}")


shared_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
_as_json = structlog.processors.JSONRenderer()


def render_json(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """The line, without the tokens of links: a request, a message and a traceback may each hold one."""
    return SECRET_ADDRESS.sub(r"/\1/…", str(_as_json(logger, method, event)))


def configure() -> None:
    """What structlog is told goes the way of all other lines, instead of to the screen in colours."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared_processors,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
