"""Ring a Celery task once the transaction has committed.

The broker is only a doorbell: what has to be done stands in PostgreSQL, and beat's sweep finds what no bell
reached. So a missing Redis costs the caller at most half a second and never an error.
"""

import logging
from functools import partial
from typing import Any

import redis
from celery import current_app
from django.db import transaction
from kombu.connection import Connection
from kombu.pools import producers

logger = logging.getLogger(__name__)

# A caller in a web request must not wait for a broker that is gone.
SHORT_TIMEOUTS = {"socket_connect_timeout": 0.25, "socket_timeout": 0.5, "retry_on_timeout": False, "max_retries": 0}


def ring(task_name: str, *args: Any) -> None:
    """Send ``task_name(*args)`` after the commit; a rolled-back transaction rings nothing."""
    transaction.on_commit(partial(ring_now, task_name, args), robust=True)


def ring_now(task_name: str, args: tuple[Any, ...] = ()) -> bool:
    """Send ``task_name(*args)`` at once, for whoever stands in no transaction. Whether the broker took it."""
    connection = Connection(  # type: ignore[no-untyped-call]
        current_app.conf.broker_url,
        transport_options={**current_app.conf.broker_transport_options, **SHORT_TIMEOUTS},
        connect_timeout=0.25,
    )
    try:
        with producers[connection].acquire(block=True, timeout=0.5) as producer:
            current_app.send_task(task_name, args=args, producer=producer, retry=False)
    except Exception as error:  # noqa: BLE001  (whatever the broker says, the work is safe in the database)
        logger.warning("doorbell not heard, the sweep will find it", extra={"task": task_name, "error": str(error)})
        return False
    return True


def tasks_waiting() -> int:
    """How many tasks wait in the broker for a worker; 0 while it does not answer, for then nobody can take any."""
    try:
        with redis.Redis.from_url(current_app.conf.broker_url, socket_connect_timeout=1, socket_timeout=1) as broker:
            return int(broker.llen(current_app.conf.task_default_queue))
    except redis.RedisError:
        return 0
