"""Of two transactions that wait for each other PostgreSQL ends one; that one simply begins anew."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.db import OperationalError, connection

DEADLOCK_DETECTED: Final = "40P01"

P = ParamSpec("P")
T = TypeVar("T")


def retry_deadlocks(act: Callable[P, T]) -> Callable[P, T]:
    """Run ``act``, which opens its own transaction, up to three times. Inside another transaction it runs once."""

    @wraps(act)
    def again(*args: P.args, **kwargs: P.kwargs) -> T:
        for wait in (0.05, 0.2):
            try:
                return act(*args, **kwargs)
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", "") != DEADLOCK_DETECTED or connection.in_atomic_block:
                    raise
            time.sleep(wait)
        return act(*args, **kwargs)

    return again
