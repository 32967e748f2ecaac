"""What upper apps know to rest on work items: an item with hours cannot be taken back as if it had never been."""

from collections.abc import Callable, Collection

InUse = Callable[[Collection[int]], set[int]]
_ask: list[InUse] = []


def register_use(ask: InUse) -> None:
    """Say who knows which of some items, by their keys, are in use."""
    _ask.append(ask)


def items_in_use(keys: Collection[int]) -> set[int]:
    """Those of the items that anything of another app rests on."""
    return {key for ask in _ask for key in ask(keys)}
