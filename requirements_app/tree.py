"""The order and the sums of a tree, from its rows: pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a node stands when the tree is read from top to bottom. Roots have depth 0."""

    key: int
    depth: int
    is_group: bool


def depth_first(parents: Mapping[int, int | None]) -> list[Place]:
    """Each node before its children, siblings in the order in which ``parents`` names them.

    A node whose parent is not in ``parents`` is a root. Linear, and without recursion: a tree may be deep.
    """
    children: dict[int | None, list[int]] = defaultdict(list)
    for key, parent in parents.items():
        children[parent if parent in parents else None].append(key)
    places = []
    waiting = [(key, 0) for key in reversed(children[None])]
    while waiting:
        key, depth = waiting.pop()
        below = children.get(key, ())
        places.append(Place(key, depth, bool(below)))
        waiting.extend((child, depth + 1) for child in reversed(below))
    return places


def sums_with_below(places: Sequence[Place], values: Mapping[int, int]) -> dict[int, int]:
    """Each node's own value plus those of everything below it. A node of which nothing is known is left out.

    ``places`` as ``depth_first`` gives them.
    """
    sums: dict[int, int] = {}
    above: list[Place] = []
    for place in places:
        del above[place.depth :]
        above.append(place)
        if place.key in values:
            for node in above:
                sums[node.key] = sums.get(node.key, 0) + values[place.key]
    return sums


def path_to(key: int, parents: Mapping[int, int | None]) -> tuple[int, ...]:
    """The nodes above ``key`` from the root down, without ``key`` itself. Stops where a circle would close."""
    path: list[int] = []
    above = parents.get(key)
    while above is not None and above not in path and above != key:
        path.append(above)
        above = parents.get(above)
    return tuple(reversed(path))
