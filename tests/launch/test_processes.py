"""The processes that the tests use are those of ``make run``."""

import urllib.request

from tests.processes import Broker, Process


def test_web_process_answers_from_the_tests_own_database(web_process: Process) -> None:
    with urllib.request.urlopen(f"{web_process.url}/health/live", timeout=5) as answer:
        assert answer.status == 200


def test_worker_outlives_its_broker(broker: Broker, celery_worker: Process) -> None:
    broker.kill()
    broker.start()
    assert celery_worker.child.is_running
