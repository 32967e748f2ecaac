"""Who changes something, noted beside each row of history: from a page, the API, a worker or a command.

The note is made by the statement that writes, so a request that changes nothing costs nothing.
"""

from collections.abc import Callable
from typing import Any

import pghistory
from celery.signals import task_postrun, task_prerun
from django.http import HttpRequest, HttpResponseBase
from pghistory.middleware import HistoryMiddleware as PghistoryMiddleware


class HistoryMiddleware(PghistoryMiddleware):
    """Keeps the user and the route of what was asked. Never the address itself: some carry a secret.

    The API learns who asks only after this; the library's request tells the context when it does.
    """

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        user = getattr(request, "user", None)
        return {"user": user.pk if user is not None and user.is_authenticated else None}

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponseBase], _args: Any, _kwargs: Any
    ) -> None:
        """Now the route is known."""
        if request.resolver_match is not None:
            # Called and not entered: it adds to a context that is open and does nothing without one.
            pghistory.context(route=request.resolver_match.view_name)


_of_tasks: dict[str, pghistory.context] = {}


@task_prerun.connect  # type: ignore[untyped-decorator]
def open_context(task_id: str, task: Any, **_more: Any) -> None:
    """What a worker changes is noted under the name of its task."""
    _of_tasks[task_id] = context = pghistory.context(task=task.name)
    context.__enter__()  # type: ignore[no-untyped-call]


@task_postrun.connect  # type: ignore[untyped-decorator]
def close_context(task_id: str, **_more: Any) -> None:
    context = _of_tasks.pop(task_id, None)
    if context is not None:
        context.__exit__(None, None, None)  # type: ignore[no-untyped-call]
