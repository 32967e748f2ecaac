"""The time zones that people choose from."""

import zoneinfo
from functools import lru_cache

# Old names and offsets that nobody chooses.
LEGACY_REGIONS = frozenset({"Etc", "US", "Brazil", "Canada", "Chile", "Mexico", "SystemV", "posix", "right"})


@lru_cache(maxsize=64)
def time_zones(current: str = "UTC") -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The time zones for a select, grouped by region; ``current`` is offered whatever its name."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zoneinfo.available_timezones() | {current}):
        region, _slash, city = name.partition("/")
        if name in {current, "UTC"} or (city and region not in LEGACY_REGIONS):
            regions.setdefault(region, []).append((name, name.replace("_", " ")))
    return tuple((region, tuple(names)) for region, names in regions.items())
