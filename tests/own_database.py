"""A database that one test, or the tests of one file, have for themselves: commits are real there."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from tests import databases


@contextmanager
def own_database(template: str) -> Iterator[str]:
    """A copy of ``template`` that every connection of this process opens for as long as it is there. Its name."""
    before = {alias: connections.settings[alias]["NAME"] for alias in connections}
    with databases.clone(template) as name:
        connect_to(name)
        try:
            yield name
        finally:
            connections.close_all()
            for alias, earlier in before.items():
                connections.settings[alias]["NAME"] = earlier


def connect_to(name: str) -> None:
    """Every connection of this process, of whatever thread, opens ``name`` from now on."""
    connections.close_all()
    for alias in connections:
        # The very dictionary that each thread's connection reads.
        connections.settings[alias]["NAME"] = name
