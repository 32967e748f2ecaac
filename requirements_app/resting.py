"""What upper apps know to rest on work items: an item with hours cannot be taken back as if it had never been."""

from collections.abc import Callable, Collection, Mapping

InUse = Callable[[Collection[int]], Mapping[int, bool]]
_ask: list[InUse] = []


def register_use(ask: InUse) -> None:
    """Say who knows which of some items, by their keys, are in use, and of each whether that still counts."""
    _ask.append(ask)


def items_in_use(keys: Collection[int]) -> dict[int, bool]:
    """Those of the items that anything of another app rests on; False where it is nothing but a record by now."""
    found: dict[int, bool] = {}
    for ask in _ask:
        for key, counts in ask(keys).items():
            found[key] = counts or found.get(key, False)
    return found
